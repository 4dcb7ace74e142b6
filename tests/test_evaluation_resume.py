"""Runs on disk, and experiments that are taken up again."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from tiny_experiments import (
    NMT,
    OPTICAL,
    QRELS,
    Counting,
    experiment,
)

from optical_pt.evaluation import System


def test_runs_are_sorted_whole_and_deterministic(tmp_path):
    frame = pd.DataFrame(
        {
            "qid": ["q2", "q1", "q1", "q1"],
            "docno": ["c", "b", "a", "c"],
            "score": np.array([0.1, 0.5, 0.5, 1e-7], dtype=np.float32),
        }
    )
    system = System("BM25 >> x", "rerank", pt.Transformer.from_df(frame))
    for folder in ("one", "two"):
        experiment({"ha": [system]}, runs_dir=tmp_path / folder)
    path = tmp_path / "one" / "ha" / "bm25_x.run.gz"
    assert path.read_bytes() == (tmp_path / "two" / "ha" / "bm25_x.run.gz").read_bytes()
    run = pt.io.read_results(str(path))
    assert run[["qid", "docno", "rank"]].values.tolist() == [
        ["q1", "a", 0],
        ["q1", "b", 1],
        ["q1", "c", 2],
        ["q2", "c", 0],
    ]
    assert run["score"].astype(np.float32).tolist() == frame["score"].iloc[[2, 1, 3, 0]].tolist()
    assert [p.name for p in (tmp_path / "one" / "ha").iterdir()] == ["bm25_x.run.gz"]


def test_resume_runs_only_what_is_not_finished(tmp_path):
    pipelines = {"a": Counting(NMT.pipeline), "b": Counting(OPTICAL.pipeline)}

    def run(identity="v1", measures=("AP",), qrels=QRELS, resume=True):
        seen = []
        systems = [
            System("a", "nmt", pipelines["a"], identity="a"),
            System("b", "optical", pipelines["b"], identity=identity),
        ]
        result = experiment(
            {"ha": systems, "sw": systems},
            measures,
            qrels={"ha": qrels, "sw": QRELS},
            baseline="a",
            cells_dir=tmp_path / "cells",
            runs_dir=tmp_path / "runs",
            resume=resume,
            progress=seen.append,
        )
        for pipeline in pipelines.values():
            pipeline.calls.clear()
        return result, [f"{done.language}.{done.system}" for done in seen if not done.reused], seen

    everything = ["ha.a", "ha.b", "sw.a", "sw.b"]
    first, ran, seen = run()
    assert ran == everything
    assert [(done.number, done.total) for done in seen] == [(1, 4), (2, 4), (3, 4), (4, 4)]
    again, ran, _ = run()
    assert ran == []
    pd.testing.assert_frame_equal(again.summary, first.summary, check_exact=True)
    pd.testing.assert_frame_equal(again.per_query, first.per_query, check_exact=True)
    assert run(resume=False)[1] == everything
    assert run(identity="v2")[1] == ["ha.b", "sw.b"]
    assert run(identity="v2", qrels=QRELS[1:])[1] == ["ha.a", "ha.b"]
    assert run(identity="v2", measures=("RR",))[1] == everything

    assert run(identity="v2", measures=("RR",))[1] == []
    cell = tmp_path / "cells" / "ha" / "a.json"
    cell.write_bytes(cell.read_bytes()[:100])  # as a machine that lost power may leave it
    (tmp_path / "runs" / "sw" / "b.run.gz").write_bytes(b"")
    assert run(identity="v2", measures=("RR",))[1] == ["ha.a", "sw.b"]
    cell.write_text(json.dumps([]))
    assert run(identity="v2", measures=("RR",))[1] == ["ha.a"]


def test_resume_never_reuses_a_system_without_identity(tmp_path):
    pipeline = Counting(NMT.pipeline)
    system = dataclasses.replace(NMT, pipeline=pipeline)
    for _ in range(2):
        experiment({"ha": [system]}, cells_dir=tmp_path, resume=True)
    assert pipeline.calls == [3, 3]
    assert list(tmp_path.iterdir()) == []


def test_resume_goes_on_after_a_failure(tmp_path):
    def fail(topics):
        raise RuntimeError("power cut")

    first = dataclasses.replace(NMT, identity="nmt")
    broken = System("OPTICAL", "optical", pt.apply.generic(fail), identity="optical")
    with pytest.raises(RuntimeError, match="power cut"):
        experiment({"ha": [first, broken]}, cells_dir=tmp_path)
    reused = []
    experiment(
        {"ha": [first, dataclasses.replace(OPTICAL, identity="optical")]},
        cells_dir=tmp_path,
        resume=True,
        progress=lambda done: reused.append(done.reused),
    )
    assert reused == [True, False]
