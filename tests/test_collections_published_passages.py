"""AfriQA, TyDi QA, AfriCLIRMatrix and CIRAL."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
from collection_folders import one_line
from published_files import open_view, squad, write, write_json

from optical_pt.collections.published import afriqa, tydiqa
from optical_pt.errors import InputError

DATA = Path(os.environ.get("OPTICAL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def afriqa_row(number: int | str, context: str, question: str = "ina zaki yake zama") -> dict:
    return {
        "id": number,
        "context": context,
        "title": "Lion",
        "question_lang": question,
        "question_translated": "where do lions live",
        "answer_pivot": {"answer_start": [0], "text": ["Lions"]},
        "answer_lang": "zaki",
    }


def json_lines(*rows: dict) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write_afriqa(folder: Path) -> Path:
    """Every file has the same first passage and one of its own."""
    for (language, pivot, split), file in afriqa.FILES.items():
        rows = (
            afriqa_row("0", f"Lions, in {pivot}."),
            afriqa_row(1, f"Bees of {language} {split}.", "me ƙudan zuma yake yi"),
        )
        write(folder / file.path, json_lines(*rows))
    return folder


class TestAfriqa:
    def test_native_questions_on_the_passages_of_all_languages(self, tmp_path: Path) -> None:
        collection = open_view("afriqa/ha-en/dev", write_afriqa(tmp_path))
        documents = list(collection.documents(collection.qrels("ha")))
        english = [key for key in afriqa.FILES if key[1] == "en"]
        assert len(documents) == 1 + len(english)
        assert list(collection.topics("ha")["qid"]) == ["ha-dev-0", "ha-dev-1"]
        texts = {document["docno"]: document["text"] for document in documents}
        judged = collection.qrels("ha")["docno"].map(texts).tolist()
        assert judged == ["Lions, in en.", "Bees of ha dev."]
        translated = collection.english_topics("ha")
        assert translated is not None
        assert set(translated["query"]) == {"where do lions live"}

    def test_the_passages_are_the_same_whoever_asks(self, tmp_path: Path) -> None:
        write_afriqa(tmp_path)
        names = ("afriqa/ha-en/dev", "afriqa/sw-en/test", "afriqa/mul-en/train")
        opened = [open_view(name, tmp_path) for name in names]
        assert len({collection.documents_fingerprint() for collection in opened}) == 1
        assert opened[2].languages() == ("bem", "ha", "ig", "rw", "tw", "yo", "zu")
        assert len(opened[2].judged_topics("yo").topics) == 2
        assert open_view("afriqa/fon-fr/dev", tmp_path).n_documents == 4

    @pytest.mark.parametrize(
        ("contents", "named"),
        [
            (json_lines(afriqa_row(0, "x"))[:-30], [":1", "not JSON"]),
            ('{"id": 0\n', [":1", "not JSON"]),
            (json_lines(afriqa_row(0, "")), [":1", "'context'"]),
            (
                json_lines(afriqa_row(0, "x"), afriqa_row(0, "y")),
                [":2", "id 0 occurs a second time"],
            ),
            ("[]\n", [":1", "no object"]),
            ("", ["no question"]),
        ],
    )
    def test_defects(self, tmp_path: Path, contents: str, named: list[str]) -> None:
        write_afriqa(tmp_path)
        file = afriqa.FILES["ha", "en", "dev"]
        write(tmp_path / file.path, contents)
        with pytest.raises(InputError) as raised:
            open_view("afriqa/ha-en/dev", tmp_path).topics("ha")
        message = one_line(raised)
        for fragment in [file.path, *named]:
            assert fragment in message

    def test_the_last_line_may_lack_its_end(self, tmp_path: Path) -> None:
        write_afriqa(tmp_path)
        rows = json_lines(afriqa_row("0", "Lions."), afriqa_row("1", "Bees.")).rstrip("\n")
        write(tmp_path / afriqa.FILES["ha", "en", "dev"].path, rows)
        assert len(open_view("afriqa/ha-en/dev", tmp_path).topics("ha")) == 2

    def test_translations_of_some_are_no_ceiling(self, tmp_path: Path) -> None:
        write_afriqa(tmp_path)
        row = afriqa_row(0, "Lions, in en.")
        row["question_translated"] = ""
        write(tmp_path / afriqa.FILES["ha", "en", "dev"].path, json_lines(row))
        assert open_view("afriqa/ha-en/dev", tmp_path).english_topics("ha") is None

    def test_a_question_published_without_its_passage_is_left_out(self, tmp_path: Path) -> None:
        write_afriqa(tmp_path)
        rows = [{**afriqa_row("0", "x"), "context": None}, afriqa_row("1", "Bees.")]
        write(tmp_path / afriqa.FILES["ha", "en", "dev"].path, json_lines(*rows))
        assert list(open_view("afriqa/ha-en/dev", tmp_path).topics("ha")["qid"]) == ["ha-dev-1"]


class TestTydiqa:
    def test_one_language_of_the_published_file(self, tmp_path: Path) -> None:
        document = squad("en", qids=("q1",))
        other = squad("de", qids=("q2",))
        document["data"][0]["paragraphs"][0]["qas"][0]["id"] = "swahili-1-0"
        other["data"][0]["paragraphs"][0]["qas"][0]["id"] = "finnish-1-0"
        document["data"] += other["data"]
        write_json(tmp_path / "tydiqa/tydiqa-goldp-v1.1-dev.json", document)
        collection = open_view("tydiqa/sw-sw/dev", tmp_path)
        assert [doc["docno"] for doc in collection.documents()] == ["sw-dev-d00000"]
        assert list(collection.topics("sw")["query"]) == ["where do lions live"]
        with pytest.raises(InputError, match=r"tydiqa-goldp-v1\.1-dev\.json: no te question"):
            open_view("tydiqa/te-te/dev", tmp_path).topics("te")

    def test_a_question_with_two_passages_is_one_query(self, tmp_path: Path) -> None:
        document = squad("en", qids=("q1",))
        again = squad("de", qids=("q1",))
        again["data"][0]["paragraphs"][0]["qas"][0]["question"] = "where do lions live"
        document["data"] += again["data"]
        path = tmp_path / "tydiqa/tydiqa.goldp.sw.train.json.gz"
        write(path, gzip.compress(json.dumps(document).encode()))
        collection = open_view("tydiqa/sw-sw/train", tmp_path)
        assert list(collection.topics("sw")["qid"]) == ["sw-train-q00000"]
        assert list(collection.qrels("sw")["docno"]) == ["sw-train-d00000", "sw-train-d00001"]

    @pytest.mark.skipif(not (DATA / "tydiqa").is_dir(), reason=f"no tydiqa in {DATA}")
    @pytest.mark.parametrize(("language", "split"), sorted(tydiqa._COUNTED))
    def test_real_files(self, language: str, split: str) -> None:
        collection = open_view(f"tydiqa/{language}-{language}/{split}", DATA, verify=True)
        documents = list(collection.documents(collection.qrels(language)))
        queries = collection.judged_topics(language).topics
        assert (len(documents), len(queries)) == tydiqa._COUNTED[language, split]


PASSAGES = json_lines(
    {"docid": "1#0", "title": "Simba", "text": "Simba huishi kwa makundi."},
    {"docid": "2#0", "title": "", "text": "Nyuki huruka mbali."},
)


def write_ciral(folder: Path, passages: str = PASSAGES) -> Path:
    write(folder / "ciral/swahili_passages.jsonl", passages)
    write(folder / "ciral/topics.ciral-v1.0-sw-test-a.tsv", "1\tlions\n2\tbees\n")
    write(folder / "ciral/qrels.ciral-v1.0-sw-test-a.tsv", "1 Q0 1#0 1\n2\tQ0\t2#0\t1\n")
    pools = "1 Q0 1#0 1\n1 Q0 2#0 0\n"
    write(folder / "ciral/qrels.ciral-v1.0-sw-test-a-pools.tsv", pools)
    return folder


def test_ciral(tmp_path: Path) -> None:
    collection = open_view("ciral/en-sw/test-a", write_ciral(tmp_path))
    assert (collection.document_language, collection.n_documents) == ("sw", None)
    documents = list(collection.documents(collection.qrels("en")))
    assert documents[0] == {"docno": "1#0", "title": "Simba", "text": "Simba huishi kwa makundi."}
    assert collection.qrels("en")["docno"].tolist() == ["1#0", "2#0"]
    pools = open_view("ciral/en-sw/test-a/pools", tmp_path)
    assert pools.qrels("en")["label"].tolist() == [1, 0]
    assert pools.judged_topics("en").unjudged == ("2",)
    assert pools.documents_fingerprint() == collection.documents_fingerprint()


@pytest.mark.parametrize(
    ("passages", "named"),
    [
        (PASSAGES[:-20], [":2", "not JSON"]),
        (PASSAGES.replace("2#0", "1#0"), [":2", "'1#0'", "second time"]),
        (PASSAGES.replace("2#0", "2 0"), [":2", "'2 0'"]),
        (PASSAGES.replace('"text"', '"body"'), [":1", "'text'"]),
    ],
)
def test_broken_passages_are_named(tmp_path: Path, passages: str, named: list[str]) -> None:
    collection = open_view("ciral/en-sw/test-a", write_ciral(tmp_path, passages))
    with pytest.raises(InputError) as raised:
        list(collection.documents())
    message = one_line(raised)
    for fragment in ["swahili_passages.jsonl", *named]:
        assert fragment in message


def test_africlirmatrix(tmp_path: Path) -> None:
    folder = tmp_path / "africlirmatrix"
    corpus = json_lines({"id": 4506, "contents": "Zaki."}, {"id": "2868", "contents": "Zuma."})
    write(folder / "africlirmatrix-v1.0-hausa/corpus.jsonl", corpus)
    write(folder / "topics.africlirmatrix-v1.0.en.hau.tsv", "10\tLion\n")
    write(folder / "qrels.africlirmatrix-v1.0.en.hau.txt", "10 Q0 4506 4\n")
    collection = open_view("africlirmatrix/en-ha/test", tmp_path)
    assert [document["docno"] for document in collection.documents()] == ["4506", "2868"]
    assert collection.qrels("en").to_numpy().tolist() == [["10", "4506", 4]]
