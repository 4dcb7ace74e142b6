"""Which query set a study asks in which language."""

from __future__ import annotations

from pathlib import Path

import pytest
from cipher import cipher_pairs
from published_files import write
from study_commands import write_passages

from optical_pt.errors import InputError
from optical_pt.studies.passages import asked_languages, open_passages, query_sets

POOL = cipher_pairs(4, seed=1)


@pytest.fixture
def data(tmp_path) -> Path:
    """Native questions and translations in ha, training ones in yo, others in th and sw."""
    human = {
        "afriqa-dev.ha": "afriqa-dev.ha.en",
        "afriqa-train.yo": "afriqa-train.yo.en",
        "xquad.ha": "xquad.en",
        "xquad.th": "xquad.en",
        "mkqa.sw": "mkqa.en",
        "amkqa.sw": "amkqa.en",
    }
    write_passages(tmp_path, POOL, 2, human)
    return tmp_path


def test_native_questions_come_first_and_unknown_sets_last(data):
    found = query_sets(open_passages(data), ["th", "ha", "yo", "sw", "xx"])
    assert found == {
        "th": "xquad",
        "ha": "afriqa-dev",
        "yo": "afriqa-train",
        "sw": "amkqa",
    }
    assert list(found) == ["th", "ha", "yo", "sw"]


def test_a_test_part_that_is_added_is_asked_instead(data):
    queries = data / "passages" / "queries"
    write(queries / "afriqa-test.ha.tsv", (queries / "afriqa-dev.ha.tsv").read_text())
    assert query_sets(open_passages(data), ["ha"]) == {"ha": "afriqa-test"}


def test_sets_that_are_chosen_are_asked_in_their_order(data):
    passages = open_passages(data)
    chosen = ["xquad", "afriqa-dev"]
    assert query_sets(passages, ["ha", "th", "xx"], chosen) == {"ha": "xquad", "th": "xquad"}
    with pytest.raises(InputError, match="--sets xquad,afriqa-dev: no queries in 'yo', which afri"):
        query_sets(passages, ["ha", "yo"], chosen)
    assert asked_languages(passages, chosen) == ("ha", "th")
    assert asked_languages(passages) == ("ha", "sw", "th", "yo")


def test_a_set_that_is_not_there_is_named(data):
    with pytest.raises(InputError, match=r"--sets xqad: .* choose from afriqa-dev, afriqa-train, "):
        query_sets(open_passages(data), ["ha"], ["xqad"])
    with pytest.raises(InputError, match=r"--sets xquad: .* there are none: leave it out"):
        query_sets(None, ["ha"], ["xquad"])


def test_data_without_passages_have_no_queries(tmp_path):
    assert open_passages(tmp_path) is None
    assert query_sets(None, ["ha"]) == {}
    assert asked_languages(None) == ()
