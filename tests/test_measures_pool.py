"""Measures on a multilingual pool: by hand, against published code's rule, and inside PyTerrier."""

from __future__ import annotations

import ir_measures
import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import Qrel, ScoredDoc

from optical_pt.errors import InputError
from optical_pt.evaluation import System, clir_experiment
from optical_pt.measures import DocLanguages, LanguageBias, LareqaAP, language_shares

# Two questions with an answer in each of three languages, and documents that answer none.
POOL = DocLanguages(
    {f"{language}{n}": language for language in ("de", "sw", "zu") for n in range(1, 6)},
    name="pool",
)
QRELS = [Qrel("q1", f"{language}1", 1) for language in ("de", "sw", "zu")] + [
    Qrel("q2", "de2", 1),
    Qrel("q2", "sw2", 2),
    Qrel("q2", "zu3", 0),
]


def run(**rankings: str) -> list[ScoredDoc]:
    return [
        ScoredDoc(qid, docno, -float(rank))
        for qid, docnos in rankings.items()
        for rank, docno in enumerate(docnos.split())
    ]


def values(measure, qrels, results):
    return {metric.query_id: metric.value for metric in measure.iter_calc(qrels, results)}


def frames(results):
    qrels = pd.DataFrame(QRELS).rename(
        columns={"query_id": "qid", "doc_id": "docno", "relevance": "label"}
    )
    found = pd.DataFrame(results, columns=["qid", "docno", "score"]).astype({"score": float})
    return found, qrels[["qid", "docno", "label"]]


def test_lareqa_ap_by_hand():
    results = run(q1="de1 de4 sw1 zu4 zu1", q2="zu3 sw2")
    whole = LareqaAP(languages=POOL)
    assert values(whole, QRELS, results) == pytest.approx(
        {"q1": (1 + 2 / 3 + 3 / 5) / 3, "q2": (1 / 2) / 2}
    )
    # The cutoff is in the divisor where it is below the number of answers.
    assert values(whole @ 3, QRELS, results)["q1"] == pytest.approx((1 + 2 / 3) / 3)
    assert values(whole @ 2, QRELS, results)["q1"] == pytest.approx(1 / 2)
    assert values(whole @ 1, QRELS, results)["q1"] == 1.0


def test_language_bias_by_hand():
    results = run(q1="de1 de4 sw1 zu4 zu1", q2="zu3 zu4")
    bias = LanguageBias(languages=POOL)
    assert values(bias @ 3, QRELS, results) == pytest.approx(
        # q1: de 2/3 and sw 1/3 against a third each. q2: all Zulu, none of it relevant.
        {"q1": (1 / 3 + 0 + 1 / 3) / 2, "q2": 1.0}
    )
    assert values(bias, QRELS, results)["q1"] == pytest.approx((1 / 15 + 2 / 15 + 1 / 15) / 2)
    assert values(bias @ 3, QRELS, run(q1="zu5 sw5 de5"))["q1"] == pytest.approx(0.0)


def test_language_shares_by_hand():
    found, qrels = frames(run(q1="de1 de4 sw1 zu4 zu1", q2="zu3 zu4", q9="de1"))
    table = language_shares(found, qrels, POOL, cutoff=3).set_index("language")
    assert table["top"].to_dict() == pytest.approx({"de": 1 / 3, "sw": 1 / 6, "zu": 1 / 2})
    assert table["relevant"].to_dict() == pytest.approx({"de": 5 / 12, "sw": 5 / 12, "zu": 1 / 6})
    assert table["difference"].sum() == pytest.approx(0.0)
    empty = language_shares(found[:0], qrels, POOL, cutoff=3)
    assert empty.empty
    assert list(empty.columns) == ["language", "top", "relevant", "difference"]
    with pytest.raises(InputError, match="cutoff 0"):
        language_shares(found, qrels, POOL, cutoff=0)


@pytest.mark.parametrize(
    ("measure", "worst"), [(LareqaAP(languages=POOL) @ 2, 0), (LanguageBias(languages=POOL), 1)]
)
def test_queries_without_results_or_relevant_documents_have_the_worst(measure, worst):
    qrels = [*QRELS, Qrel("q3", "de4", 0)]
    everywhere = {"q1": worst, "q2": worst, "q3": worst}
    assert values(measure, qrels, run(q3="de4 de5", q4="de1")) == everywhere
    assert values(measure, qrels, []) == everywhere


@pytest.mark.parametrize("order", [1, -1])
def test_ties_break_by_docno(order):
    tied = [ScoredDoc("q1", docno, 1.0) for docno in ("de1", "de4", "sw1")][::order]
    assert values(LareqaAP(languages=POOL) @ 1, QRELS, tied)["q1"] == 1.0
    assert values(LanguageBias(languages=POOL) @ 2, QRELS, tied)["q1"] == pytest.approx(2 / 3)


DOCNOS = st.permutations([f"{language}{n}" for language in ("de", "sw", "zu") for n in (1, 2, 3)])


@given(DOCNOS, st.integers(0, 9), st.one_of(st.none(), st.integers(1, 9)))
def test_bounds_and_plain_average_precision(docnos, length, cutoff):
    results = run(q1=" ".join(docnos[:length]))
    lareqa, bias = LareqaAP(languages=POOL), LanguageBias(languages=POOL)
    if cutoff is not None:
        lareqa, bias = lareqa @ cutoff, bias @ cutoff
    assert 0 <= values(bias, QRELS, results)["q1"] <= 1
    found = values(lareqa, QRELS, results)["q1"]
    assert 0 <= found <= 1
    if cutoff is None:
        plain = values(ir_measures.AP, [q for q in QRELS if q.query_id == "q1"], results)
        assert found == pytest.approx(plain.get("q1", 0.0))
    else:
        assert found == pytest.approx(
            published_rule({"de1", "sw1", "zu1"}, docnos[:length], cutoff)
        )


def published_rule(targets, ranked, k):
    """AP@k as XTREME-R's evaluation of LAReQA computes it."""
    ranked = list(ranked)[:k]
    precisions = [
        sum(docno in targets for docno in ranked[: i + 1]) / (i + 1)
        for i, docno in enumerate(ranked)
        if docno in targets
    ]
    return sum(precisions) / min(len(targets), k)


def test_names_tell_mappings_apart():
    same = DocLanguages({"a": "de", "b": "sw"}, name="toy")
    assert same == DocLanguages({"b": "sw", "a": "de"}, name="toy")
    assert hash(same) == hash(DocLanguages({"b": "sw", "a": "de"}, name="toy"))
    others = [
        DocLanguages({"a": "de", "b": "de"}, name="toy"),
        DocLanguages({"a": "de"}, name="toy"),
        DocLanguages({"a": "de", "b": "sw"}),
    ]
    assert same not in others
    measures = [LareqaAP(languages=languages) @ 20 for languages in [same, *others]]
    assert len(set(measures)) == len({str(measure) for measure in measures}) == 4
    assert str(measures[0]) == f"LareqaAP(languages={same!r})@20"
    assert repr(same).startswith("toy-")
    assert repr(others[-1]).startswith("2langs-")


def test_errors_name_the_document_and_the_query():
    lareqa, bias = LareqaAP(languages=POOL), LanguageBias(languages=POOL)
    unknown = [*QRELS, Qrel("q1", "xx9", 1)]
    for measure in (lareqa, bias):
        with pytest.raises(InputError, match="docno 'xx9' of qid 'q1' has no language"):
            values(measure, unknown, run(q1="de1"))
    with pytest.raises(InputError, match="docno 'xx7' of qid 'q2' has no language"):
        values(bias @ 2, QRELS, run(q1="de1", q2="de1 xx7 xx8"))
    assert values(bias @ 1, QRELS, run(q2="de1 xx7"))["q2"] == 0.5
    with pytest.raises(
        InputError, match=r"docno 'de5' of qid 'q1' is a second relevant .* in 'de'"
    ):
        values(lareqa, [*QRELS, Qrel("q1", "de5", 1)], run(q1="de1"))
    with pytest.raises(InputError, match="LareqaAP: no languages; give DocLanguages"):
        LareqaAP()


def test_in_experiments():
    found, qrels = frames(run(q1="de1 de4 sw1 zu4 zu1", q2="zu3 sw2"))
    topics = pd.DataFrame({"qid": ["q1", "q2"], "query": ["x", "y"]})
    measures = [LareqaAP(languages=POOL) @ 20, LanguageBias(languages=POOL) @ 3, "P@1"]
    system = pt.Transformer.from_df(found)
    table = pt.Experiment([system], topics, qrels, [*measures[:2], pt.measures.P @ 1])
    expected = [(34 / 45 + 1 / 4) / 2, (1 / 3 + 1 / 2) / 2, 0.5]
    # PyTerrier gives the columns of several providers in an order of its own.
    assert table.iloc[0][[str(measure) for measure in measures]].tolist() == pytest.approx(expected)

    result = clir_experiment(
        {
            "ha": [
                System("s", "bm25", system),
                System("none", "optical", pt.Transformer.from_df(found[:0])),
            ]
        },
        {"ha": topics},
        {"ha": qrels},
        measures,
        groups={"ha": "low"},
        baseline="s",
    )
    assert result.measures == tuple(str(measure) for measure in measures)
    of_s = result.summary[result.summary["system"] == "s"]
    assert of_s["value"].tolist() == pytest.approx(expected)
    assert result.summary.loc[result.summary["system"] == "none", "value"].tolist() == [0, 1, 0]


def test_languages_may_be_a_mapping():
    plain = {"d1": "de", "d2": "sw"}
    assert LareqaAP(languages=plain) == LareqaAP(languages=DocLanguages(plain))
    assert (
        str(LanguageBias(languages=plain) @ 3) == f"{LanguageBias(languages=DocLanguages(plain))}@3"
    )
