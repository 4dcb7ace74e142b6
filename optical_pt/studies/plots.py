"""The plots of studies."""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optical_pt.evaluation.chart import PALETTE
from optical_pt.studies.result import StudyResult
from optical_pt.studies.tables import column_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = (*PALETTE[4:], *PALETTE[:4])
_MARKERS = "osD^vPX*"
_SERIES = ("-", "--", ":", "-.")
_HATCHES = ("", "///", "...", "xxx")  # tell bars apart once the colours are used up
FEW_LEVELS = 6


def bar_plot(result: StudyResult, methods: Collection[str] | None = None) -> bytes:
    """A PNG with one panel a task and measure: methods by languages, 95% intervals over queries.

    A method with levels has a bar for each.

    Args:
        result: Of a study.
        methods: Of the result that are shown; None shows all.
    """
    series = [(name, at) for name, at in _series(result) if methods is None or name in methods]
    widest = max(len(_scopes(result.rows(*measured))) for measured in result.measured)
    figure, panels = _panels(result, width=max(7.0, 1.2 + 0.22 * widest * len(series)))
    for axes, (task, measure) in zip(panels, result.measured, strict=True):
        rows = result.rows(task, measure)
        scopes = _scopes(rows)
        room = 0.8 / len(series)
        for number, (method, level) in enumerate(series):
            at = rows["level"].isna() if pd.isna(level) else rows["level"] == level
            mine = rows[at & (rows["method"] == method)].set_index(["language", "group"])
            found = [(place, mine.loc[s]) for place, s in enumerate(scopes) if s in mine.index]
            if not found:
                continue
            places = [place - 0.4 + room * (number + 0.5) for place, _ in found]
            axes.bar(
                places, [row["value"] for _, row in found], room * 0.95,
                yerr=_errors([row for _, row in found]),
                label=method if pd.isna(level) else f"{method} {level:g}",
                color=_COLOURS[number % len(_COLOURS)], edgecolor="black", linewidth=0.4,
                hatch=_HATCHES[number // len(_COLOURS) % len(_HATCHES)],
                error_kw={"elinewidth": 0.8, "capsize": 1.5},
            )  # fmt: skip
        names = [column_title(*scope).replace(" mean", "\nmean") for scope in scopes]
        axes.set_xticks(range(len(scopes)), names)
        axes.set_xlim(-0.5, len(scopes) - 0.5)  # also where the first and last methods are missing
        axes.set_ylabel(f"{task} {measure}")
        axes.set_ylim(bottom=min(0.0, float(rows["low"].min())))
    return _png(figure)


def line_plot(
    result: StudyResult,
    x_label: str,
    *,
    log: bool = False,
    means: bool = False,
    share_y: bool = True,
) -> bytes:
    """A PNG with a row of panels a task and measure, one a language: values along the levels.

    Bands are 95% bootstrap intervals over queries. A method without levels is a horizontal line; a
    level that the others are tested against is a vertical one.

    Args:
        result: Of a study with levels.
        x_label: What the levels are.
        log: Whether they are spread logarithmically.
        means: Draw the groups' means rather than languages.
        share_y: Whether a row's panels have one scale, to compare languages rather than levels.
    """
    measured = result.measured
    scopes = _scopes(result.summary)
    chosen = [scope for scope in scopes if (scope[0] == "mean") == means] or scopes
    width = max(4.5, 3.1 * len(chosen))
    figure, panels = _panels(result, width=width, columns=len(chosen), share_y=share_y)
    for row, (task, measure) in enumerate(measured):
        values = result.rows(task, measure)
        present = [scope for scope in _scopes(values) if scope in chosen]
        across = panels[row * len(chosen) : (row + 1) * len(chosen)]
        for axes in across[len(present) :]:  # another task has more languages
            axes.set_visible(False)
        for axes, scope in zip(across, present, strict=False):
            rows = values[(values["language"] == scope[0]) & (values["group"] == scope[1])]
            _draw_lines(axes, result, rows)
            if result.baseline_level is not None:
                axes.axvline(result.baseline_level, color="#888888", linewidth=0.8, linestyle=":")
            if log:
                _log_axis(axes, rows["level"].dropna().unique())
            axes.set_title(column_title(*scope), fontsize=10)
            axes.set_xlabel(x_label)
        across[0].set_ylabel(f"{task} {measure}")
    return _png(figure)


def _draw_lines(axes: Axes, result: StudyResult, rows: pd.DataFrame) -> None:
    for number, method in enumerate(result.methods):
        mine = rows[rows["method"] == method].sort_values("level")
        if mine.empty:
            continue
        colour = _COLOURS[number % len(_COLOURS)]
        style = {"color": colour, "label": method, "linestyle": _SERIES[number // 8 % 4]}
        if mine["level"].isna().all():
            axes.axhline(mine["value"].iloc[0], linewidth=1.2, **style)
            continue
        axes.plot(mine["level"], mine["value"], marker=_MARKERS[number % 8], markersize=4, **style)
        axes.fill_between(mine["level"], mine["low"], mine["high"], color=colour, alpha=0.15)


def _log_axis(axes: Axes, levels: np.ndarray) -> None:
    """Spread levels logarithmically, and label the levels themselves where they are few."""
    axes.set_xscale("log")
    if 0 < len(levels) <= FEW_LEVELS:
        axes.set_xticks(levels, [f"{level:g}" for level in levels], fontsize=8)
        axes.minorticks_off()


def _panels(
    result: StudyResult, width: float, columns: int = 1, share_y: bool = True
) -> tuple[Figure, list[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    count = len(result.measured)
    size = (min(width, 20.0), 1.0 + 2.9 * count)
    figure = Figure(figsize=size, dpi=130, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.subplots(count, columns, squeeze=False, sharey="row" if share_y else False)
    for axes in grid.flat:
        axes.grid(axis="y", color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    return figure, list(grid.flat)


def _columns(figure: Figure, labels: list[str]) -> int:
    """As many columns of a legend as the figure has room for, up to four."""
    inches = 0.7 + 0.075 * max(map(len, labels))  # a handle with its space, and nine-point letters
    return max(1, min(4, len(labels), int(figure.get_figwidth() / inches)))


def _png(figure: Figure) -> bytes:
    handles, labels = [], []
    for axes in figure.axes:  # a method may be missing from the first panel
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            if label not in labels:
                handles.append(handle)
                labels.append(label)
    figure.legend(handles, labels, loc="outside lower center", ncols=_columns(figure, labels),
                  frameon=False, fontsize=9)  # fmt: skip
    buffer = io.BytesIO()
    # No software version or date in the file: equal results give equal bytes.
    figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _scopes(rows: pd.DataFrame) -> list[tuple[str, str]]:
    scopes = list(rows[["language", "group"]].drop_duplicates().itertuples(index=False, name=None))
    return sorted(scopes, key=lambda scope: (scope[0] == "mean", scope[1] == "all"))


def _errors(rows: list[pd.Series]) -> np.ndarray:
    """Distances from the value down to ``low`` and up to ``high``."""
    below = [max(0.0, row["value"] - row["low"]) for row in rows]
    above = [max(0.0, row["high"] - row["value"]) for row in rows]
    return np.array([below, above])


def _series(result: StudyResult) -> list[tuple[str, float]]:
    """Methods, in order, with each of their levels (NaN for none)."""
    found = result.summary[["method", "level"]].drop_duplicates().sort_values("level")
    return [
        (method, level)
        for method in result.methods
        for level in found["level"][found["method"] == method]
    ]
