"""Levels of a method tested against one of them."""

from __future__ import annotations

import pandas as pd
import pytest
from collection_folders import one_line
from scipy import stats
from study_scores import GROUPS, rows

from optical_pt.errors import InputError
from optical_pt.studies import summarize_study
from optical_pt.studies.findings import finding
from optical_pt.studies.plots import line_plot
from optical_pt.studies.report import read_study, write_study
from optical_pt.studies.tables import BETTER, legend, markdown

DEFAULT = [0.5, 0.4, 0.7, 0.6, 0.2, 0.3]
BETTER_BY_MUCH = [0.9, 0.8, 1.0, 1.0, 0.7, 0.7]
WORSE_BY_LITTLE = [0.5, 0.4, 0.6, 0.6, 0.2, 0.4]


def summarize(*frames, **options):
    options.setdefault("baseline_level", 0.05)
    return summarize_study(pd.concat(frames, ignore_index=True), GROUPS, **options)


def at(result, method, level):
    summary = result.summary
    same = summary["level"].isna() if level is None else summary["level"] == level
    (line,) = summary.index[same & (summary["method"] == method)]
    return summary.loc[line]


def test_each_level_is_tested_against_the_methods_own_baseline_level():
    result = summarize(
        rows("OT", "ha", DEFAULT, level=0.05),
        rows("OT", "ha", BETTER_BY_MUCH, level=0.5),
        rows("OT", "ha", WORSE_BY_LITTLE, level=5),
        rows("IPOT", "ha", BETTER_BY_MUCH, level=0.05),
        rows("IPOT", "ha", DEFAULT, level=0.5),
        rows("start", "ha", DEFAULT),
        rows("exact", "ha", DEFAULT, level=0.5),
    )
    assert result.baseline_level == 0.05
    better, worse, ipot = (at(result, *place) for place in [("OT", 0.5), ("OT", 5), ("IPOT", 0.5)])
    assert better["delta"] == pytest.approx(2.4 / 6)
    assert ipot["delta"] == pytest.approx(-2.4 / 6)
    assert worse["delta"] == pytest.approx(0, abs=1e-12)
    p = stats.ttest_rel(BETTER_BY_MUCH, DEFAULT).pvalue
    assert better["p_value"] == pytest.approx(p)
    # Holm over three tests: those of the same p come first.
    assert better["p_corrected"] == ipot["p_corrected"] == pytest.approx(3 * p)
    # The level itself, what has no level and what lacks the baseline level: no test.
    for place in [("OT", 0.05), ("IPOT", 0.05), ("start", None), ("exact", 0.5)]:
        assert pd.isna(at(result, *place)["p_value"])
    assert at(result, "OT", 0.05)["delta"] == 0
    assert pd.isna(at(result, "start", None)["delta"])


def test_tables_and_findings_name_the_level():
    result = summarize(
        rows("OT", "ha", DEFAULT, level=0.05), rows("OT", "ha", BETTER_BY_MUCH, level=0.5)
    )
    assert "significantly above or below the same method at level 0.05" in legend(result)
    assert f"| OT | 0.5 | 0.850{BETTER} |" in markdown(result)
    assert finding(result, "pool", "MAP").endswith(
        "It is significantly above 0.05 (+0.400, "
        f"Holm-corrected p = {at(result, 'OT', 0.5)['p_corrected']:.3g})."
    )


def test_a_best_baseline_level_is_compared_with_the_other_levels():
    result = summarize(
        rows("OT", "ha", BETTER_BY_MUCH, level=0.05),
        rows("OT", "ha", DEFAULT, level=0.5),
        rows("OT", "ha", [0.9, 0.8, 1.0, 1.0, 0.7, 0.6], level=5),
        rows("start", "ha", DEFAULT),
    )
    assert finding(result, "pool", "MAP").endswith(
        "It is the baseline: 0.5 significantly below it; no significant difference from 5."
    )


def test_of_equal_levels_the_baseline_is_the_best():
    result = summarize(
        rows("OT", "ha", DEFAULT, level=0.005), rows("OT", "ha", DEFAULT, level=0.05)
    )
    assert finding(result, "pool", "MAP").endswith(
        "It is the baseline: no significant difference from 0.005."
    )


def test_a_written_result_keeps_its_baseline_level(tmp_path):
    result = summarize(
        rows("OT", "ha", DEFAULT, level=0.05), rows("OT", "ha", BETTER_BY_MUCH, level=0.5)
    )
    write_study(result, tmp_path, plot=line_plot(result, "eps", log=True), findings=[])
    assert read_study(tmp_path).baseline_level == 0.05


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"baseline_level": 0.1}, "unknown baseline_level 0.1: use one of 0.05, 0.5"),
        ({"baseline": "OT"}, "baseline 'OT' and baseline_level 0.05: test against one of them"),
    ],
)
def test_a_baseline_level_that_cannot_be(options, message):
    frames = rows("OT", "ha", DEFAULT, level=0.05), rows("OT", "ha", DEFAULT, level=0.5)
    with pytest.raises(InputError) as raised:
        summarize(*frames, **options)
    assert one_line(raised) == message
