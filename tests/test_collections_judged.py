"""A pool of judged documents is its collection in all but the documents."""

from __future__ import annotations

import pandas as pd
import pytest
from collection_folders import one_line, write_folder

from optical_pt.collections import LocalCollection
from optical_pt.collections.judged import JudgedDocuments
from optical_pt.errors import InputError


@pytest.fixture
def whole(tmp_path):
    return LocalCollection(write_folder(tmp_path))


def test_only_the_judged_documents_stay_as_they_are_and_in_order(whole):
    pool = JudgedDocuments(whole, {"d3", "d1"})
    assert list(pool.documents()) == [doc for doc in whole.documents() if doc["docno"] != "d2"]
    assert pool.n_documents == 2
    assert list(JudgedDocuments(whole, set()).documents()) == []


def test_queries_judgments_and_languages_are_the_whole_collections(whole):
    pool = JudgedDocuments(whole, {"d1"})
    assert pool.document_language == whole.document_language == "en"
    assert pool.query_sets == whole.query_sets
    assert pool.languages() == whole.languages()
    assert [pool.group(code) for code in ("sw", "de")] == ["low", "other"]
    for code in whole.foreign_languages():
        mine, theirs = pool.judged_topics(code), whole.judged_topics(code)
        pd.testing.assert_frame_equal(mine.topics, theirs.topics)
        pd.testing.assert_frame_equal(mine.qrels, theirs.qrels)
        pd.testing.assert_frame_equal(mine.english, theirs.english)
        assert mine.unjudged == theirs.unjudged


def test_a_judged_document_that_is_not_there_is_told(whole):
    qrels = whole.qrels("sw")
    with pytest.warns(UserWarning, match="1 of the 3 docnos in the qrels .such as 'd3'. are not"):
        list(JudgedDocuments(whole, {"d1", "d2"}).documents(qrels))
    with pytest.raises(InputError, match="3 of the 3 docnos"):
        list(JudgedDocuments(whole, {"d9"}).documents(qrels))


def test_the_documents_that_stay_tell_pools_apart(whole, tmp_path):
    pool, same = JudgedDocuments(whole, {"d1", "d2"}), JudgedDocuments(whole, ["d2", "d1", "d1"])
    other = JudgedDocuments(whole, {"d1", "d3"})
    assert pool == same
    assert hash(pool) == hash(same)
    assert pool.documents_fingerprint() == same.documents_fingerprint()
    assert pool not in (other, whole)
    assert whole != pool
    prints = [found.documents_fingerprint() for found in (pool, other, whole)]
    assert len(set(prints)) == 3
    assert pool.fingerprint(["sw"]) != pool.fingerprint(["ha"])

    changed = write_folder(tmp_path / "changed", {"docs.tsv": "d1\t\tLions.\nd2\t\tTigers.\n"})
    changed = JudgedDocuments(LocalCollection(changed), {"d1", "d2"})
    assert changed.documents_fingerprint() != pool.documents_fingerprint()
    assert changed != pool


def test_what_the_whole_refuses_is_refused(whole):
    with pytest.raises(InputError) as raised:
        JudgedDocuments(whole, {"d1"}).judged_topics("sw", ["dogs"])
    assert "no query set 'dogs'; choose from cats, own-dev" in one_line(raised)


def test_versions_of_other_queries_are_told_as_the_whole_tells_them(tmp_path):
    folder = write_folder(tmp_path / "mini")
    (folder / "queries" / "cats.sw.en.tsv").write_text("x1\twhere do lions live\n")
    whole = LocalCollection(folder)
    for collection in (whole, JudgedDocuments(whole, {"d1"})):
        with pytest.raises(InputError, match="have no version in en"):
            collection.english_topics("sw", ["cats"])
