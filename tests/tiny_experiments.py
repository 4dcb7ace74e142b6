"""Experiments small enough to measure by hand."""

from __future__ import annotations

import pandas as pd
import pyterrier as pt

from optical_pt.evaluation import System, clir_experiment

TOPICS = pd.DataFrame({"qid": ["q1", "q2", "q3"], "query": ["ruwa", "wuta", "iska"]})
QRELS = pd.DataFrame(
    [("q1", "a", 2), ("q1", "b", 1), ("q2", "c", 1), ("q3", "a", 1), ("q3", "d", 0)],
    columns=["qid", "docno", "label"],
)


def results(*rankings: str) -> pt.Transformer:
    """A pipeline with fixed results, given as ``"q1 a b"``: a qid and its ranked docnos."""
    rows = [
        (qid, docno, float(-rank))
        for qid, *docnos in map(str.split, rankings)
        for rank, docno in enumerate(docnos)
    ]
    frame = pd.DataFrame(rows, columns=["qid", "docno", "score"])
    return pt.Transformer.from_df(frame.astype({"qid": str, "docno": str, "score": float}))


class Counting(pt.Transformer):
    """Passes topics on to a pipeline and remembers how many there were at each call."""

    def __init__(self, pipeline: pt.Transformer):
        self.pipeline = pipeline
        self.calls: list[int] = []

    def transform(self, topics: pd.DataFrame) -> pd.DataFrame:
        self.calls.append(len(topics))
        return self.pipeline.transform(topics)


NMT = System("NMT >> BM25", "nmt", results("q1 b a", "q2 c", "q3 d a"))
OPTICAL = System("OPTICAL", "optical", results("q1 a x b", "q3 a"))
CEILING = System("human", "ceiling", results("q1 a b", "q2 c", "q3 a"))


def experiment(systems, measures=("AP",), **options):
    languages = list(systems)
    options.setdefault("groups", dict.fromkeys(languages, "low"))
    return clir_experiment(
        systems,
        options.pop("topics", dict.fromkeys(languages, TOPICS)),
        options.pop("qrels", dict.fromkeys(languages, QRELS)),
        list(measures),
        **options,
    )


def scores(result, system, language, measure):
    rows = result.per_query
    rows = rows[(rows.system == system) & (rows.language == language) & (rows.measure == measure)]
    return dict(zip(rows.qid, rows.value, strict=True))
