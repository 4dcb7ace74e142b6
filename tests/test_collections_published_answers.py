"""XQuAD, XQuAD-R, MLQA, MLQA-R, LAReQA: sentences and paragraphs that answer questions."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from collection_folders import one_line
from published_files import SENTENCES, open_view, squad, write, write_json, write_zip

from optical_pt.collections.entry import View
from optical_pt.collections.published import ENTRIES, xquad_r
from optical_pt.collections.published.lareqa import document_languages
from optical_pt.collections.published.xquad import TEN
from optical_pt.errors import InputError

DATA = Path(os.environ.get("OPTICAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def real(folder: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        not (DATA / folder).is_dir(), reason=f"no {folder} in {DATA}; name its folder OPTICAL_DATA"
    )


def write_xquad_r(folder: Path, languages: tuple[str, ...] = ("en", "de", "hi")) -> Path:
    for language in languages:
        write_json(folder / f"xquad-r/{language}.json", squad(language, breaks=True))
    return folder


def test_no_name_is_declared_twice() -> None:
    names = [str(view) for entry in ENTRIES for view in entry.views()]
    assert len(names) == len(set(names)) > 800
    for name in ("xquad-r/de-en", "mlqa-r/de-en/dev", "lareqa-xquad/mul-mul", "mlqa/hi-zh/test"):
        assert name in names


def test_sentences_of_xquad_r(tmp_path: Path) -> None:
    collection = open_view("xquad-r/hi-de", write_xquad_r(tmp_path))
    assert collection.name == "optical:xquad-r/hi-de"
    assert (collection.document_language, collection.languages()) == ("de", ("hi",))
    documents = list(collection.documents(collection.qrels("hi")))
    assert [document["text"] for document in documents] == list(SENTENCES["de"])
    assert [document["docno"] for document in documents] == ["de.0.0.0", "de.0.0.1"]
    assert documents[1]["context"] == " ".join(SENTENCES["de"])
    assert collection.qrels("hi").to_numpy().tolist() == [
        ["q1", "de.0.0.0", 1],
        ["q2", "de.0.0.1", 1],
    ]
    judged = collection.judged_topics("hi")
    assert judged.english is not None
    assert list(judged.english["query"]) == ["where do lions live", "how do bees fly"]
    ceiling = collection.human_topics("hi", "de")
    assert ceiling is not None
    assert ceiling["query"].iloc[0] == "wo leben Löwen"


def test_an_answer_over_two_sentences_is_where_it_starts(tmp_path: Path) -> None:
    spanning = squad("en", breaks=True)
    paragraph = spanning["data"][0]["paragraphs"][0]
    paragraph["qas"][0]["answers"] = [{"text": "prides. Bees", "answer_start": 14}]
    write_json(tmp_path / "xquad-r/en.json", spanning)
    assert open_view("xquad-r/en-en", tmp_path).qrels("en")["docno"].tolist()[0] == "en.0.0.0"


def test_paragraphs_of_xquad(tmp_path: Path) -> None:
    for language in ("en", "de"):
        write_json(tmp_path / f"xquad/xquad.{language}.json", squad(language))
    english = open_view("xquad/de-en", tmp_path)
    assert list(english.documents()) == [
        {
            "docno": "en.0.0",
            "title": "The Animals",
            "text": " ".join(SENTENCES["en"]),
            "lang": "en",
        }
    ]
    assert set(english.qrels("de")["docno"]) == {"en.0.0"}
    # The files' titles are English: they would tell a German index what its documents are about.
    assert next(open_view("xquad/en-de", tmp_path).documents())["title"] == ""
    assert (
        english.documents_fingerprint()
        == open_view("xquad/en-en", tmp_path).documents_fingerprint()
    )
    assert english.fingerprint() != open_view("xquad/en-en", tmp_path).fingerprint()


def test_the_order_of_a_queries_file_makes_no_difference(tmp_path: Path) -> None:
    write_xquad_r(tmp_path)
    before = open_view("xquad-r/de-en", tmp_path)
    fingerprint = before.fingerprint()
    expected = before.qrels("de").sort_values("qid").to_numpy().tolist()
    reordered = squad("de", breaks=True)
    reordered["data"][0]["paragraphs"][0]["qas"].reverse()
    write_json(tmp_path / "xquad-r/de.json", reordered)
    after = open_view("xquad-r/de-en", tmp_path)
    assert after.qrels("de").sort_values("qid").to_numpy().tolist() == expected
    assert list(after.topics("de")["qid"]) == ["q2", "q1"]
    assert after.fingerprint() != fingerprint
    with pytest.raises(InputError, match=r"\d+ bytes, but the published file has 628651"):
        open_view("xquad-r/de-en", tmp_path, verify=True).topics("de")


def mlqa_members(split: str = "dev") -> dict[str, str]:
    # German and Hindi have one question in common, and both have all of the English ones.
    shared = {("de", "hi"), ("hi", "de")}
    members = {}
    for context in ("en", "de", "hi"):
        for question in ("en", "de", "hi"):
            qids = ("q1",) if (context, question) in shared else ("q1", "q2")
            document = squad(context, qids=qids)
            asked = squad(question, qids=qids)["data"][0]["paragraphs"][0]["qas"]
            for ours, theirs in zip(
                document["data"][0]["paragraphs"][0]["qas"], asked, strict=True
            ):
                ours["question"] = theirs["question"]
            name = f"MLQA_V1/{split}/{split}-context-{context}-question-{question}.json"
            members[name] = json.dumps(document, ensure_ascii=False)
    return members


@pytest.mark.parametrize("name", ["MLQA_V1.zip", "MLQA_V1-dev.zip"])
def test_paragraphs_of_mlqa(tmp_path: Path, name: str) -> None:
    write_zip(tmp_path / "mlqa" / name, mlqa_members())
    collection = open_view("mlqa/hi-de/dev", tmp_path)
    assert list(collection.topics("hi")["qid"]) == ["q1"]
    assert [document["title"] for document in collection.documents()] == ["The Animals"]
    assert collection.human_topics("hi", "de") is not None
    english = open_view("mlqa/de-en/dev", tmp_path)
    assert list(english.topics("de")["qid"]) == ["q1", "q2"]


def test_mlqa_r_judges_what_two_languages_share(tmp_path: Path) -> None:
    write_json(tmp_path / "mlqa-r/en.json", squad("en", breaks=True))
    write_json(tmp_path / "mlqa-r/de.json", squad("de", breaks=True, qids=("q2",)))
    collection = open_view("mlqa-r/en-de/dev", tmp_path)
    assert collection.qrels("en").to_numpy().tolist() == [["q2", "de.0.0.1", 1]]
    assert len(list(collection.documents())) == 2


def test_the_pool_has_one_answer_in_every_language(tmp_path: Path) -> None:
    for language in xquad_r.FILES:
        source = language if language in SENTENCES else "en"
        write_json(tmp_path / f"xquad-r/{language}.json", squad(source, breaks=True))
    pool = open_view("lareqa-xquad/mul-mul", tmp_path)
    assert pool.document_language == "mul"
    assert pool.languages() == tuple(sorted(xquad_r.FILES))
    documents = list(pool.documents(pool.qrels("de")))
    languages = document_languages(documents)
    assert len(languages) == 22
    judged = pool.qrels("de")
    for qid in ("q1", "q2"):
        relevant = judged.loc[judged["qid"] == qid, "docno"]
        assert sorted(languages[docno] for docno in relevant) == sorted(xquad_r.FILES)
    thai = open_view("xquad-r/mul-th", tmp_path)
    assert thai.document_language == "th"
    assert "th" in thai.languages()
    without = open_view("lareqa-xquad/de-mul/ten-languages", tmp_path)
    assert set(document_languages(without.documents()).values()) == set(TEN)
    write_json(tmp_path / "xquad-r/tr.json", squad("en", breaks=True, qids=("q1",)))
    with pytest.raises(InputError, match="'q2' is answered in 10 of the 11 languages"):
        open_view("lareqa-xquad/mul-mul", tmp_path).qrels("de")


def damage(key: str, value: object) -> str:
    document = squad("en", breaks=True)
    paragraph = document["data"][0]["paragraphs"][0]
    target = paragraph["qas"][1] if key in ("id", "question", "answers") else paragraph
    target[key] = value
    return json.dumps(document)


DEFECTS = {
    "truncated": (json.dumps(squad("en", breaks=True), indent=1)[:300], ["en.json:", "not JSON"]),
    "not UTF-8": (b'{"data": [\n"\xe9"]}', ["en.json:2", "UTF-8"]),
    "another format": ("{}", ["no list 'data'"]),
    "no paragraphs": ('{"data": [{"paragraphs": []}]}', ["no paragraph"]),
    "no context": (damage("context", ""), ["data[0].paragraphs[0]", "'context'"]),
    "no question": (damage("question", None), ["data[0].paragraphs[0].qas[1]", "'question'"]),
    "spaced id": (damage("id", "q 2"), ["qas[1]", "'q 2'", "white space"]),
    "repeated id": (damage("id", "q1"), ["'q1' occurs twice"]),
    "answers no list": (damage("answers", "x"), ["qas[1]", "'answers'"]),
    "answer elsewhere": (
        damage("answers", [{"text": "Bees", "answer_start": 3}]),
        ["'q2'", "not at character 3"],
    ),
    "no sentences": (damage("sentences", ["one"]), ["1 sentences but 2 sentence_breaks"]),
    "break outside": (damage("sentence_breaks", [[0, 5], [6, 999]]), ["sentence_breaks[1]"]),
    "answer between": (damage("sentence_breaks", [[0, 5], [6, 8]]), ["'q2'", "sentence_breaks"]),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_defects_are_named(tmp_path: Path, defect: str) -> None:
    contents, named = DEFECTS[defect]
    write_xquad_r(tmp_path)
    write(tmp_path / "xquad-r/en.json", contents)
    with pytest.raises(InputError) as raised:
        open_view("xquad-r/de-en", tmp_path).qrels("de")
    message = one_line(raised)
    for fragment in ["en.json", *named]:
        assert fragment in message


def test_files_of_two_releases(tmp_path: Path) -> None:
    write_xquad_r(tmp_path)
    write_json(tmp_path / "xquad-r/en.json", squad("en", breaks=True, qids=("q1",)))
    with pytest.raises(InputError, match=r"en\.json: no answer to the de question 'q2'"):
        open_view("xquad-r/de-en", tmp_path).qrels("de")
    write_json(tmp_path / "xquad-r/en.json", squad("en"))
    with pytest.raises(InputError, match=r"en\.0\.0 has no sentence_breaks"):
        open_view("xquad-r/de-en", tmp_path).qrels("de")


def test_broken_archives(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "mlqa/MLQA_V1.zip", mlqa_members())
    with pytest.raises(InputError, match=r"no member 'MLQA_V1/dev/dev-context-zh"):
        open_view("mlqa/de-zh/dev", tmp_path).topics("de")
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(InputError, match=r"MLQA_V1\.zip: .*cannot read it"):
        open_view("mlqa/de-en/dev", tmp_path).topics("de")


@real("xquad-r")
@pytest.mark.parametrize("language", TEN)
def test_real_candidates_are_as_many_as_lareqa_states(language: str) -> None:
    collection = open_view(f"xquad-r/en-{language}", DATA, verify=True)
    documents = list(collection.documents(collection.qrels("en")))
    assert len(documents) == xquad_r.CANDIDATES[language] == collection.n_documents
    assert len(collection.judged_topics("en").topics) == 1190


@real("xquad-r")
def test_real_pool() -> None:
    pool = open_view("lareqa-xquad/mul-mul/ten-languages", DATA, verify=True)
    languages = document_languages(pool.documents())
    view = View("lareqa-xquad", "mul", "mul", "ten-languages")
    entry = next(entry for entry in ENTRIES if entry.view(str(view)))
    assert len(languages) == entry.sizes(view).documents
    judged = pool.qrels("hi")
    assert judged.groupby("qid")["docno"].size().unique().tolist() == [10]
    assert judged["docno"].map(languages).value_counts().unique().tolist() == [1190]


@real("xquad")
def test_real_xquad() -> None:
    collection = open_view("xquad/hi-en", DATA, verify=True)
    judged = collection.judged_topics("hi")
    assert (len(judged.topics), collection.n_documents) == (1190, 240)
    assert judged.english is not None
    assert judged.english["query"].iloc[0].isascii()
    assert not judged.topics["query"].iloc[0].isascii()


@real("mlqa")
@pytest.mark.parametrize(
    ("pair", "documents", "queries"),
    [("de-en", 978, 512), ("en-hi", 425, 507), ("hi-zh", 443, 189)],
)
def test_real_mlqa(pair: str, documents: int, queries: int) -> None:
    collection = open_view(f"mlqa/{pair}/dev", DATA, verify=True)
    language = pair[:2]
    assert len(list(collection.documents(collection.qrels(language)))) == documents
    assert len(collection.judged_topics(language).topics) == queries
    assert collection.english_topics(language) is not None
