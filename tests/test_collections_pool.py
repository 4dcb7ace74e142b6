"""The real pool of passages, where it is: ../shared/data, or the folder OPTICAL_DATA names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from optical_pt.collections import LocalCollection

DATA = os.environ.get("OPTICAL_DATA", Path(__file__).parents[2] / "shared" / "data")
POOL = Path(DATA) / "passages"

pytestmark = pytest.mark.skipif(
    not POOL.is_dir(), reason=f"no real data in {POOL}; name its folder in OPTICAL_DATA"
)


@pytest.fixture(scope="module")
def pool() -> LocalCollection:
    return LocalCollection(POOL)


def test_documents(pool: LocalCollection) -> None:
    xquad = pool.qrels("hi", ["xquad"])
    docnos = [doc["docno"] for doc in pool.documents(xquad)]
    assert len(docnos) == len(set(docnos)) == pool.n_documents == 10_387


def test_sets_and_languages(pool: LocalCollection) -> None:
    sets = ("afriqa-dev", "afriqa-train", "mlqa", "tydiqa-dev", "tydiqa-train", "xquad")
    assert pool.query_sets == sets
    assert pool.languages(["afriqa-dev"]) == ("bem", "ha", "ig", "rw", "tw", "zu")
    assert pool.languages(["tydiqa-dev"]) == ("en",)
    assert len(pool.languages(["xquad"])) == 10


@pytest.mark.parametrize("language", ["hi", "tr", "de"])
def test_xquad_is_parallel(pool: LocalCollection, language: str) -> None:
    judged = pool.judged_topics(language, ["xquad"])
    assert len(judged.topics) == 1190
    assert judged.unjudged == ()
    assert judged.english is not None
    assert list(judged.english["qid"]) == list(judged.topics["qid"])
    assert set(judged.qrels["qid"]) == set(judged.topics["qid"])
    assert pool.group(language) == "other"


@pytest.mark.parametrize(("language", "n"), [("ha", 222), ("ig", 307), ("zu", 242)])
def test_afriqa_has_english_versions(pool: LocalCollection, language: str, n: int) -> None:
    judged = pool.judged_topics(language, ["afriqa-dev"])
    assert len(judged.topics) == n
    assert judged.english is not None
    assert list(judged.english["qid"]) == list(judged.topics["qid"])
    assert (judged.english["query"] != judged.topics["query"]).mean() > 0.9
    assert pool.group(language) == "low"


def test_mlqa_languages_are_parts_of_the_english_set(pool: LocalCollection) -> None:
    judged = pool.judged_topics("hi", ["mlqa"])
    assert len(judged.topics) == 507 == judged.qrels["qid"].nunique()
    assert judged.english is not None


def test_the_sets_of_a_language_are_pooled(pool: LocalCollection) -> None:
    assert len(pool.topics("hi")) == 1190 + 507
    assert len(pool.topics("ha")) == 222 + 223
    english = pool.english_topics("ha")
    assert english is not None
    assert list(english["qid"]) == list(pool.topics("ha")["qid"])
