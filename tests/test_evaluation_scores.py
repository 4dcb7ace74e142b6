"""The scores of an experiment: by hand, against ir-measures, and with real BM25 retrieval."""

from __future__ import annotations

import dataclasses
import math

import ir_measures
import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_experiments import (
    CEILING,
    NMT,
    OPTICAL,
    QRELS,
    TOPICS,
    Counting,
    experiment,
    results,
    scores,
)

from optical_pt import InputError
from optical_pt.evaluation import System, clir_experiment
from optical_pt.evaluation.grid import make_grid
from optical_pt.measures import DocLanguages, LanguageBias


def test_measures_by_hand():
    result = experiment({"ha": [OPTICAL]}, ["AP", "nDCG@10", "R@1"])
    # q1 finds a and b at ranks 1 and 3, of gains 2 and 1; q2 finds nothing.
    assert scores(result, "OPTICAL", "ha", "MAP") == pytest.approx(
        {"q1": (1 + 2 / 3) / 2, "q2": 0.0, "q3": 1.0}
    )
    ideal = 2 + 1 / math.log2(3)
    assert scores(result, "OPTICAL", "ha", "nDCG@10") == pytest.approx(
        {"q1": (2 + 1 / math.log2(4)) / ideal, "q2": 0.0, "q3": 1.0}
    )
    assert scores(result, "OPTICAL", "ha", "R@1") == {"q1": 0.5, "q2": 0.0, "q3": 1.0}
    assert result.measures == ("MAP", "nDCG@10", "R@1")
    summary = result.summary.set_index("measure")
    assert ",".join(result.summary.columns) == (
        "system,family,language,group,measure,value,delta,p_value,p_corrected,n_queries"
    )
    assert summary.loc["MAP", "value"] == pytest.approx((5 / 6 + 0 + 1) / 3)
    assert summary["n_queries"].tolist() == [3, 3, 3]
    assert summary[["delta", "p_value", "p_corrected"]].isna().all(axis=None)


def test_a_pipeline_that_writes_into_its_frame_changes_no_other_systems_queries():
    def shout(queries):
        queries["query"] = queries["query"].str.upper()
        return queries

    heard = []

    def hear(queries):
        heard.extend(queries["query"])
        return queries

    found = results("q1 a")
    first = System("first", "bm25", pt.apply.generic(shout) >> found)
    second = System("second", "bm25", pt.apply.generic(hear) >> found)
    experiment({"ha": [first, second]})
    assert heard == TOPICS["query"].tolist()


def test_scores_decide_not_ranks():
    frame = pd.DataFrame(
        {"qid": ["q2", "q2"], "docno": ["x", "c"], "score": [1.0, 2.0], "rank": [0, 1]}
    )
    result = experiment({"ha": [System("s", "bm25", pt.Transformer.from_df(frame))]}, ["RR"])
    assert scores(result, "s", "ha", "RR")["q2"] == 1.0


def test_ties_are_in_one_order_for_all_measures():
    # trec_eval's: by descending docno, so x comes before c and b before a.
    frame = pd.DataFrame(
        {"qid": ["q2", "q2", "q3", "q3"], "docno": ["c", "x", "a", "b"], "score": 1.0}
    )
    measures = ["AP", "RR", "RR@10", "P@1", "Success@1", "Judged@1"]
    tied = System("tied", "bm25", pt.Transformer.from_df(frame))
    result = experiment({"ha": [tied]}, measures)
    of_q2 = {name: scores(result, "tied", "ha", name)["q2"] for name in result.measures}
    assert of_q2 == {
        "MAP": 0.5, "RR": 0.5, "RR@10": 0.5, "P@1": 0.0, "Success@1": 0.0, "Judged@1": 0.0
    }  # fmt: skip
    # Beyond single precision, in which trec_eval keeps scores, there is no difference.
    close = frame.assign(score=[0.25 + 1e-11, 0.25, 0.25 + 1e-11, 0.25])
    alike = experiment({"ha": [System("tied", "bm25", pt.Transformer.from_df(close))]}, measures)
    assert alike.per_query.equals(result.per_query)
    apart = System("apart", "bm25", pt.Transformer.from_df(frame.assign(score=[1, 2, 1, 2])))
    ordered = experiment({"ha": [apart]}, measures)
    assert result.per_query["value"].tolist() == ordered.per_query["value"].tolist()


def test_a_measure_that_is_not_defined_for_a_query_is_refused():
    frame = pd.DataFrame({"qid": ["q2"], "docno": ["x"], "score": [1.0]})
    system = System("s", "bm25", pt.Transformer.from_df(frame))
    with pytest.raises(InputError, match="Accuracy has no value for qid 'q2'"):
        experiment({"ha": [system]}, ["Accuracy"])


def test_a_smaller_language_bias_is_the_better_one():
    pool = DocLanguages({"a": "en", "b": "en", "c": "en", "d": "en", "x": "de"}, name="toy")
    rows = [(qid, docno) for qid in TOPICS["qid"] for docno in ("a", "x")]
    frame = pd.DataFrame(rows, columns=["qid", "docno"])
    fair = System("fair", "bm25", pt.Transformer.from_df(frame.assign(score=[2.0, 1.0] * 3)))
    biased = System("biased", "nmt", pt.Transformer.from_df(frame.assign(score=[1.0, 2.0] * 3)))
    result = experiment({"ha": [fair, biased]}, [LanguageBias(languages=pool) @ 1], baseline="fair")
    (measure,) = result.measures
    assert result.lower_is_better == {measure}
    assert result.values(measure)["ha"].to_dict() == {"fair": 0.0, "biased": 1.0}
    grid = make_grid(result, measure)
    cells = {row.system: row.cells[0] for row in grid.rows}
    assert (cells["fair"].best, cells["biased"].best) == (True, False)
    assert cells["biased"].direction == -1


def test_a_system_that_finds_nothing_counts_zero():
    empty = System("empty", "bm25", results())
    result = experiment({"ha": [empty, NMT]}, ["AP", "nDCG@10"], baseline="NMT >> BM25")
    assert scores(result, "empty", "ha", "MAP") == {"q1": 0.0, "q2": 0.0, "q3": 0.0}
    row = result.summary.set_index(["system", "measure"]).loc[("empty", "MAP")]
    assert (row["value"], row["n_queries"]) == (0.0, 3)
    assert row["delta"] == -result.values("MAP").loc["NMT >> BM25", "ha"]


def test_only_judged_topics_are_run_and_counted():
    extra = pd.DataFrame({"qid": ["q0", "q9"], "query": ["babu", "komai"]})
    unasked = pd.DataFrame({"qid": ["q8"], "docno": ["a"], "label": [1]})
    pipeline = Counting(OPTICAL.pipeline)
    result = experiment(
        {"ha": [dataclasses.replace(OPTICAL, pipeline=pipeline)]},
        topics={"ha": pd.concat([extra, TOPICS])},
        qrels={"ha": pd.concat([QRELS, unasked])},
    )
    assert pipeline.calls == [3]
    assert result.summary["n_queries"].tolist() == [3]
    assert result.summary["value"].tolist() == pytest.approx([(5 / 6 + 0 + 1) / 3])


def test_ceilings_run_their_own_topics():
    english = pd.DataFrame(
        {"qid": ["q3", "q2", "q1", "q0"], "query": ["air", "fire", "water", "-"]}
    )
    asked = []
    pipeline = pt.apply.generic(lambda topics: asked.append(topics) or CEILING.pipeline(topics))
    human = dataclasses.replace(CEILING, pipeline=pipeline, topics=english)
    result = experiment({"ha": [NMT, human]})
    assert asked[0]["query"].tolist() == ["air", "fire", "water"]
    assert result.values("MAP").loc["human", "ha"] == 1.0
    missing = dataclasses.replace(CEILING, topics=english[1:])
    with pytest.raises(InputError, match="topics of system 'human' in language 'ha' lack qid 'q3'"):
        experiment({"ha": [missing]})


RANKINGS = st.fixed_dictionaries(
    {qid: st.lists(st.sampled_from("abcdxyz"), unique=True) for qid in ("q1", "q2", "q3")}
)


@given(RANKINGS, RANKINGS)
def test_ragged_results_equal_ir_measures(first, second):
    systems = [
        System(name, "fusion", results(*(f"{qid} {' '.join(r)}" for qid, r in ranking.items())))
        for name, ranking in (("first", first), ("second", second))
    ]
    result = experiment({"ha": systems}, ["AP", "nDCG@2"], baseline="first")
    qrels = [ir_measures.Qrel(*row) for row in QRELS.itertuples(index=False)]
    for name, ranking in (("first", first), ("second", second)):
        run = [
            ir_measures.ScoredDoc(qid, docno, -float(rank))
            for qid, docnos in ranking.items()
            for rank, docno in enumerate(docnos)
        ]
        for measure, shown in ((ir_measures.AP, "MAP"), (ir_measures.nDCG @ 2, "nDCG@2")):
            found = {m.query_id: m.value for m in ir_measures.iter_calc([measure], qrels, run)}
            expected = {qid: found.get(qid, 0.0) for qid in ("q1", "q2", "q3")}
            assert scores(result, name, "ha", shown) == pytest.approx(expected)
    tested = result.summary[result.summary["system"] == "second"]
    assert tested["p_value"].between(0, 1).all()
    assert (tested["p_corrected"] >= tested["p_value"]).all()


def test_real_bm25(tmp_path):
    from pyterrier_pisa import PisaIndex

    index = PisaIndex(str(tmp_path / "index.pisa"), text_field="text", stemmer="none")
    index.index(
        [
            {"docno": "rain", "text": "rain falls from clouds over the hills"},
            {"docno": "fire", "text": "fire burns dry wood in the hills"},
            {"docno": "wind", "text": "wind moves clouds and sails"},
        ]
    )
    topics = pd.DataFrame({"qid": ["1", "2"], "query": ["burns wood", "clouds sails"]})
    qrels = pd.DataFrame({"qid": ["1", "2"], "docno": ["fire", "wind"], "label": [1, 1]})
    bm25 = index.bm25()
    result = clir_experiment(
        {"en": [System("BM25", "bm25", bm25), System("none", "fusion", bm25 % 0)]},
        {"en": topics},
        {"en": qrels},
        ["AP", "nDCG@10", "P@1"],
        groups={"en": "other"},
        baseline="BM25",
    )
    assert result.summary.loc[result.summary["system"] == "BM25", "value"].tolist() == [1, 1, 1]
    assert result.summary.loc[result.summary["system"] == "none", "value"].tolist() == [0, 0, 0]
