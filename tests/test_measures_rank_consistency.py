"""Rank consistency over translations: by hand, and against RBO from its definition."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.measures import rank_consistency


def run(**rankings: str) -> pd.DataFrame:
    rows = [
        (qid, docno, -float(rank))
        for qid, docnos in rankings.items()
        for rank, docno in enumerate(docnos.split())
    ]
    frame = pd.DataFrame(rows, columns=["qid", "docno", "score"])
    return frame.astype({"qid": str, "docno": str, "score": float})


def test_by_hand():
    runs = {"de": run(q1="a b c", q2="x"), "sw": run(q1="a c d", q2="x"), "zu": run(q1="d e f")}
    found = rank_consistency(runs, persistence=0.5)
    # Agreement at depths 1 to 3, weighted 1, 1/2, 1/4 of 7/4; Zulu finds nothing for q2.
    de_sw = (1 + 1 / 4 + 1 / 4 * 2 / 3) / (7 / 4)
    sw_zu = (1 / 4 * 1 / 3) / (7 / 4)
    assert found.pairs.values.tolist() == [
        ["q1", "de", "sw", pytest.approx(de_sw)],
        ["q2", "de", "sw", 1.0],
        ["q1", "de", "zu", 0.0],
        ["q2", "de", "zu", 0.0],
        ["q1", "sw", "zu", pytest.approx(sw_zu)],
        ["q2", "sw", "zu", 0.0],
    ]
    assert found.per_query().to_dict() == pytest.approx({"q1": (de_sw + sw_zu) / 3, "q2": 1 / 3})
    assert found.mean == pytest.approx(((de_sw + sw_zu) / 3 + 1 / 3) / 2)
    matrix = found.matrix()
    assert list(matrix.index) == list(matrix.columns) == ["de", "sw", "zu"]
    assert matrix.loc["de", "sw"] == matrix.loc["sw", "de"] == pytest.approx((de_sw + 1) / 2)
    assert math.isnan(matrix.loc["zu", "zu"])
    assert found.per_language()["zu"] == pytest.approx(sw_zu / 4)
    assert (found.cutoff, found.persistence) == (100, 0.5)


def test_a_cutoff_looks_at_the_top_only():
    runs = {"de": run(q="a b c d"), "sw": run(q="a b d c")}
    assert rank_consistency(runs, cutoff=2).mean == 1.0
    assert rank_consistency(runs, cutoff=3).mean < 1.0


def test_queries_of_other_names_are_matched():
    runs = {"de": run(d1="a b", d2="c"), "sw": run(s1="a b", s2="x")}
    queries = {"de": {"d1": "1", "d2": "2", "d3": "3"}, "sw": {"s1": "1", "s3": "3", "s2": "4"}}
    pairs = rank_consistency(runs, queries=queries).pairs
    # 2 and 4 were asked in one language; 3 in both, and nothing was found.
    assert dict(zip(pairs["query"], pairs["overlap"], strict=True)) == {"1": 1.0, "3": 0.0}


def test_nothing_retrieved_is_not_consistent():
    runs = {"de": run(), "sw": run()}
    assert math.isnan(rank_consistency(runs).mean)
    queries = {"de": {"q": "q"}, "sw": {"q": "q"}}
    assert rank_consistency(runs, queries=queries).mean == 0.0


def test_ties_break_by_docno():
    tied = pd.DataFrame({"qid": "q", "docno": ["b", "a"], "score": 1.0})
    runs = {"de": tied, "sw": run(q="a b")}
    assert rank_consistency(runs).mean == 1.0
    assert rank_consistency({**runs, "de": tied[::-1]}).mean == 1.0


RANKING = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(RANKING, RANKING, st.integers(1, 10), st.floats(0.01, 0.99))
def test_definition_bounds_and_symmetry(s, t, cutoff, p):
    runs = {"de": run(q=" ".join(s)), "sw": run(q=" ".join(t))}
    queries = {"de": {"q": "q"}, "sw": {"q": "q"}}
    options = {"queries": queries, "cutoff": cutoff, "persistence": p}
    found = rank_consistency(runs, **options).mean
    depth = min(cutoff, max(len(s), len(t)))
    weights = [p ** (d - 1) for d in range(1, depth + 1)]
    agreements = [len(set(s[:d]) & set(t[:d])) / d for d in range(1, depth + 1)]
    expected = sum(w * a for w, a in zip(weights, agreements, strict=True)) / (sum(weights) or 1)
    assert found == pytest.approx(expected)
    assert 0 <= found <= 1
    assert rank_consistency({"sw": runs["sw"], "de": runs["de"]}, **options).mean == found
    if s[:cutoff] == t[:cutoff] != []:
        assert found == pytest.approx(1.0)


RUNS = {"de": run(q1="a b"), "sw": run(q1="a b")}


@pytest.mark.parametrize(
    ("runs", "options", "message"),
    [
        ({"de": RUNS["de"]}, {}, "runs of 1 language: give at least two"),
        (RUNS, {"cutoff": 0}, "cutoff 0"),
        (RUNS, {"persistence": 1.0}, "persistence 1.0"),
        (RUNS, {"queries": {"de": {"q1": "1"}}}, "queries lack language 'sw'"),
        (
            RUNS,
            {"queries": {"de": {"q1": "1"}, "sw": {}}},
            "qid 'q1' of language 'sw' is not in queries",
        ),
        (
            RUNS,
            {"queries": {"de": {"q1": "1", "q2": "1"}, "sw": {"q1": "1"}}},
            "qids 'q1' and 'q2' of language 'de' both ask query '1'",
        ),
        ({**RUNS, "sw": run(q1="a b a")}, {}, "'sw' has docno 'a' of qid 'q1' twice"),
    ],
)
def test_bad_input_is_one_line(runs, options, message):
    with pytest.raises(InputError, match=message) as caught:
        rank_consistency(runs, **options)
    assert "\n" not in str(caught.value)
