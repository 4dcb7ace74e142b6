"""What the comparison of strategies says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from optical_pt.studies.findings import finding
from optical_pt.studies.ot_regularization.methods import BASELINE, CEILING, START
from optical_pt.studies.result import StudyResult
from optical_pt.studies.scope import mean_rows
from optical_pt.studies.tables import ALPHA

TITLES = {
    "low": "low-resource languages",
    "other": "other languages",
    "all": "low-resource and other languages together",
}


def answers(result: StudyResult) -> list[str]:
    """Which strategy leads in each group and whether tests show it; then task by task.

    Every sentence is about a group's mean, or about its only language in that task.
    """
    students = _only(result, [name for name in result.methods if name != CEILING])
    sentences = []
    for group, title in TITLES.items():
        members = ", ".join(code for code, own in result.groups.items() if group in (own, "all"))
        languages = f"{title} ({members})"
        scopes = {
            (task, measure): rows.set_index("method")
            for task, measure in result.measured
            if len(rows := mean_rows(result.rows(task, measure), group))
        }
        if scopes:
            strategies = [name for name in result.methods if name not in (START, CEILING)]
            sentences += [
                f"On the {languages}, {_leaders(scopes, strategies)}; "
                f"{_tested(scopes, strategies)}.",
                f"On the {languages}, training with {BASELINE} transport changes the untrained "
                f"start by {_gains(scopes)}.",
            ]
            if shares := _shares(scopes):
                sentences.append(f"On the {languages}, {BASELINE} reaches {shares} ({CEILING}).")
    for task, measure in result.measured:
        for group in TITLES:
            if len(mean_rows(result.rows(task, measure), group)):
                sentences.append(finding(students, task, measure, group=group))
    return sentences


def _only(result: StudyResult, methods: Sequence[str]) -> StudyResult:
    summary = result.summary[result.summary["method"].isin(methods)]
    return replace(result, summary=summary, methods=tuple(methods))


def _leaders(scopes: dict[tuple[str, str], pd.DataFrame], strategies: Sequence[str]) -> str:
    """``ipot has the highest MLQA MAP and XNLI accuracy; exact the highest …``."""
    led: dict[str, list[str]] = {}
    for (task, measure), rows in scopes.items():
        values = rows.loc[list(strategies), "value"]
        best = " = ".join(values.index[values == values.max()])
        led.setdefault(best, []).append(f"{task} {measure}")
    return "; ".join(f"{name} has the highest {', '.join(where)}" for name, where in led.items())


def _tested(scopes: dict[tuple[str, str], pd.DataFrame], strategies: Sequence[str]) -> str:
    """The strategies that differ from the baseline after correction."""
    found = [
        f"{name} ({task} {measure} {rows.at[name, 'delta']:+.3f}, p = "
        f"{rows.at[name, 'p_corrected']:.3g})"
        for (task, measure), rows in scopes.items()
        for name in strategies
        if rows.at[name, "p_corrected"] < ALPHA
    ]
    if not found:
        return f"no strategy differs significantly from {BASELINE} (Holm-corrected)"
    return f"significantly different from {BASELINE} (Holm-corrected): {', '.join(found)}"


def _gains(scopes: dict[tuple[str, str], pd.DataFrame]) -> str:
    parts = []
    for (task, measure), rows in scopes.items():
        start = rows.loc[START]
        shown = "significant" if start["p_corrected"] < ALPHA else "not significant"
        parts.append(f"{-start['delta']:+.3f} {task} {measure} ({shown})")
    return ", ".join(parts)


def _shares(scopes: dict[tuple[str, str], pd.DataFrame]) -> str:
    parts = [
        f"{rows.at[BASELINE, 'value'] / rows.at[CEILING, 'value']:.0%} of the ceiling's "
        f"{task} {measure}"
        for (task, measure), rows in scopes.items()
        if CEILING in rows.index and rows.at[CEILING, "value"] > 0
    ]
    return ", ".join(parts)
