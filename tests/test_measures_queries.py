"""Measures of runs that hold the queries of several languages, by hand and in pt.Experiment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ir_measures import AP, RR, P, Qrel, ScoredDoc

from optical_pt.errors import InputError
from optical_pt.measures import (
    CeilingGap,
    Consistency,
    GroupGap,
    QueryFacts,
    ceiling_gap,
    group_gap,
    rank_consistency,
)

ASKED = pd.DataFrame(
    {
        "qid": ["ha1", "ha2", "zu1", "de1", "de2"],
        "query": ["1", "2", "1", "1", "2"],
        "language": ["ha", "ha", "zu", "de", "de"],
        "group": ["low", "low", "low", "other", "other"],
        "ceiling": [1.0, 0.5, 0.5, 1.0, 1.0],
    }
)
QRELS = [Qrel(qid, "a", 1) for qid in ASKED["qid"]]
# a is found at ranks 1, 2, nowhere, 1 and 2.
RANKINGS = {"ha1": "ab", "ha2": "ba", "zu1": "b", "de1": "ab", "de2": "ba"}
AP_OF = {"ha1": 1.0, "ha2": 0.5, "zu1": 0.0, "de1": 1.0, "de2": 0.5}


def run_of(rankings: dict[str, str]) -> list[ScoredDoc]:
    return [
        ScoredDoc(qid, docno, float(-place))
        for qid, docnos in rankings.items()
        for place, docno in enumerate(docnos)
    ]


RUN = run_of(RANKINGS)


def test_the_gap_to_a_ceiling_by_hand():
    # ha: 1 - .75 / .75; zu: 1 - 0 / .5; de: 1 - .75 / 1.
    gap = CeilingGap(queries=ASKED)
    assert gap.calc_aggregate(QRELS, RUN) == pytest.approx((0 + 1 + 0.25) / 3)
    one = CeilingGap(queries=ASKED.drop(columns="language"))
    assert one.calc_aggregate(QRELS, RUN) == pytest.approx(1 - 0.6 / 0.8)
    # RR is AP here, P@1 is not: 1, 0, 0, 1, 0.
    assert CeilingGap(queries=ASKED, measure=RR).calc_aggregate(QRELS, RUN) == pytest.approx(5 / 12)
    of_p = CeilingGap(queries=ASKED, measure=P @ 1).calc_aggregate(QRELS, RUN)
    assert of_p == pytest.approx((1 / 3 + 1 + 1 / 2) / 3)


def test_the_gap_between_groups_by_hand():
    plain = ASKED.drop(columns="ceiling")
    # low: (.75 + 0) / 2; other: .75.
    assert GroupGap(queries=plain).calc_aggregate(QRELS, RUN) == pytest.approx(0.375)
    # low: (0 + 1) / 2; other: .25.
    assert GroupGap(queries=ASKED).calc_aggregate(QRELS, RUN) == pytest.approx(0.25)


def test_consistency_by_hand():
    # p = .5, depth 2: the same ranking 1; a b against b a (0 + .5) / 1.5; b against a b the same.
    measure = Consistency(queries=ASKED, persistence=0.5)
    values = {metric.query_id: metric.value for metric in measure.iter_calc(QRELS, RUN)}
    assert values == pytest.approx(
        {"ha1": (1 / 6 + 1) / 2, "de1": (1 / 6 + 1) / 2, "zu1": 1 / 6, "ha2": 1.0, "de2": 1.0}
    )
    top = {metric.query_id: metric.value for metric in (measure @ 1).iter_calc(QRELS, RUN)}
    assert top == {"ha1": 0.5, "de1": 0.5, "zu1": 0.0, "ha2": 1.0, "de2": 1.0}


def test_a_query_without_relevant_documents_scores_0():
    qrels = [*QRELS[:-1], Qrel("de2", "a", 0)]
    # de: 1 - .5 / 1.
    assert CeilingGap(queries=ASKED).calc_aggregate(qrels, RUN) == pytest.approx((0 + 1 + 0.5) / 3)
    assert GroupGap(queries=ASKED).calc_aggregate(qrels, RUN) == pytest.approx(0.5 - 0.5)
    same = run_of(dict.fromkeys(RANKINGS, "ab"))
    assert Consistency(queries=ASKED).calc_aggregate(qrels, same) == 1
    nothing = [Qrel(qid, "a", 0) for qid in ASKED["qid"]]
    assert CeilingGap(queries=ASKED).calc_aggregate(nothing, RUN) == 1


def test_a_measure_may_be_named():
    assert CeilingGap(queries=ASKED, measure="P@1") == CeilingGap(queries=ASKED, measure=P @ 1)


def test_in_an_experiment():
    topics = ASKED[["qid", "query"]]
    qrels = pd.DataFrame({"qid": ASKED["qid"], "docno": "a", "label": 1})
    results = pd.DataFrame(RUN).rename(columns={"query_id": "qid", "doc_id": "docno"})
    system = pt.Transformer.from_df(results)
    lazy = pt.Transformer.from_df(results[results["qid"].isin(["ha1", "de1"])])
    measures = [
        AP,
        CeilingGap(queries=ASKED),
        GroupGap(queries=ASKED),
        Consistency(queries=ASKED, persistence=0.5),
    ]
    table = pt.Experiment([system, lazy], topics, qrels, measures)
    expected = [0.6, 5 / 12, 0.25, (7 / 12 + 7 / 12 + 1 / 6 + 1 + 1) / 5]
    assert table.iloc[0][[str(m) for m in measures]].tolist() == pytest.approx(expected)
    expected = [0.4, (1 / 3 + 1 + 1 / 2) / 3, (1 / 3 + 1) / 2 - 1 / 2, 0.2]
    assert table.iloc[1][[str(m) for m in measures]].tolist() == pytest.approx(expected)


scores = st.lists(st.integers(0, 3), min_size=12, max_size=12)


@given(scores, st.lists(st.integers(1, 4), min_size=12, max_size=12), st.integers(1, 5))
def test_gaps_are_those_of_the_functions(found, best, n_ha):
    """Of twelve queries in three languages; the relevant document is at rank 1, 2, 3 or nowhere."""
    qids = [str(n) for n in range(12)]
    languages = ["ha"] * n_ha + ["zu"] * (6 - n_ha) + ["de"] * 6
    groups = {"ha": "low", "zu": "low", "de": "other"}
    ceiling = [1 / rank for rank in best]
    table = pd.DataFrame({"qid": qids, "language": languages, "ceiling": ceiling})
    table["group"] = table["language"].map(groups)
    qrels = [Qrel(qid, "a", 1) for qid in qids]
    rankings = {
        qid: ("abc", "bac", "bca", "bcd")[place] for qid, place in zip(qids, found, strict=True)
    }
    run = run_of(rankings)
    value = [(1.0, 1 / 2, 1 / 3, 0.0)[place] for place in found]
    per_query = pd.concat(
        [
            table.assign(system="mine", value=value),
            table.assign(system="ceiling", value=ceiling),
        ]
    ).assign(measure="MAP")
    given = {"system": "mine", "measure": "MAP", "resamples": 2}
    expected = ceiling_gap(per_query, ceiling="ceiling", **given).value
    assert CeilingGap(queries=table).calc_aggregate(qrels, run) == pytest.approx(expected)
    expected = group_gap(per_query, ceiling="ceiling", groups=groups, **given).value
    assert GroupGap(queries=table).calc_aggregate(qrels, run) == pytest.approx(expected)
    expected = group_gap(per_query, groups=groups, **given).value
    plain = table.drop(columns="ceiling")
    assert GroupGap(queries=plain).calc_aggregate(qrels, run) == pytest.approx(expected)


@given(st.lists(st.permutations("abcd"), min_size=6, max_size=6), st.integers(1, 4))
def test_consistency_is_that_of_the_function(rankings, cutoff):
    qids = [f"{language}{query}" for language in ("ha", "zu", "de") for query in "12"]
    table = pd.DataFrame(
        {"qid": qids, "language": [q[:2] for q in qids], "query": [q[2] for q in qids]}
    )
    run = run_of({qid: "".join(found) for qid, found in zip(qids, rankings, strict=True)})
    frame = pd.DataFrame(run).rename(columns={"query_id": "qid", "doc_id": "docno"})
    runs = {
        language: mine.assign(qid=mine["qid"].str[2:])
        for language, mine in frame.groupby(frame["qid"].str[:2])
    }
    expected = rank_consistency(runs, cutoff=cutoff).mean
    measure = Consistency(queries=table) @ cutoff
    assert measure.calc_aggregate([Qrel(q, "a", 1) for q in qids], run) == pytest.approx(expected)


def test_facts_are_told_apart_by_content():
    facts = QueryFacts(ASKED)
    assert facts == QueryFacts(ASKED[::-1])
    assert facts == QueryFacts(ASKED[list(ASKED.columns[::-1])])
    assert hash(facts) == hash(QueryFacts(ASKED[::-1]))
    assert facts != QueryFacts(ASKED.assign(ceiling=1.0))
    assert str(CeilingGap(queries=facts)) != str(CeilingGap(queries=ASKED.assign(ceiling=1.0)))
    assert np.isclose(facts.of(["zu1"], "ceiling").iloc[0], 0.5)


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        (lambda: CeilingGap(), "CeilingGap: no queries; give QueryFacts"),
        (lambda: QueryFacts(ASKED.rename(columns={"qid": "id"})), "queries: no qids"),
        (lambda: QueryFacts(pd.concat([ASKED, ASKED])), "qid 'ha1' is there twice"),
        (lambda: CeilingGap(queries=ASKED.drop(columns="ceiling")), "no column 'ceiling'"),
        (lambda: CeilingGap(queries=ASKED[:-1]), "of qid 'de2'"),
        (lambda: CeilingGap(queries=ASKED.assign(ceiling=0.0)), "ceiling of language 'de' is 0"),
        (lambda: GroupGap(queries=ASKED.assign(group="low")), "queries of the groups low"),
        (lambda: GroupGap(queries=ASKED.assign(group="high")), "queries of the groups high"),
        (lambda: GroupGap(queries=ASKED.drop(columns="language")), "no column 'language'"),
        (lambda: GroupGap(queries=ASKED.assign(language="ha")), "language 'ha' is in both groups"),
        (lambda: CeilingGap(queries=None), "CeilingGap: no queries"),
        (lambda: CeilingGap(queries=ASKED, measure="PA"), "unknown measure 'PA'"),
        (lambda: Consistency(queries=ASKED.assign(language="ha")), "of one language"),
        (lambda: Consistency(queries=ASKED.assign(query=ASKED["qid"])), "qid 'de1' has no tr"),
        (
            lambda: Consistency(queries=ASKED.assign(query="1")),
            "qids 'de1' and 'de2' of language 'de' both ask query '1'",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(measure, message):
    with pytest.raises(InputError, match=message):
        measure().calc_aggregate(QRELS, RUN)
