"""What the budgets of a study say: at their ends, along them, and by test set."""

from __future__ import annotations

import pandas as pd

from optical_pt.studies.contrastive.multi30k import TASK
from optical_pt.studies.findings import finding
from optical_pt.studies.result import StudyResult
from optical_pt.studies.scope import mean_rows
from optical_pt.studies.tables import ALPHA, BETTER, WORSE, column_title

MEASURE = "MAP"


def claims(result: StudyResult, *, start: str) -> list[str]:
    """Sentences about the lowest and the highest budget, and the way between.

    Args:
        result: Of a study with levels and a baseline that was measured at all of them.
        start: The method without training.
    """
    ends = list(dict.fromkeys([result.levels[0], result.levels[-1]]))
    rows = mean_rows(result.rows(TASK, MEASURE)).set_index(["method", "level"])
    return [
        *(finding(result, TASK, measure, level=n) for n in ends for measure in (MEASURE, "R@1")),
        *(_gain(result, rows, start, n) for n in ends),
        *(_along(rows, name, result.baseline) for name in result.methods
          if name not in (start, result.baseline)),
        *([_shares(result, rows, *ends)] if len(ends) > 1 else []),
        _by_test_set(result, ends[-1]),
    ]  # fmt: skip


def _gain(result: StudyResult, rows: pd.DataFrame, start: str, level: float) -> str:
    untrained, trained = rows.loc[(start, level)], rows.loc[(result.baseline, level)]
    where = column_title(trained["language"], trained["group"])
    test = "significant" if untrained["p_corrected"] < ALPHA else "no significant"
    return (
        f"At {level:g} pairs, {where}: {result.baseline} has {MEASURE} {trained['value']:.3f}, the "
        f"untrained start {untrained['value']:.3f}: {test} difference ({-untrained['delta']:+.3f}, "
        f"Holm-corrected p = {untrained['p_corrected']:.3g})."
    )


def _along(rows: pd.DataFrame, method: str, baseline: str) -> str:
    parts = []
    for level, row in rows.loc[method].sort_index().iterrows():
        mark = (BETTER if row["delta"] > 0 else WORSE) if row["p_corrected"] < ALPHA else ""
        parts.append(f"{row['delta']:+.3f}{mark} at {level:g}")
    return (
        f"{MEASURE} of {method} less that of {baseline}, by pairs: {', '.join(parts)} "
        f"({BETTER} {WORSE} significant)."
    )


def _shares(result: StudyResult, rows: pd.DataFrame, low: float, high: float) -> str:
    shares = [
        f"{name} {rows.loc[(name, low), 'value'] / rows.loc[(name, high), 'value']:.0%}"
        for name in result.methods
        if rows.loc[(name, high), "value"] > 0
    ]
    return (
        f"With {low:g} of {high:g} pairs, methods have these shares of their own {MEASURE}: "
        f"{', '.join(shares)} (not tested)."
    )


def _by_test_set(result: StudyResult, level: float) -> str:
    scores = result.per_query
    scores = scores[(scores["measure"] == MEASURE) & (scores["level"] == level)]
    scores = scores.assign(part=scores["qid"].str.partition("/")[0])
    parts = []
    for part, rows in scores.groupby("part", sort=False):
        languages = list(dict.fromkeys(rows["language"]))
        # Over languages of means over queries, as in the tables.
        means = rows.groupby(["method", "language"])["value"].mean().groupby("method").mean()
        values = [f"{name} {means[name]:.3f}" for name in result.methods]
        parts.append(f"{part} ({', '.join(languages)}): {', '.join(values)}")
    return f"{MEASURE} at {level:g} pairs by test set: {'; '.join(parts)}."
