"""Input that an experiment refuses, in one line."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pyterrier as pt
import pytest
from tiny_experiments import (
    NMT,
    OPTICAL,
    QRELS,
    TOPICS,
    Counting,
    experiment,
)

from optical_pt import InputError
from optical_pt.evaluation import System

ONE_LINE = [
    ({"measures": ["nDGC@10"]}, "unknown measure 'nDGC@10'"),
    ({"measures": ["R@x"]}, "unknown measure 'R@x'"),
    ({"measures": []}, "no measure given"),
    ({"measures": ["alpha_nDCG@10"]}, "'alpha_nDCG@10' needs a package"),
    ({"baseline": "NMT"}, "unknown baseline 'NMT': use one of NMT >> BM25, OPTICAL"),
    ({"test": "z"}, "unknown significance test 'z'"),
    ({"correction": "x"}, "unknown correction 'x'"),
    ({"alpha": 5}, "alpha 5 is no level"),
    ({"resume": True}, "give cells_dir"),
    ({"groups": {}}, "language 'ha' has no group"),
    ({"groups": {"ha": "rare"}}, "unknown group 'rare': use one of low, other"),
    ({"topics": {}}, "language 'ha' has no topics"),
    ({"qrels": {}}, "language 'ha' has no qrels"),
    ({"topics": {"ha": TOPICS[["qid"]]}}, "topics of language 'ha' lack column 'query'"),
    ({"topics": {"ha": pd.concat([TOPICS, TOPICS[:1]])}}, "have qid 'q1' twice"),
    ({"qrels": {"ha": QRELS.drop(columns="label")}}, "lack column 'label'"),
    (
        {"qrels": {"ha": QRELS.assign(qid="z" + QRELS["qid"])}},
        "match no query (first topic qid: 'q1'; ",
    ),
    ({"qrels": {"ha": QRELS[:0]}}, "first judged qid: none"),
    ({"qrels": {"ha": pd.concat([QRELS, QRELS[:1]])}}, "judge docno 'a' of qid 'q1' twice"),
    (
        {"qrels": {"ha": QRELS.assign(label=[0.5, *QRELS["label"][1:]])}},
        "have label 0.5 for docno 'a' of qid 'q1': use whole numbers",
    ),
    (
        {"qrels": {"ha": QRELS.assign(label=["yes", *QRELS["label"][1:]])}},
        "have label yes for docno 'a' of qid 'q1': use whole numbers",
    ),
    (
        {"qrels": {"ha": QRELS.assign(label=[None, *QRELS["label"][1:]])}},
        "use whole numbers",
    ),
    ({"systems": {}}, "no language given"),
    ({"systems": {"ha": []}}, "language 'ha' has no systems"),
    ({"systems": {"ha": [NMT, NMT]}}, "'NMT >> BM25' is there twice in language 'ha'"),
    (
        {"systems": {"ha": [NMT, dataclasses.replace(NMT, name="nmt  bm25")]}},
        "would share the file name 'nmt_bm25'",
    ),
    (
        {"systems": {"ha": [NMT], "sw": [dataclasses.replace(NMT, family="bm25")]}},
        "has family 'nmt' in one language and 'bm25' in 'sw'",
    ),
    ({"systems": {"ha": [dataclasses.replace(NMT, name=">>")]}}, "gives no file name"),
]


@pytest.mark.parametrize(("wrong", "message"), ONE_LINE, ids=[m for _, m in ONE_LINE])
def test_bad_input_is_refused_before_anything_runs(wrong, message, tmp_path):
    pipeline = Counting(NMT.pipeline)
    systems = {"ha": [dataclasses.replace(NMT, pipeline=pipeline), OPTICAL]}
    options = {"systems": systems, "groups": {"ha": "low", "sw": "low"}, **wrong}
    with pytest.raises(InputError) as caught:
        experiment(options.pop("systems"), runs_dir=tmp_path, **options)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert pipeline.calls == []
    assert list(tmp_path.iterdir()) == []


def bad_results(**columns):
    frame = pd.DataFrame({"qid": ["q1", "q1"], "docno": ["a", "b"], "score": [2.0, 1.0]})
    return pt.apply.generic(lambda topics: frame.assign(**columns))


@pytest.mark.parametrize(
    ("pipeline", "message"),
    [
        (pt.Transformer.identity(), "results of system 's' in language 'ha' lack column 'docno'"),
        (bad_results(docno="a"), "have docno 'a' of qid 'q1' twice"),
        (bad_results(score=[1.0, math.nan]), "docno 'b' of qid 'q1' with a score that is not"),
        (bad_results(qid=["q1", "q7"]), "have qid 'q7', which is no topic"),
        (bad_results(docno=["a", "b c"]), "docno 'b c' cannot stand in a TREC run"),
    ],
)
def test_results_that_are_no_ranking(pipeline, message, tmp_path):
    with pytest.raises(InputError, match=message):
        experiment({"ha": [System("s", "bm25", pipeline)]}, runs_dir=tmp_path)
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_unknown_family():
    with pytest.raises(
        InputError, match="'s' has unknown family 'dense': use one of bm25, lexical"
    ):
        System("s", "dense", NMT.pipeline)
