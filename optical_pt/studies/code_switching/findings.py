"""What switched queries say, in sentences."""

from __future__ import annotations

import pandas as pd

from optical_pt.studies.code_switching.gaps import BETWEEN, LOW, OTHER, THAN_OT, gap_table
from optical_pt.studies.code_switching.methods import CEILING, OT
from optical_pt.studies.findings import finding
from optical_pt.studies.result import StudyResult
from optical_pt.studies.tables import column_title


def answers(result: StudyResult, measure: str = "MAP") -> list[str]:
    """The best method at either end of each task, what switching does, and the gaps at both ends.

    Args:
        result: With shares as levels.
        measure: To speak of.
    """
    first, last = result.levels[0], result.levels[-1]
    gaps = gap_table(result, measure)
    sentences = []
    untouched: set[str] = set()
    for task in dict.fromkeys(task for task, _ in result.measured):
        direction = task.partition(",")[0]
        # At 0% the ways to switch the same queries are one.
        levels = [last] if direction in untouched and first == 0 else sorted({first, last})
        untouched.add(direction)
        for level in levels:
            sentences.append(f"{level:.0%} switched: {finding(result, task, measure, level=level)}")
        if first != last:
            sentences += _changes(result, task, measure)
        for level in levels:
            sentences += _gap_sentences(gaps, task, measure, level)
    return sentences


def _changes(result: StudyResult, task: str, measure: str) -> list[str]:
    """From the first to the last share, by group."""
    first, last = result.levels[0], result.levels[-1]
    rows = result.rows(task, measure)
    rows = rows[rows["method"] != CEILING]
    sentences = []
    for group in (LOW, OTHER):
        mine = rows[rows["group"] == group]
        means = mine[mine["language"] == "mean"]
        mine = means if len(means) else mine
        if mine.empty:
            continue
        wide = mine.pivot(index="method", columns="level", values="value")
        each = ", ".join(
            f"{method} {wide.loc[method, first]:.3f} to {wide.loc[method, last]:.3f}"
            for method in result.methods
            if method in wide.index
        )
        title = column_title(mine["language"].iloc[0], group)
        sentences.append(
            f"{task} {measure}, {title}, from {first:.0%} to {last:.0%} switched: {each}."
        )
    return sentences


def _gap_sentences(table: pd.DataFrame, task: str, measure: str, level: float) -> list[str]:
    """What OT lacks of the ceiling, and how unequally; nothing if a group is missing."""
    here = table[(table["task"] == task) & (table["level"] == level)]
    by_scope = {scope: rows.set_index("method") for scope, rows in here.groupby("scope")}
    if BETWEEN not in by_scope or OT not in by_scope[BETWEEN].index:
        return []
    lacks = ", ".join(
        f"{method} {by_scope[LOW]['gap'][method]:.3f} and {by_scope[OTHER]['gap'][method]:.3f}"
        for method in by_scope[BETWEEN].index
    )
    gaps = ", ".join(f"{name} {_interval(row)}" for name, row in by_scope[BETWEEN].iterrows())
    return [
        f"{task}, {level:.0%} switched: shares of the {measure} of human English queries that are "
        f"lacking in the low-resource languages and in the others: {lacks}. The gap, by which the "
        f"low-resource languages lack more: {gaps}.{_compared(by_scope.get(THAN_OT))}"
    ]


def _compared(rows: pd.DataFrame | None) -> str:
    """Which methods' gaps differ from OT's by an interval that excludes 0."""
    if rows is None:
        return ""
    kinds = {
        "smaller than that of": rows[rows["low"] > 0],
        "greater than that of": rows[rows["high"] < 0],
        "not shown to differ from that of": rows[(rows["low"] <= 0) & (rows["high"] >= 0)],
    }
    parts = [f"{words} {', '.join(found.index)}" for words, found in kinds.items() if len(found)]
    return f" {OT}'s gap is {'; '.join(parts)}."


def _interval(row: pd.Series) -> str:
    return f"{row['gap']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
