"""What a result says, in sentences that its tests support."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.studies.result import StudyResult
from optical_pt.studies.scope import mean_rows
from optical_pt.studies.tables import ALPHA, column_title


def finding(
    result: StudyResult, task: str, measure: str, *, group: str | None = None,
    level: float | None = None, methods: Collection[str] | None = None,
) -> str:  # fmt: skip
    """Which method is best on a group's mean (or the only language), and whether tests show it.

    Args:
        result: Of a study.
        task: Of the result.
        measure: Of the result.
        group: ``"low"``, ``"other"`` or ``"all"``; by default the widest that there is.
        level: On the study's axis; by default each method's rows without one, or the best level of
            all, named in the sentence.
        methods: That are compared; by default all, ceilings included.

    Returns:
        One or two sentences. "Better" is only said where the corrected test says so; where the
        best is the baseline itself, its rivals' tests are reported: those of the other methods, or
        of the method's other levels where these were tested.

    Raises:
        InputError: if the task and measure, the group or the level was not measured.
    """
    rows = result.rows(task, measure)
    if methods is not None:
        rows = rows[rows["method"].isin(methods)]
    rows = mean_rows(rows, group)
    if level is not None:
        rows = rows[rows["level"] == level]
    if rows.empty:
        place = f"group {group}" if level is None else f"level {level:g}"
        raise InputError(f"{task} {measure} has no {place}: name one that was measured")
    if result.baseline_level is not None:  # comes first among equals
        rows = rows.sort_values(
            "level", key=lambda levels: levels != result.baseline_level, kind="stable"
        )
    rows = rows.sort_values("value", ascending=False, kind="stable")
    best = rows.iloc[0]
    where = f"{column_title(best['language'], best['group'])}"
    at = "" if pd.isna(best["level"]) else f" at {best['level']:g}"
    text = (
        f"{task} {measure}, {where}: {best['method']}{at} has the highest, {best['value']:.3f} "
        f"[{best['low']:.3f}, {best['high']:.3f}]."
    )
    across = result.baseline_level is not None
    if len(rows) < 2 or not (across or result.baseline):
        return text
    if across:
        baseline = f"{result.baseline_level:g}"
        is_baseline = best["level"] == result.baseline_level
        same = rows["method"] == best["method"]
        names = rows["level"].map("{:g}".format)
    else:
        baseline = result.baseline
        is_baseline = best["method"] == baseline
        same = rows["level"].isna() if pd.isna(best["level"]) else rows["level"] == best["level"]
        names = rows["method"]
    if not is_baseline:
        return f"{text} {_against(best, baseline)}"
    rivals = rows.assign(name=names)[same & (names != baseline)]
    tested = rivals[rivals["p_corrected"].notna()]
    below = tested["p_corrected"] < ALPHA
    parts = [
        words.format(_join(list(found)))
        for words, found in {
            "{} significantly below it": tested["name"][below],
            "no significant difference from {}": tested["name"][~below],
            "{} not tested": rivals["name"][rivals["p_corrected"].isna()],
        }.items()
        if len(found)
    ]
    return f"{text} It is the baseline: {'; '.join(parts)}." if parts else text


def _against(best: pd.Series, baseline: str) -> str:
    if pd.isna(best["p_corrected"]):
        return f"It was not tested against {baseline}."
    side = "above" if best["delta"] >= 0 else "below"
    shown = f"significantly {side}" if best["p_corrected"] < ALPHA else f"not significantly {side}"
    return (
        f"It is {shown} {baseline} ({best['delta']:+.3f}, Holm-corrected p = "
        f"{best['p_corrected']:.3g})."
    )


def _join(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
