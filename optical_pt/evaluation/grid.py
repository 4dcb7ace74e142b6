"""The cells of a table, before it is text, Markdown or LaTeX."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import pandas as pd

from optical_pt.evaluation.result import ClirResult
from optical_pt.evaluation.system import GROUPS

DIGITS = 3

_TESTS = {
    "t": "paired t-test",
    "wilcoxon": "Wilcoxon signed-rank test",
    "randomization": "paired randomization test",
}
_CORRECTIONS = {
    "holm": "Holm-corrected over",
    "bonferroni": "Bonferroni-corrected over",
    "bh": "Benjamini-Hochberg-corrected over",
    "none": "uncorrected,",
}


@dataclass(frozen=True)
class TableCell:
    """One value: rounded text, -1/0/+1 for significantly worse/neither/better, best of column."""

    text: str
    direction: int = 0
    best: bool = False


@dataclass(frozen=True)
class Column:
    """A language, or the mean of a group (of ``all`` languages if there are two groups)."""

    label: str
    group: str
    is_mean: bool


@dataclass(frozen=True)
class Span:
    """Neighbouring columns of one group."""

    group: str
    columns: int


@dataclass(frozen=True)
class Row:
    """A system; ceilings stand apart."""

    system: str
    is_ceiling: bool
    cells: tuple[TableCell, ...]


@dataclass(frozen=True)
class Grid:
    """One measure of a result."""

    measure: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def first_ceiling(self) -> int | None:
        """The number of the first ceiling, if there are rows above it to part it from."""
        number = sum(not row.is_ceiling for row in self.rows)
        return number if 0 < number < len(self.rows) else None

    def spans(self) -> list[Span]:
        """The groups with their numbers of columns, in order."""
        counts = Counter(column.group for column in self.columns)
        return [Span(group, columns) for group, columns in counts.items()]


GROUP_TITLES = {"low": "low-resource", "other": "others", "all": ""}


def make_grid(result: ClirResult, measure: str) -> Grid:
    """Arrange one measure: languages by group, then the group's mean, then that of all.

    The best value of a column, ceilings aside, is marked on every system that shows the same
    digits, since a difference that is not shown should not decide.
    """
    values = result.values(measure)
    means = result.means()
    means = means[means["measure"] == measure].pivot(
        index="system", columns="group", values="value"
    )
    groups = [group for group in GROUPS if group in means.columns]
    columns, data = [], []
    for group in groups:
        members = [name for name in result.languages if result.groups[name] == group]
        columns += [Column(name, group, is_mean=False) for name in members]
        data += [values[name] for name in members]
        if len(members) > 1:
            columns.append(Column("mean", group, is_mean=True))
            data.append(means[group])
    if len(groups) > 1:
        columns.append(Column("all", "all", is_mean=True))
        data.append(means["all"])

    contenders = [name for name in result.systems if result.families[name] != "ceiling"]
    falls = measure in result.lower_is_better
    best = [_shown(_best(column.reindex(contenders), falls)) for column in data]
    directions = _directions(result, measure)
    rows = []
    for system in result.systems:
        is_ceiling = result.families[system] == "ceiling"
        cells = []
        for column, numbers, winner in zip(columns, data, best, strict=True):
            text = _shown(numbers[system])
            is_best = text == winner and text != "–" and not is_ceiling
            direction = 0 if column.is_mean else directions.get((system, column.label), 0)
            cells.append(TableCell(text, direction, is_best))
        rows.append(Row(system, is_ceiling, tuple(cells)))
    return Grid(measure, tuple(columns), tuple(rows))


def legend(result: ClirResult, better: str, worse: str) -> str:
    """One sentence on what the marks mean."""
    if result.baseline is None:
        return "No baseline, so nothing was tested."
    tests = f"{result.n_tests} test" + ("" if result.n_tests == 1 else "s")
    ceilings = "; ceilings are not tested" if "ceiling" in result.families.values() else ""
    return (
        f"{better} {worse} significantly better or worse than {result.baseline}: "
        f"{_TESTS[result.test]}, {_CORRECTIONS[result.correction]} {tests}, "
        f"alpha = {result.alpha:g}{ceilings}."
    )


def _best(values: pd.Series, lower_is_better: bool) -> float:
    return values.min() if lower_is_better else values.max()


def _shown(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.{DIGITS}f}"


def _directions(result: ClirResult, measure: str) -> dict[tuple[str, str], int]:
    rows = result.significant()
    rows = rows[rows["measure"] == measure]
    better = -1 if measure in result.lower_is_better else 1
    return {
        (row.system, row.language): better if row.delta > 0 else -better
        for row in rows.itertuples()
        if row.delta != 0
    }
