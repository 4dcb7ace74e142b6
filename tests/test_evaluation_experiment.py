"""The experiment on results small enough to measure by hand, and on real BM25 retrieval."""

from __future__ import annotations

import dataclasses
import json
import math

import ir_measures
import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt import InputError
from optical_pt.evaluation import System, clir_experiment, correct_p_values, paired_p_value

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


def test_scores_decide_not_ranks():
    frame = pd.DataFrame(
        {"qid": ["q2", "q2"], "docno": ["x", "c"], "score": [1.0, 2.0], "rank": [0, 1]}
    )
    result = experiment({"ha": [System("s", "bm25", pt.Transformer.from_df(frame))]}, ["RR"])
    assert scores(result, "s", "ha", "RR")["q2"] == 1.0


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


def test_order_of_languages_and_systems():
    result = experiment(
        {"de": [CEILING, NMT], "ha": [CEILING, OPTICAL, NMT], "es": [NMT], "sw": [OPTICAL]},
        groups={"de": "other", "ha": "low", "es": "other", "sw": "low"},
    )
    assert result.languages == ("ha", "sw", "de", "es")
    assert result.systems == ("NMT >> BM25", "OPTICAL", "human")
    assert result.summary[["language", "system"]].values.tolist() == [
        ["ha", "NMT >> BM25"],
        ["ha", "OPTICAL"],
        ["ha", "human"],
        ["sw", "OPTICAL"],
        ["de", "NMT >> BM25"],
        ["de", "human"],
        ["es", "NMT >> BM25"],
    ]


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


def noisy_systems(language, seed, names):
    """Systems that put the relevant document of each of 30 queries at a random rank."""
    rng = np.random.default_rng([seed, sum(map(ord, language))])
    topics = pd.DataFrame({"qid": [f"{language}{n}" for n in range(30)], "query": "x"})
    qrels = topics[["qid"]].assign(docno="good", label=1)
    systems = []
    for number, (name, family) in enumerate(names):
        ranks = rng.integers(0, 6 - number, size=30)
        systems.append(
            System(
                name,
                family,
                results(
                    *(
                        " ".join([qid, *(f"bad{n}" for n in range(rank)), "good"])
                        for qid, rank in zip(topics["qid"], ranks, strict=True)
                    )
                ),
            )
        )
    return systems, topics, qrels


def test_correction_is_over_systems_and_languages_together():
    names = [("base", "bm25"), ("lex", "lexical"), ("opt", "optical"), ("human", "ceiling")]
    given_ = {language: noisy_systems(language, 1, names) for language in ("ha", "sw", "de")}
    del given_["de"][0][0]  # no baseline in German
    result = clir_experiment(
        {language: value[0] for language, value in given_.items()},
        {language: value[1] for language, value in given_.items()},
        {language: value[2] for language, value in given_.items()},
        ["AP", "RR@3"],
        groups={"ha": "low", "sw": "low", "de": "other"},
        baseline="base",
    )
    assert result.n_tests == 4  # lex and opt in ha and sw
    summary = result.summary.set_index(["measure", "language", "system"])
    for measure in result.measures:
        p_values = [
            paired_p_value(
                np.array(list(scores(result, system, language, measure).values())),
                np.array(list(scores(result, "base", language, measure).values())),
            )
            for language in ("ha", "sw")
            for system in ("lex", "opt")
        ]
        tested = summary.loc[measure].loc[
            [(language, system) for language in ("ha", "sw") for system in ("lex", "opt")]
        ]
        assert tested["p_value"].tolist() == p_values
        assert tested["p_corrected"].tolist() == correct_p_values(np.array(p_values)).tolist()
    untested = summary[summary["p_value"].isna()]
    assert untested["p_corrected"].isna().all()
    assert set(untested.index.droplevel("measure")) == {
        ("ha", "base"),
        ("sw", "base"),
        ("ha", "human"),
        ("sw", "human"),
        ("de", "lex"),
        ("de", "opt"),
        ("de", "human"),
    }
    assert summary.loc[("MAP", "ha", "human"), "delta"] > 0  # ceilings have a delta but no test
    assert summary.loc["MAP"].loc["de", "delta"].isna().all()
    assert set(result.significant(1.0)["system"]) == {"lex", "opt"}
    assert result.significant(0.0).empty


def test_group_means_need_all_languages():
    result = experiment(
        {"ha": [NMT, OPTICAL], "sw": [NMT], "de": [NMT, OPTICAL]},
        groups={"ha": "low", "sw": "low", "de": "other"},
    )
    means = result.means().set_index(["system", "group"])["value"]
    nmt = (1 + 1 + 0.5) / 3
    assert means["NMT >> BM25"].to_dict() == pytest.approx({"low": nmt, "other": nmt, "all": nmt})
    assert math.isnan(means["OPTICAL", "low"])
    assert math.isnan(means["OPTICAL", "all"])
    assert means["OPTICAL", "other"] == pytest.approx((5 / 6 + 0 + 1) / 3)
    assert set(experiment({"ha": [NMT]}).means()["group"]) == {"low", "all"}


def test_confidence_intervals():
    names = [("base", "bm25"), ("opt", "optical")]
    systems, topics, qrels = noisy_systems("ha", 2, names)
    systems.append(System("same", "fusion", systems[1].pipeline))
    result = experiment(
        {"ha": systems, "sw": systems[:1]},
        topics={"ha": topics, "sw": topics},
        qrels={"ha": qrels, "sw": qrels},
        baseline="base",
    )
    values = np.array(list(scores(result, "opt", "ha", "MAP").values()))
    low, high = result.confidence_interval("opt", "ha", "MAP")
    # The normal approximation of the same interval.
    half = 1.96 * values.std() / math.sqrt(len(values))
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)
    assert (low, high) == result.confidence_interval("opt", "ha", "MAP")
    assert result.confidence_interval("opt", "ha", "MAP", seed=1) != (low, high)
    delta = values.mean() - result.values("MAP").loc["base", "ha"]
    low, high = result.confidence_interval("opt", "ha", "MAP", of="delta")
    assert low < delta < high
    assert result.confidence_interval("base", "ha", "MAP", of="delta") == (0.0, 0.0)
    assert np.isnan(result.confidence_interval("opt", "sw", "MAP")).all()
    with pytest.raises(InputError, match="unknown system 'x': use one of base, opt, same"):
        result.confidence_interval("x", "ha", "MAP")


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
