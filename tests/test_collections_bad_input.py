"""Every defect of a collection ends in one line that names the offender and the fix."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from collection_folders import FILES, one_line, write_folder

from optical_pt.collections import LocalCollection, open_collection
from optical_pt.errors import InputError


def read_everything(folder: Path) -> None:
    collection = LocalCollection(folder)
    for language in collection.languages():
        collection.judged_topics(language)
        list(collection.documents(collection.qrels(language)))


TRUNCATED = gzip.compress(b"".join(b"d%d\ttext %d\n" % (n, n * n) for n in range(999)))[:-20]

DEFECTS = {
    "no documents": ({"docs.tsv": None}, ["no docs.tsv"]),
    "documents twice": ({"docs.tsv.gz": gzip.compress(b"d1\tx\n")}, ["both docs.tsv and"]),
    "one column": ({"docs.tsv": "d1\tx\nd2\n"}, ["docs.tsv:2", "1 columns", "docno<TAB>"]),
    "five columns": ({"docs.tsv": "d1\ta\tb\tc\td\n"}, ["docs.tsv:1", "5 columns"]),
    "ragged columns": ({"docs.tsv": "d1\tx\nd2\ty\tz\n"}, ["docs.tsv:2", "the 2 of the first"]),
    "empty docno": ({"docs.tsv": "d1\tx\n\ty\n"}, ["docs.tsv:2", "empty docno"]),
    "spaced docno": ({"docs.tsv": "d 1\tx\n"}, ["docs.tsv:1", "'d 1'", "white space"]),
    "repeated docno": ({"docs.tsv": "d1\tx\nd1\ty\n"}, ["docs.tsv:2", "'d1'", "second time"]),
    "not UTF-8": ({"docs.tsv": b"d1\tx\nd2\tcaf\xe9\n"}, ["docs.tsv:2", "UTF-8"]),
    "truncated gzip": (
        {"docs.tsv": None, "docs.tsv.gz": TRUNCATED},
        ["docs.tsv.gz:", "cannot read"],
    ),
    "not gzip": ({"docs.tsv": None, "docs.tsv.gz": b"d1\tx\n"}, ["docs.tsv.gz:1", "cannot read"]),
    "query columns": ({"queries/cats.ha.tsv": "q1\ta\tb\n"}, ["cats.ha.tsv:1", "3 columns"]),
    "empty query": ({"queries/cats.ha.tsv": "q1\ta\nq2\t \n"}, ["cats.ha.tsv:2", "'q2'", "empty"]),
    "empty qid": ({"queries/cats.ha.tsv": "\ta\n"}, ["cats.ha.tsv:1", "empty qid"]),
    "repeated qid": ({"queries/cats.ha.tsv": "q1\ta\nq1\tb\n"}, ["cats.ha.tsv:2", "'q1'"]),
    "no query in a file": ({"queries/cats.ha.tsv": ""}, ["'cats'", "no ha query"]),
    "queries not UTF-8": ({"queries/cats.ha.tsv": b"q1\t\xff\n"}, ["cats.ha.tsv:1", "UTF-8"]),
    "name without language": ({"queries/cats.tsv": "q1\tx\n"}, ["queries/cats.tsv", "rename"]),
    "name of four parts": ({"queries/a.b.c.d.tsv": "q1\tx\n"}, ["a.b.c.d.tsv", "rename"]),
    "versions of nothing": (
        {"queries/cats.zu.en.tsv": "q1\tx\n"},
        ["cats.zu.en.tsv", "cats.zu.tsv"],
    ),
    "a version is absent": ({"queries/cats.en.tsv": "q1\tx\n"}, ["'q2'", "no version in en"]),
    "qid in two sets": (
        {"queries/own-dev.sw.tsv": "q1\tx\n", "queries/own-dev.sw.en.tsv": "q1\tx\n"},
        ["'q1'", "'cats'", "'own-dev'"],
    ),
    "no qrels": ({"qrels/cats.qrels": None}, ["cats.qrels", "no such file"]),
    "empty qrels": ({"qrels/cats.qrels": ""}, ["'cats'", "match none", "empty"]),
    "qrels of other queries": (
        {"qrels/cats.qrels": "x1 0 d1 1\n"},
        ["'cats'", "match none", "'x1'", "'q1'"],
    ),
    "qrels columns": ({"qrels/cats.qrels": "q1 0 d1 1\nq1 d1 1\n"}, ["cats.qrels:2", "3 columns"]),
    "label": ({"qrels/cats.qrels": "q1 0 d1 yes\n"}, ["cats.qrels:1", "'yes'", "'q1'"]),
    "judged twice": ({"qrels/cats.qrels": "q1 0 d1 1\nq1 0 d1 0\n"}, ["cats.qrels:2", "'d1'"]),
    "qrels of other documents": (
        {"docs.tsv": "x1\tx\n"},
        ["2 of the 2 docnos", "'d1'", "not in the documents"],
    ),
    "declarations not JSON": ({"collection.json": "{"}, ["collection.json", "not JSON"]),
    "declarations not an object": ({"collection.json": "[]"}, ["collection.json", "object"]),
    "unknown declaration": ({"collection.json": '{"lang": "en"}'}, ["'lang'", "document_language"]),
    "declaration of a wrong kind": (
        {"collection.json": '{"low_resource": "sw"}'},
        ["'low_resource'"],
    ),
}


@pytest.mark.filterwarnings("ignore:.*not in the documents")
@pytest.mark.parametrize("defect", DEFECTS)
def test_defects_are_named(tmp_path: Path, defect: str) -> None:
    changes, named = DEFECTS[defect]
    folder = write_folder(tmp_path / "bad", changes)
    with pytest.raises(InputError) as raised:
        read_everything(folder)
    message = one_line(raised)
    for fragment in named:
        assert fragment in message


@pytest.mark.filterwarnings("ignore:.*not in the documents")
def test_the_undamaged_folder_reads(tmp_path: Path) -> None:
    read_everything(write_folder(tmp_path))


def test_some_missing_documents_are_a_warning(tmp_path: Path) -> None:
    collection = LocalCollection(
        write_folder(tmp_path, {"qrels/cats.qrels": "q1 0 d1 1\nq1 0 d9 1\n"})
    )
    with pytest.warns(UserWarning, match=r"1 of the 2 docnos in the qrels \(such as 'd9'\)"):
        assert len(list(collection.documents(collection.qrels("ha")))) == 3


def test_unknown_sets_and_languages_list_what_there_is(tmp_path: Path) -> None:
    collection = LocalCollection(write_folder(tmp_path))
    for call in (collection.topics, collection.english_topics, collection.qrels):
        with pytest.raises(InputError, match=r"'fr'.*choose from en, ha, sw"):
            call("fr")
        with pytest.raises(InputError, match="'ha' in own-dev; choose from sw"):
            call("ha", ["own-dev"])
        with pytest.raises(InputError, match="no query set 'dogs'; choose from cats, own-dev"):
            call("sw", ["cats", "dogs"])
    with pytest.raises(InputError, match="no query set 'dogs'"):
        collection.languages(["dogs"])
    with pytest.raises(InputError, match="'fr'"):
        collection.fingerprint(["fr"])


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("no/such/folder", ["no/such/folder", "docs.tsv[.gz]", "queries/<set>.<language>.tsv"]),
        ("optical:maxi", ["optical:maxi", "optical:mini"]),
        ("irds:no-such-dataset/test", ["irds:no-such-dataset/test"]),
        ("irds:wikiclirr/sw", ["irds:wikiclirr/sw", "did you mean wikiclir/"]),
    ],
)
def test_unknown_collections(name: str, named: list[str]) -> None:
    with pytest.raises(InputError) as raised:
        open_collection(name)
    message = one_line(raised)
    for fragment in named:
        assert fragment in message


def test_a_folder_says_its_topic_languages_itself(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="topic_language 'sw' is for irds: only"):
        open_collection(write_folder(tmp_path), topic_language="sw")


def test_a_folder_without_queries(tmp_path: Path) -> None:
    changes: dict[str, str | bytes | None] = {name: None for name in FILES if "queries" in name}
    with pytest.raises(InputError, match=r"no file <set>.<language>.tsv"):
        LocalCollection(write_folder(tmp_path, changes))
