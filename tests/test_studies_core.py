"""Results are means over queries and seeds, with intervals and tests."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from collection_folders import one_line
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from study_scores import GROUPS, row, rows, summarize

from optical_pt.errors import InputError
from optical_pt.evaluation import correct_p_values, paired_p_value
from optical_pt.studies import summarize_study

OT, MSE = [0.9, 0.5, 0.7, 0.8], [0.5, 0.4, 0.7, 0.6]


def test_a_value_is_the_mean_over_queries_then_seeds():
    result = summarize(
        rows("OT", "ha", [0.2, 0.4], seed=0),
        rows("OT", "ha", [0.6, 0.8], seed=1),
        rows("MSE", "ha", [0.1, 0.2]),
    )
    line = row(result, "OT", "ha")
    assert line["value"] == pytest.approx(0.5)
    assert line["sd"] == pytest.approx(math.sqrt(0.08))  # of 0.3 and 0.7
    assert line["delta"] == pytest.approx(0.35)
    assert (line["n_queries"], line["n_seeds"]) == (2, 2)
    base = row(result, "MSE", "ha")
    assert (base["delta"], base["n_seeds"]) == (0, 1)
    assert math.isnan(base["sd"])
    assert math.isnan(base["p_value"])
    assert list(result.summary["language"].unique()) == ["ha"]  # one language has no mean


def test_a_language_is_tested_over_queries_whose_seeds_are_averaged():
    shift = np.array([0.3, -0.1, 0.0, 0.1])
    result = summarize(
        rows("OT", "ha", OT + shift, seed=0),
        rows("OT", "ha", OT - shift, seed=1),
        rows("MSE", "ha", MSE, seed=0),
        rows("MSE", "ha", MSE, seed=1),
    )
    assert row(result, "OT", "ha")["p_value"] == pytest.approx(stats.ttest_rel(OT, MSE).pvalue)
    # Taking seeds for queries would make the difference look surer than it is.
    assert row(result, "OT", "ha")["n_queries"] == 4


def test_holm_runs_over_the_tests_of_a_task_and_measure():
    def trials(task, measure):
        return [
            rows(method, code, values, task=task, measure=measure)
            for code, better in {"ha": 0.3, "sw": 0.1, "de": 0.0}.items()
            for method, values in {"MSE": MSE, "OT": MSE + better * np.array(OT)}.items()
        ]

    result = summarize(*trials("pool", "MAP"), *trials("pool", "R@5"), *trials("XNLI", "accuracy"))
    assert result.measured == [("pool", "MAP"), ("pool", "R@5"), ("XNLI", "accuracy")]
    for measured in result.measured:
        tests = result.rows(*measured)
        # Three languages, the low-resource mean and that of all.
        assert tests["p_value"].notna().sum() == 5
        expected = correct_p_values(tests["p_value"].to_numpy(), "holm")
        np.testing.assert_array_equal(tests["p_corrected"], expected)
    assert row(summarize(*trials("pool", "MAP")), "OT", "de")["p_corrected"] == 1


def test_a_copied_baseline_is_not_tested_against_what_it_is_copied_from():
    frames = [
        rows(method, code, np.array(MSE) + better)
        for code in ("ha", "de")
        for method, better in {"PSQ": 0.1, "NMT": -0.1, "OT": 0.2}.items()
    ]
    best = [frame[frame["method"] == "PSQ"].assign(method="best") for frame in frames]
    scores = pd.concat([*frames, *best], ignore_index=True)
    given = {"baseline": "best", "copied_baseline": True}
    result = summarize_study(scores, GROUPS, **given)
    tested = result.summary["p_value"].notna().groupby(result.summary["method"]).sum()
    assert tested.to_dict() == {"NMT": 3, "OT": 3, "PSQ": 0, "best": 0}
    # One that happens to be as good is tested: it is no copy.
    assert summarize_study(scores, GROUPS, baseline="best").summary["p_value"].notna().sum() == 9


def test_a_mean_is_over_the_same_languages_at_all_levels():
    scores = [
        rows("OT", code, values, level=level)
        for code, values in {"ha": [0.1, 0.2], "sw": [0.7, 0.8]}.items()
        for level in (500, 1000)
        if (code, level) != ("ha", 1000)
    ]
    result = summarize(*scores, baseline=None)
    means = result.summary[result.summary["language"] == "mean"]
    assert means[["level", "value"]].values.tolist() == [[500, pytest.approx(0.45)]]


def test_a_group_mean_counts_every_language_the_same():
    many, few = np.linspace(0, 1, 10), [0.4, 0.8]
    result = summarize(
        rows("MSE", "ha", many),
        rows("MSE", "sw", few),
        rows("MSE", "de", [0.1]),
        rows("OT", "ha", many + 0.1),
        rows("OT", "sw", [0.3, 0.5]),
        rows("OT", "de", [0.7]),
    )
    low, every = row(result, "OT", "mean", "low"), row(result, "OT", "mean", "all")
    assert low["value"] == pytest.approx((0.6 + 0.4) / 2)
    assert low["delta"] == pytest.approx((0.1 - 0.2) / 2)
    assert every["value"] == pytest.approx((0.6 + 0.4 + 0.7) / 3)
    assert (low["n_queries"], every["n_queries"]) == (12, 13)
    # A group of one language is that language.
    means = result.summary[result.summary["language"] == "mean"]
    assert set(means["group"]) == {"low", "all"}

    weighted = np.concatenate([np.full(10, 0.1) / 10, [-0.1 / 2, -0.3 / 2]])
    expected = paired_p_value(weighted, np.zeros(12), "randomization")
    # Up to the chance of other signs: queries are the same, in another order.
    assert low["p_value"] == pytest.approx(expected, abs=0.02)


def test_translations_of_a_query_are_one_observation_of_a_mean():
    rng = np.random.default_rng(0)
    gains = rng.normal(0.05, 0.1, 30)

    def study(same: bool):
        return summarize(*[
            rows(method, code, {f"{'q' if same else code}{n}": v for n, v in enumerate(values)})
            for code in ("ha", "sw")
            for method, values in {"MSE": np.zeros(30), "OT": gains}.items()
        ])  # fmt: skip

    parallel, apart = study(same=True), study(same=False)
    one, mean = row(parallel, "OT", "ha"), row(parallel, "OT", "mean")
    # Two languages with the same scores on the same queries show as much as one does ...
    assert [mean["low"], mean["high"]] == pytest.approx([one["low"], one["high"]])
    expected = paired_p_value(gains, np.zeros(30), "randomization")
    assert mean["p_value"] == pytest.approx(expected, abs=0.02)
    # ... and two languages with queries of their own show more.
    wide, narrow = mean["high"] - mean["low"], np.diff(row(apart, "OT", "mean")[["low", "high"]])[0]
    assert narrow == pytest.approx(wide / math.sqrt(2), rel=0.15)
    assert row(apart, "OT", "mean")["p_value"] < mean["p_value"]


def test_an_interval_is_of_the_mean_over_queries():
    rng = np.random.default_rng(1)
    values = rng.random(200)
    line = row(summarize(rows("MSE", "ha", values)), "MSE", "ha")
    half = 1.96 * values.std() / math.sqrt(200)
    assert line["low"] == pytest.approx(values.mean() - half, abs=half / 10)
    assert line["high"] == pytest.approx(values.mean() + half, abs=half / 10)


def test_a_constant_has_an_interval_of_no_width():
    result = summarize(rows("MSE", "ha", [0.3] * 7), rows("MSE", "sw", [0.5] * 3))
    for line in (row(result, "MSE", "ha"), row(result, "MSE", "mean")):
        assert [line["low"], line["high"]] == pytest.approx([line["value"]] * 2)


def test_intervals_and_tests_are_the_same_again():
    trials = [rows(m, c, v) for c in ("ha", "sw") for m, v in {"OT": OT, "MSE": MSE}.items()]
    pd.testing.assert_frame_equal(summarize(*trials).summary, summarize(*trials).summary)


def test_methods_may_lack_languages_and_levels():
    result = summarize(
        rows("MSE", "ha", MSE, level=0.1),
        rows("MSE", "ha", MSE, level=0.2),
        rows("MSE", "sw", MSE, level=0.1),
        rows("OT", "ha", OT, level=0.1),
        rows("ceiling", "ha", [1.0] * 4),
        rows("OT", "de", OT, level=0.1),
    )
    assert result.methods == ("MSE", "OT", "ceiling")
    assert result.groups == GROUPS
    assert result.levels == [0.1, 0.2]
    assert math.isnan(row(result, "ceiling", "ha")["p_value"])  # nothing at its level
    tested = result.summary[result.summary["p_value"].notna()]
    assert tested[["method", "language", "level"]].values.tolist() == [["OT", "ha", 0.1]]
    means = result.summary[result.summary["language"] == "mean"]
    assert means[["method", "group", "level"]].values.tolist() == [["MSE", "low", 0.1]]


@settings(max_examples=10)
@given(
    st.dictionaries(
        st.tuples(
            st.sampled_from(["OT", "MSE", "CL"]),
            st.sampled_from([*GROUPS]),
            st.sampled_from([None, 0.1]),
        ),
        st.lists(st.floats(0, 1), min_size=3, max_size=3),
        min_size=1,
    )
)
def test_whatever_was_measured_is_summarised(cells):
    result = summarize(
        *[
            rows(method, code, values, level=level)
            for (method, code, level), values in cells.items()
        ],
        baseline=None,
    )
    single = result.summary[result.summary["language"] != "mean"]
    assert len(single) == len(cells)
    for line in single.itertuples():
        level = None if math.isnan(line.level) else line.level
        assert line.value == pytest.approx(np.mean(cells[line.method, line.language, level]))
    assert (result.summary["low"] <= result.summary["value"] + 1e-9).all()
    assert (result.summary["value"] <= result.summary["high"] + 1e-9).all()


@pytest.mark.parametrize(
    ("frames", "baseline", "message"),
    [
        ([rows("OT", "ha", OT)], "MSE", "unknown baseline 'MSE': use one of OT"),
        ([rows("OT", "xx", OT)], None, "language 'xx' has no group: use one of low, other"),
        (
            [rows("OT", "ha", OT), rows("OT", "ha", OT[:3], seed=1)],
            None,
            "OT in ha: qid 'ha-3' was not scored with every seed",
        ),
        (
            [rows("OT", "ha", OT), rows("MSE", "ha", MSE[:3])],
            "MSE",
            "pool ha: OT and the baseline were not measured on the same queries (such as 'ha-3')",
        ),
        ([rows("OT", "ha", [])], None, "no scores: measure at least one trial"),
    ],
)
def test_scores_that_do_not_compare_are_refused(frames, baseline, message):
    with pytest.raises(InputError) as raised:
        summarize(*frames, baseline=baseline)
    assert message in one_line(raised)


def test_a_group_is_low_or_other():
    with pytest.raises(InputError, match="language 'ha' has no group: use one of low, other"):
        summarize_study(rows("OT", "ha", OT), {"ha": "high"})


def test_a_task_that_was_not_measured_is_named():
    result = summarize(rows("MSE", "ha", MSE))
    with pytest.raises(InputError, match="pool R@5 was not measured: choose from pool MAP"):
        result.rows("pool", "R@5")
