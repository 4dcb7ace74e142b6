"""Folders as collections: what is read, pooled and paired."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import pytest
from collection_folders import FILES, write_folder
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.collections import LocalCollection
from optical_pt.errors import InputError


@pytest.fixture
def cats(tmp_path: Path) -> LocalCollection:
    return LocalCollection(write_folder(tmp_path / "cats"))


def test_sets_and_languages_come_from_file_names(cats: LocalCollection) -> None:
    assert cats.name == "cats"
    assert cats.document_language == "en"
    assert cats.query_sets == ("cats", "own-dev")
    assert cats.languages() == ("en", "ha", "sw")
    assert cats.foreign_languages() == ("ha", "sw")
    # own-dev.sw.en.tsv makes English versions, not a language of its own.
    assert cats.languages(["own-dev"]) == ("sw",)


def test_documents_have_docno_title_and_text(cats: LocalCollection) -> None:
    assert list(cats.documents()) == [
        {"docno": "d1", "title": "Lions", "text": "Lions live in prides."},
        {"docno": "d2", "title": "Tigers", "text": "Tigers live alone."},
        {"docno": "d3", "title": "", "text": "Bees fly."},
    ]
    assert cats.n_documents == 3


@pytest.mark.parametrize(
    ("line", "title"), [("d1\tText.", ""), ("d1\tT\tText.", "T"), ("d1\tweb\tT\tText.", "T")]
)
def test_documents_have_two_three_or_four_columns(tmp_path: Path, line: str, title: str) -> None:
    folder = write_folder(tmp_path, {"docs.tsv": f"{line}\n"})
    expected = {"docno": "d1", "title": title, "text": "Text."}
    assert list(LocalCollection(folder).documents()) == [expected]


def test_topics_of_one_language_are_pooled_over_sets(cats: LocalCollection) -> None:
    assert cats.topics("sw").to_dict("list") == {
        "qid": ["q1", "q2", "q3", "s1"],
        "query": ["simba huishi wapi", "chui huishi wapi", "nani huruka", "nyuki hufanya nini"],
    }
    assert list(cats.topics("sw", ["own-dev"])["qid"]) == ["s1"]
    # Sets without the language add nothing to those that have it.
    assert list(cats.topics("ha", ["cats", "own-dev"])["qid"]) == ["q1", "q2"]


def test_english_versions_come_from_either_place(cats: LocalCollection) -> None:
    english = cats.english_topics("sw")
    assert english is not None
    assert dict(zip(english["qid"], english["query"], strict=True)) == {
        "q1": "where do lions live",
        "q2": "where do tigers live",
        "q3": "who flies",
        "s1": "what do bees do",
    }
    # Hausa has two of the three parallel queries.
    parallel = cats.english_topics("ha")
    assert parallel is not None
    assert list(parallel["qid"]) == ["q1", "q2"]
    assert cats.english_topics("en").equals(cats.topics("en"))


def test_no_english_versions_where_one_set_has_none(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"queries/own-dev.sw.en.tsv": None})
    collection = LocalCollection(folder)
    assert collection.english_topics("sw", ["own-dev"]) is None
    assert collection.english_topics("sw") is None
    assert collection.english_topics("sw", ["cats"]) is not None


def test_own_english_queries_are_not_versions_of_others(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"queries/cats.en.tsv": "e1\twhere do lions live\n"})
    assert LocalCollection(folder).english_topics("ha") is None


def test_qrels_are_those_of_the_language_and_sets(cats: LocalCollection) -> None:
    assert cats.qrels("sw").to_dict("list") == {
        "qid": ["q1", "q1", "q2", "s1"],
        "docno": ["d1", "d2", "d2", "d3"],
        "label": [2, 0, 1, 1],
    }
    assert set(cats.qrels("sw", ["own-dev"])["qid"]) == {"s1"}


def test_qrels_of_a_language_go_before_those_of_the_set(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"qrels/cats.ha.qrels": "q2 0 d3 1\n"})
    collection = LocalCollection(folder)
    assert collection.qrels("ha").to_numpy().tolist() == [["q2", "d3", 1]]
    assert set(collection.qrels("en")["qid"]) == {"q1", "q2"}


def test_judged_topics_leave_out_and_list_the_unjudged(cats: LocalCollection) -> None:
    judged = cats.judged_topics("sw")
    assert judged.unjudged == ("q3",)
    assert list(judged.topics["qid"]) == ["q1", "q2", "s1"]
    assert judged.english is not None
    assert list(judged.english["qid"]) == ["q1", "q2", "s1"]
    assert judged.english["query"].iloc[-1] == "what do bees do"
    assert set(judged.qrels["qid"]) == set(judged.topics["qid"])


def test_negative_labels_are_kept(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"qrels/cats.qrels": "q1 0 d1 -2\n"})
    assert list(LocalCollection(folder).qrels("ha")["label"]) == [-2]


def test_declarations(tmp_path: Path) -> None:
    declared = '{"name": "Katzen", "document_language": "de", "low_resource": ["sw"]}'
    folder = write_folder(tmp_path, {"collection.json": declared})
    collection = LocalCollection(folder)
    assert (collection.name, collection.document_language) == ("Katzen", "de")
    assert (collection.group("sw"), collection.group("ha")) == ("low", "other")
    assert collection.foreign_languages() == ("en", "ha", "sw")
    given = LocalCollection(folder, name="cats", document_language="en", low_resource=["ha"])
    assert (given.name, given.document_language, given.group("ha")) == ("cats", "en", "low")


def test_language_codes_may_have_dashes(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        {
            "queries/cats.zh-Hant.tsv": "q1\t獅子住在哪裡\n",
            "queries/cats.zh-Hant.en.tsv": "q1\tlions\n",
        },
    )
    collection = LocalCollection(folder)
    assert "zh-Hant" in collection.languages()
    english = collection.english_topics("zh-Hant")
    assert english is not None
    assert list(english["query"]) == ["lions"]


def test_gzip_byte_order_marks_crlf_and_empty_lines(tmp_path: Path) -> None:
    with_marks = {
        name: b"\xef\xbb\xbf" + contents.replace("\n", "\r\n").encode() + b"\r\n"
        for name, contents in FILES.items()
    }
    with_marks["docs.tsv.gz"] = gzip.compress(with_marks.pop("docs.tsv"))
    marked = LocalCollection(write_folder(tmp_path / "marked", {"docs.tsv": None, **with_marks}))
    plain = LocalCollection(write_folder(tmp_path / "plain"))
    assert list(marked.documents()) == list(plain.documents())
    assert marked.n_documents == 3
    for language in plain.languages():
        assert marked.topics(language).equals(plain.topics(language))
        assert marked.qrels(language).equals(plain.qrels(language))


def test_texts_are_composed_and_split_at_line_feeds_only(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path,
        {"docs.tsv": "d1\tone\u2028two e\u0300\n", "queries/cats.yo.tsv": "q1\to\u0323\u0300na\n"},
    )
    collection = LocalCollection(folder)
    assert [doc["text"] for doc in collection.documents()] == ["one\u2028two \u00e8"]
    assert list(collection.topics("yo")["query"]) == ["\u1ecd\u0300na"]


def test_fingerprint_follows_the_files_used(tmp_path: Path) -> None:
    cats = LocalCollection(write_folder(tmp_path / "a"))
    copy = LocalCollection(write_folder(tmp_path / "b"))
    changed = LocalCollection(write_folder(tmp_path / "c", {"queries/cats.sw.tsv": "q1\tsimba\n"}))
    assert cats.fingerprint() == copy.fingerprint()
    assert cats.fingerprint() != changed.fingerprint()
    assert cats.fingerprint(["ha"]) == changed.fingerprint(["ha"]) != cats.fingerprint(["sw"])
    assert cats.fingerprint(sets=["own-dev"]) == changed.fingerprint(sets=["own-dev"])
    assert cats.documents_fingerprint() == changed.documents_fingerprint()


def test_documents_are_streamed(tmp_path: Path) -> None:
    """The first documents come before a later line is even looked at."""
    folder = write_folder(tmp_path, {"docs.tsv": "d1\tone\nd2\ttwo\nbroken\n"})
    documents = LocalCollection(folder).documents()
    assert [next(documents)["docno"], next(documents)["docno"]] == ["d1", "d2"]


IDENTIFIERS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\t\r\n"), max_size=30)


@given(
    documents=st.dictionaries(IDENTIFIERS, st.tuples(TEXTS, TEXTS), min_size=1, max_size=5),
    queries=st.dictionaries(
        IDENTIFIERS, TEXTS.filter(lambda text: text.strip()), min_size=1, max_size=5
    ),
    labels=st.lists(st.integers(-2, 4), min_size=5, max_size=5),
    compress=st.booleans(),
)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    documents: dict[str, tuple[str, str]],
    queries: dict[str, str],
    labels: list[int],
    compress: bool,
) -> None:
    docs = "".join(f"{docno}\t{title}\t{text}\n" for docno, (title, text) in documents.items())
    judged = [
        (qid, docno, label)
        for qid in queries
        for docno, label in zip(documents, labels, strict=False)
    ]
    changes: dict[str, str | bytes | None] = dict.fromkeys(FILES)
    changes["docs.tsv.gz" if compress else "docs.tsv"] = (
        gzip.compress(docs.encode()) if compress else docs
    )
    changes["queries/a.xx.tsv"] = "".join(f"{qid}\t{query}\n" for qid, query in queries.items())
    changes["qrels/a.qrels"] = "".join(f"{q} 0 {d} {label}\n" for q, d, label in judged)
    collection = LocalCollection(write_folder(tmp_path_factory.mktemp("round"), changes))

    def nfc(text: str) -> str:
        return unicodedata.normalize("NFC", text)

    assert list(collection.documents(collection.qrels("xx"))) == [
        {"docno": docno, "title": nfc(title), "text": nfc(text)}
        for docno, (title, text) in documents.items()
    ]
    topics = collection.topics("xx")
    assert list(zip(topics["qid"], topics["query"], strict=True)) == [
        (qid, nfc(query)) for qid, query in queries.items()
    ]
    assert list(collection.qrels("xx").itertuples(index=False, name=None)) == judged


def test_gzipped_queries_are_read_and_two_copies_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mini")
    plain = folder / "queries" / "cats.sw.tsv"
    expected = LocalCollection(folder).topics("sw")
    packed = plain.with_name("cats.sw.tsv.gz")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    with pytest.raises(InputError, match=r"cats\.sw\.tsv\.gz: cats\.sw\.tsv is there too"):
        LocalCollection(folder)
    plain.unlink()
    assert LocalCollection(folder).topics("sw").equals(expected)


def test_english_versions_of_other_queries_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "mini")
    for language in ("sw", "ha"):
        for path in folder.glob(f"queries/cats.{language}.en.tsv*"):
            path.unlink()
    (folder / "queries" / "cats.sw.en.tsv").write_text("x1\twhere do lions live\n")
    with pytest.raises(InputError, match=r"have no version in en; add them"):
        LocalCollection(folder).english_topics("sw", ["cats"])


@pytest.mark.parametrize(
    ("name", "header", "read"),
    [
        ("docs.tsv", "docno\ttext\n", lambda found: list(found.documents())),
        ("queries/cats.sw.tsv", "qid\tquery\n", lambda found: found.topics("sw")),
    ],
)
def test_a_header_is_not_a_record(tmp_path: Path, name: str, header: str, read) -> None:
    path = write_folder(tmp_path / "mini") / name
    columns = path.read_text().splitlines()[0].count("\t")
    path.write_text(header.replace("\t", "\t" * columns) + path.read_text())
    collection = LocalCollection(tmp_path / "mini")
    with pytest.raises(InputError, match=f"{path.name}:1: a header, which would be read"):
        read(collection)
