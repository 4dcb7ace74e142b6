"""Exact search and reranking over a token index."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from collection_folders import one_line
from hypothesis import given, settings
from hypothesis import strategies as st

from optical_pt import InputError, TokenIndex
from optical_pt.index import retriever as retriever_module
from optical_pt.index.retriever import ExactRetriever

MODEL = "0123456789abcdef"
DIM = 8


def unit_rows(rng: np.random.Generator, rows: int) -> np.ndarray:
    vectors = rng.normal(size=(rows, DIM))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def build(folder, lengths: list[int], seed: int = 0) -> TokenIndex:
    rng = np.random.default_rng(seed)
    return TokenIndex(folder / "index").index(
        {
            "docno": f"d{number:02}",
            "doc_embs": unit_rows(rng, length).astype(np.float16),
            "embs_model": MODEL,
        }
        for number, length in enumerate(lengths)
    )


def make_queries(lengths: list[int], seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "qid": [f"q{number}" for number in range(len(lengths))],
            "query": "some words",
            "embs_model": MODEL,
        }
    )
    embeddings = [unit_rows(rng, length).astype(np.float32) for length in lengths]
    frame["query_embs"] = pd.Series(embeddings, dtype=object)
    return frame


def reference(index: TokenIndex, query: np.ndarray) -> dict[str, float]:
    """MaxSim in three lines."""
    documents = np.split(np.array(index.tokens, dtype=np.float64), index.starts[1:])
    scores = [(query @ document.T).max(axis=1, initial=-9).sum() for document in documents]
    scores = [score if len(d) else 0.0 for score, d in zip(scores, documents, strict=True)]
    return dict(zip(index.docnos, scores, strict=True))


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(retriever_module, "BLOCK_TOKENS", 4)
    monkeypatch.setattr(retriever_module, "BATCH_QUERY_TOKENS", 5)


@settings(max_examples=40)
@given(
    doc_lengths=st.lists(st.integers(0, 7), min_size=1, max_size=12),
    query_lengths=st.lists(st.integers(0, 7), min_size=1, max_size=5),
    num_results=st.integers(1, 14),
    block=st.sampled_from([1, 4, 9, 65536]),
    batch=st.sampled_from([1, 5, 256]),
    precision=st.sampled_from(["float32", "half"]),
)
def test_search_is_exact(
    tmp_path_factory, doc_lengths, query_lengths, num_results, block, batch, precision
):
    index = build(tmp_path_factory.mktemp("exact"), doc_lengths)
    queries = make_queries(query_lengths)
    search = ExactRetriever(index, num_results=num_results, device="cpu", precision=precision)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retriever_module, "BLOCK_TOKENS", block)
        patch.setattr(retriever_module, "BATCH_QUERY_TOKENS", batch)
        results = search(queries)
    # bfloat16 has 8 significant bits: each similarity is off by less than 1/64.
    tolerance = 1e-5 if precision == "float32" else max(query_lengths) / 64 + 1e-6
    kept = min(num_results, len(index))
    assert len(results) == kept * len(queries)
    for row in queries.itertuples():
        expected = reference(index, row.query_embs)
        found = results[results["qid"] == row.qid]
        assert list(found["rank"]) == list(range(kept))
        assert found["score"].is_monotonic_decreasing
        assert found["docno"].is_unique
        for docno, score in zip(found["docno"], found["score"], strict=True):
            assert score == pytest.approx(expected[docno], abs=tolerance)
        cut = sorted(expected.values(), reverse=True)[kept - 1]
        assert all(expected[docno] >= cut - 2 * tolerance for docno in found["docno"])


def test_ranking_equals_that_of_the_reference(tmp_path, small_blocks):
    index = build(tmp_path, [3, 0, 5, 1, 9, 2, 4])
    queries = make_queries([3, 4, 1, 6])
    results = ExactRetriever(index, device="cpu", precision="float32")(queries)
    for row in queries.itertuples():
        expected = reference(index, row.query_embs)
        order = sorted(expected, key=lambda docno: (-expected[docno], docno))
        assert list(results[results["qid"] == row.qid]["docno"]) == order


def test_ties_at_the_cut_go_to_the_lower_docno(tmp_path, small_blocks):
    same, best = np.eye(DIM)[:1], np.eye(DIM)[:2]
    names = ["m", "z", "b", "top", "a"]
    index = TokenIndex(tmp_path / "index").index(
        {"docno": docno, "doc_embs": best if docno == "top" else same, "embs_model": MODEL}
        for docno in names
    )
    queries = make_queries([1])
    queries.at[0, "query_embs"] = np.eye(DIM, dtype=np.float32)[:2]
    for num_results, expected in (
        (1, ["top"]),
        (3, ["top", "a", "b"]),
        (4, ["top", "a", "b", "m"]),
    ):
        found = index.retriever(num_results=num_results)(queries)
        assert list(found["docno"]) == expected
        assert list(found["score"]) == [2.0, 1.0, 1.0, 1.0][:num_results]


def test_keeps_the_columns_of_the_query_and_replaces_ranks(tmp_path):
    index = build(tmp_path, [2, 2])
    queries = make_queries([2]).assign(query_0="asali", score=3.0, rank=0)
    results = index.retriever()(queries)
    assert set(results["query_0"]) == {"asali"}
    assert sorted(results["rank"]) == [0, 1]
    assert results["score"].max() < 3.0
    assert results["score"].dtype == np.float64
    assert results["rank"].dtype == np.int64


def test_queries_may_share_a_row_label_but_not_a_qid(tmp_path):
    index = build(tmp_path, [2, 2])
    queries = make_queries([2, 3]).set_index(pd.Index([7, 7]))
    assert list(index.retriever(1)(queries)["qid"]) == ["q0", "q1"]
    with pytest.raises(InputError, match="qid 'q0' occurs twice"):
        index.retriever(1)(queries.assign(qid="q0"))


def test_no_queries(tmp_path):
    index = build(tmp_path, [2, 2])
    full = index.retriever()(make_queries([1]))
    empty = index.retriever()(make_queries([]))
    assert empty.empty
    assert set(empty.columns) == set(full.columns)
    assert index.scorer()(full.head(0)).empty


def test_empty_frames_do_not_read_the_index(tmp_path):
    gone = TokenIndex(tmp_path / "not built yet")
    columns = ["qid", "query", "query_embs", "embs_model"]
    outputs = pt.inspect.transformer_outputs(gone.retriever(), columns)
    assert {"qid", "docno", "score", "rank"} <= set(outputs)
    outputs = pt.inspect.transformer_outputs(gone.scorer(), [*columns, "docno"])
    assert {"qid", "docno", "score", "rank"} <= set(outputs)


def test_cutoffs_never_relax(tmp_path):
    index = build(tmp_path, [2] * 9)
    queries = make_queries([3, 2])
    search = index.retriever(num_results=5)
    assert search.fuse_rank_cutoff(3).num_results == 3
    assert search.fuse_rank_cutoff(8).num_results == 5
    whole = index.retriever(device="cpu")
    cut = (whole % 3).compile()
    assert isinstance(cut, ExactRetriever)
    assert cut == index.retriever(3, device="cpu")
    for pipeline in (whole % 3, cut):
        expected = whole(queries).query("rank < 3").reset_index(drop=True)
        columns = ["qid", "docno", "score", "rank"]
        pd.testing.assert_frame_equal(
            pipeline(queries)[columns].reset_index(drop=True), expected[columns]
        )
    assert len((index.retriever(2) % 8)(queries)) == 4


def test_options_are_checked(tmp_path):
    index = build(tmp_path, [1])
    with pytest.raises(InputError, match="num_results=0"):
        index.retriever(num_results=0)
    with pytest.raises(InputError, match="precision 'double'"):
        index.retriever(precision="double")
    nowhere = index.retriever(device="cuda:7")
    with pytest.raises(InputError, match="device 'cuda:7': not one that torch has here"):
        nowhere(make_queries([1]))


@pytest.mark.parametrize(
    ("embeddings", "problem"),
    [
        (np.zeros((2, DIM + 1), np.float32), f"shape \\(2, {DIM + 1}\\)"),
        (np.zeros(DIM, np.float32), f"shape \\({DIM},\\)"),
        (np.full((1, DIM), np.nan, np.float32), "not finite"),
        (None, "NoneType, no array of floats"),
        ([[0.1] * DIM, [0.1]], "list, no array of floats"),
        (np.array([["a"] * DIM]), "ndarray, no array of floats"),
    ],
)
def test_embeddings_that_cannot_be_searched_with_are_refused(tmp_path, embeddings, problem):
    index = build(tmp_path, [2, 2])
    queries = make_queries([1, 1])
    queries.at[1, "query_embs"] = embeddings
    for use, given_frame in (
        (index.retriever(), queries),
        (index.scorer(), queries.assign(docno="d00")),
    ):
        with pytest.raises(InputError, match=f"query '{queries['qid'][1]}'.*{problem}"):
            use(given_frame)


def test_half_precision_is_of_devices_that_are_faster_at_it(tmp_path, monkeypatch):
    index, queries = build(tmp_path, [3, 4, 2, 6]), make_queries([5, 3])
    searches = {p: index.retriever(device="cpu", precision=p) for p in ("auto", "half", "float32")}
    scores = {p: search(queries)["score"].tolist() for p, search in searches.items()}
    assert scores["half"] != scores["float32"]
    for unit, same in (("avx512_bf16", "half"), ("avx2", "float32")):
        monkeypatch.setattr("torch.cpu.get_capabilities", lambda unit=unit: {unit: True})
        assert searches["auto"](queries)["score"].tolist() == scores[same]


def test_queries_of_another_model_are_refused(tmp_path):
    index = build(tmp_path, [2, 2])
    queries = make_queries([1, 1])
    queries.loc[1, "embs_model"] = "fedcba9876543210"
    for use in (index.retriever(), index.scorer()):
        with pytest.raises(InputError) as raised:
            use(queries.assign(docno="d00") if use == index.scorer() else queries)
        message = one_line(raised)
        assert str(index.path) in message
        assert MODEL in message
        assert "fedcba9876543210" in message


def test_equality_repr_and_roles(tmp_path):
    index, again = build(tmp_path, [1]), TokenIndex(tmp_path / "index")
    assert index.retriever(5) == again.retriever(5)
    assert hash(index.retriever(5)) == hash(again.retriever(5))
    assert index.retriever(5) != index.retriever(6)
    assert index.retriever(5, device="cpu") != index.retriever(5)
    assert index.scorer() == again.scorer()
    assert hash(index.scorer()) == hash(again.scorer())
    assert index.scorer() != index.retriever()
    assert repr(index.retriever(5)) == f"TokenIndex({str(index.path)!r}).retriever(num_results=5)"
    assert repr(index.scorer()) == f"TokenIndex({str(index.path)!r}).scorer()"


@given(
    doc_lengths=st.lists(st.integers(0, 6), min_size=1, max_size=8),
    picks=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 7)), unique=True, max_size=12),
)
def test_scorer_agrees_with_the_reference(tmp_path_factory, doc_lengths, picks):
    index = build(tmp_path_factory.mktemp("scorer"), doc_lengths)
    queries = make_queries([2, 0, 5])
    rows = [(q, d % len(doc_lengths)) for q, d in picks]
    rows = list(dict.fromkeys(rows))
    candidates = queries.iloc[[q for q, _ in rows]].assign(
        docno=[f"d{d:02}" for _, d in rows], score=0.0, rank=0
    )
    # Rows of several queries, mixed, with repeated labels.
    scored = index.scorer()(candidates)
    assert len(scored) == len(rows)
    embeddings = dict(zip(queries["qid"], queries["query_embs"], strict=True))
    for row in scored.itertuples():
        expected = reference(index, embeddings[row.qid])[row.docno]
        assert row.score == pytest.approx(expected, abs=1e-5)
    for _, group in scored.groupby("qid"):
        assert list(group["rank"]) == list(range(len(group)))


def test_scorer_names_a_document_that_is_not_indexed(tmp_path):
    index = build(tmp_path, [2])
    candidates = make_queries([1]).assign(docno="d77")
    with pytest.raises(InputError, match="docno d77: not in"):
        index.scorer()(candidates)


TestRetriever = pt.testing.transformer_test_class(lambda: TokenIndex("nowhere").retriever())
TestScorer = pt.testing.transformer_test_class(lambda: TokenIndex("nowhere").scorer())
