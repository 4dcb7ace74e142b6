"""Ranks that do not depend on the order of rows."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.ranking import add_ranks

ROWS = st.lists(
    st.tuples(st.sampled_from(["q1", "q2"]), st.integers(0, 20), st.integers(0, 3)),
    unique_by=lambda row: row[:2],
)


def results(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["qid", "docno", "score"])


def test_ranks_by_score_then_docno_within_each_query_in_order_of_queries():
    frame = results([("2", "b", 1.0), ("1", "a", 0.5), ("2", "a", 1.0), ("2", "c", 3.0)])
    ranked = add_ranks(frame)
    assert list(ranked["qid"]) == ["2", "2", "2", "1"]
    assert list(ranked["docno"]) == ["c", "a", "b", "a"]
    assert list(ranked["rank"]) == [0, 1, 2, 0]


def test_cuts_each_query_and_replaces_old_ranks():
    frame = results([("1", "a", 1.0), ("1", "b", 2.0), ("2", "c", 1.0)]).assign(rank=7, note="x")
    ranked = add_ranks(frame, num_results=1)
    assert list(ranked["docno"]) == ["b", "c"]
    assert list(ranked["rank"]) == [0, 0]
    assert sorted(ranked) == ["docno", "note", "qid", "rank", "score"]


def test_rows_may_share_a_label():
    frame = results([("1", "a", 1.0), ("1", "b", 2.0)]).set_index(pd.Index([5, 5]))
    assert list(add_ranks(frame)["docno"]) == ["b", "a"]


def test_no_rows():
    ranked = add_ranks(results([]), num_results=3)
    assert ranked.empty
    assert list(ranked.columns) == ["qid", "docno", "score", "rank"]


def test_leaves_its_input_as_it_was():
    frame = results([("1", "a", 1.0), ("1", "b", 2.0)])
    before = frame.copy()
    add_ranks(frame)
    pd.testing.assert_frame_equal(frame, before)


@given(ROWS, st.randoms(use_true_random=False))
def test_order_of_rows_makes_no_difference(rows, random):
    named = [(qid, f"d{docno:02}", score) for qid, docno, score in rows]
    named.sort()
    shuffled = list(named)
    random.shuffle(shuffled)
    expected = add_ranks(results(named)).sort_values(["qid", "rank"], ignore_index=True)
    got = add_ranks(results(shuffled)).sort_values(["qid", "rank"], ignore_index=True)
    pd.testing.assert_frame_equal(got, expected)
    for _, group in got.groupby("qid"):
        assert list(group["rank"]) == list(range(len(group)))
        assert group["score"].is_monotonic_decreasing
