"""Fusion: hand-computed scores, columns, ties, and ragged or empty rankings."""

from __future__ import annotations

import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.fusion import rrf, weighted_minmax


def run(*rows: tuple[str, str, float]) -> pt.Transformer:
    frame = pd.DataFrame(rows, columns=["qid", "docno", "score"])
    frame = frame.astype({"qid": str, "docno": str, "score": float})
    return pt.Transformer.from_df(pt.model.add_ranks(frame))


QUERIES = pd.DataFrame({"qid": ["q2", "q1"], "query": ["two", "one"], "query_0": ["ii", "i"]})
A = run(("q1", "d1", 3.0), ("q1", "d2", 2.0), ("q1", "d3", 1.0))
B = run(("q1", "d3", 0.5), ("q1", "d4", 0.5), ("q2", "d9", -7.0))


def rows(result: pd.DataFrame) -> list[tuple[str, str, float, int]]:
    return [
        (r.qid, r.docno, pytest.approx(r.score), r.rank) for r in result.itertuples(index=False)
    ]


def test_rrf_by_hand():
    assert rows(rrf(A, B)(QUERIES)) == [
        ("q2", "d9", 1 / 61, 0),
        ("q1", "d3", 1 / 63 + 1 / 61, 0),
        ("q1", "d1", 1 / 61, 1),
        ("q1", "d2", 1 / 62, 2),
        ("q1", "d4", 1 / 62, 3),
    ]


def test_minmax_by_hand():
    # B's scores for q1 are all equal, and it has one result for q2: full weight in both cases.
    assert rows(weighted_minmax([A, B], [0.7, 0.3])(QUERIES)) == [
        ("q2", "d9", 0.3, 0),
        ("q1", "d1", 0.7, 0),
        ("q1", "d2", 0.35, 1),
        ("q1", "d3", 0.3, 2),
        ("q1", "d4", 0.3, 3),
    ]


def test_query_columns_are_those_of_the_input():
    rewritten = pt.apply.query(lambda row: row["query"].upper()) >> run(("q1", "d1", 1.0))
    result = rrf(rewritten, A)(QUERIES)
    assert list(result.columns) == ["qid", "query", "query_0", "docno", "score", "rank"]
    assert set(result["query"]) == {"one"}
    assert set(result["query_0"]) == {"i"}
    assert result["docno"].is_unique


def test_a_document_twice_in_one_system_counts_once():
    twice = run(("q1", "d1", 3.0), ("q1", "d1", 2.0), ("q1", "d2", 1.0))
    assert rows(rrf(twice)(QUERIES)) == [("q1", "d1", 1 / 61, 0), ("q1", "d2", 1 / 62, 1)]


def test_input_is_left_as_it_was():
    def spoil(queries: pd.DataFrame) -> pd.DataFrame:
        queries["query"] = "spoilt"
        return queries

    before = QUERIES.copy()
    rrf(pt.apply.generic(spoil) >> A, B)(QUERIES)
    pd.testing.assert_frame_equal(QUERIES, before)


def test_rerankers_over_one_candidate_list():
    results = pd.DataFrame(
        {
            "qid": ["q2", "q1", "q1", "q1"],
            "query": ["two", "one", "one", "one"],
            "docno": ["d9", "d1", "d2", "d3"],
            "score": [1.0, 9.0, 8.0, 7.0],
            "text": ["nine", "first", "second", "third"],
        }
    )
    by_length = pt.apply.doc_score(lambda row: len(row["text"]))
    by_letter = pt.apply.doc_score(lambda row: ord(row["text"][0]))
    # q1 by length: d2, then d1 and d3 level; by letter: d3 (t), d2 (s), d1 (f).
    fused = rrf(by_length, by_letter)(pt.model.add_ranks(results))
    assert rows(fused[["qid", "docno", "score", "rank"]]) == [
        ("q2", "d9", 2 / 61, 0),
        ("q1", "d2", 1 / 61 + 1 / 62, 0),
        ("q1", "d3", 1 / 63 + 1 / 61, 1),
        ("q1", "d1", 1 / 62 + 1 / 63, 2),
    ]
    assert fused["text"].tolist() == ["nine", "second", "third", "first"]
    pipeline = pt.Transformer.from_df(pt.model.add_ranks(results)) >> rrf(by_length, by_letter) % 1
    assert pipeline(QUERIES)["docno"].tolist() == ["d9", "d2"]
    # What the systems find beside the input is no candidate.
    assert rrf(A, B)(results.iloc[1:3])["docno"].tolist() == ["d1", "d2"]
    with pytest.raises(InputError, match="docno 'd1' is there twice for qid 'q1'"):
        rrf(by_length)(results.iloc[[1, 1]])


@pytest.mark.parametrize("fusion", [rrf(A, B), weighted_minmax([A, B], [1, 1])])
def test_no_results_and_no_queries(fusion):
    for queries in (QUERIES.iloc[:0], QUERIES.assign(qid=["x", "y"])):
        result = fusion(queries)
        assert len(result) == 0
        assert {"qid", "query", "query_0", "docno", "score", "rank"} <= set(result.columns)


@pytest.mark.parametrize("fusion", [rrf(A, B), weighted_minmax([A, B], [1, 1])])
def test_rank_cutoff_is_fused_and_never_relaxed(fusion):
    cut = (fusion % 2).compile()
    pd.testing.assert_frame_equal(cut(QUERIES), (fusion % 2)(QUERIES))
    assert cut == type(fusion).fuse_rank_cutoff(fusion, 2)
    assert cut.fuse_rank_cutoff(5) == cut


def test_equality_by_value():
    assert rrf(A, B) == rrf(A, B)
    assert hash(rrf(A, B)) == hash(rrf(A, B))
    assert rrf(A, B) != rrf(A, B, k=10)
    assert rrf(A, B) != rrf(B, A)
    assert weighted_minmax([A, B], [1, 1]) != weighted_minmax([A, B], [1, 2])
    assert weighted_minmax([A], [1]) != rrf(A)


def test_experiment_with_a_tree_plan():
    qrels = pd.DataFrame({"qid": ["q1", "q2"], "docno": ["d3", "d9"], "label": [1, 1]})
    table = pt.Experiment(
        [A, B, rrf(A, B), rrf(A, B) % 1], QUERIES, qrels, ["recip_rank"], plan="tree", verbose=False
    )
    # B has d3 and d4 at equal scores, where trec_eval puts the higher docno first.
    assert table["recip_rank"].tolist() == pytest.approx([1 / 6, 3 / 4, 1.0, 1.0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: rrf(), "no systems"),
        (lambda: rrf(A, "bm25"), "fused system 2"),
        (lambda: rrf(A, num_results=0), "num_results=0"),
        (lambda: rrf(A, k=-1), "k=-1"),
        (lambda: weighted_minmax([A, B], [1]), "1 weights for 2 systems"),
        (lambda: weighted_minmax([A, B], [1, -1]), "weights="),
        (lambda: weighted_minmax([A], [float("nan")]), "weights="),
        (lambda: rrf(A)(pd.concat([QUERIES, QUERIES])), "'q2' occurs twice"),
        (lambda: rrf(A, pt.Transformer.identity())(QUERIES), "system 2"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(InputError, match=message):
        make()


rankings = st.lists(
    st.tuples(
        st.sampled_from(["q1", "q2", "q3"]),
        st.sampled_from(["d1", "d2", "d3", "d4"]),
        st.sampled_from([-1.0, 0.0, 0.5, 2.0]),
    ),
    max_size=6,
    unique_by=lambda row: row[:2],
)


@settings(max_examples=20)
@given(systems=st.lists(rankings, min_size=1, max_size=3), num_results=st.integers(1, 4))
def test_ragged_and_empty_rankings(systems, num_results):
    transformers = [run(*system) for system in systems]
    queries = pd.DataFrame({"qid": ["q1", "q2"], "query": ["", "x"]})
    for fusion, number in (
        (rrf(*transformers, num_results=num_results), 60),
        (weighted_minmax(transformers, [2.0] * len(systems), num_results), None),
    ):
        result = fusion(queries)
        for qid in ("q1", "q2"):
            expected: dict[str, float] = {}
            for system in systems:
                mine = sorted((-s, d) for q, d, s in system if q == qid)
                for place, (negative, docno) in enumerate(mine, start=1):
                    low, high = -mine[-1][0], -mine[0][0]
                    share = (-negative - low) / (high - low) if high > low else 1.0
                    add = 1 / (number + place) if number else 2.0 * share
                    expected[docno] = expected.get(docno, 0.0) + add
            order = sorted((round(-score, 12), docno) for docno, score in expected.items())
            found = result[result["qid"] == qid]
            assert found["rank"].tolist() == list(range(min(num_results, len(order))))
            assert list(found["docno"]) == [docno for _, docno in order[:num_results]]
            assert list(found["score"]) == pytest.approx([-s for s, _ in order[:num_results]])


TestRRF = pt.testing.transformer_test_class(lambda: rrf(A, B))
TestMinMax = pt.testing.transformer_test_class(lambda: weighted_minmax([A, B], [1, 1]))
