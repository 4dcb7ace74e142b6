"""The bar chart of a result."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from optical_pt.evaluation.result import ClirResult

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

#: Okabe and Ito's palette, told apart with every common colour vision deficiency.
PALETTE = (
    "#999999",
    "#E69F00",
    "#56B4E9",
    "#F0E442",
    "#009E73",
    "#0072B2",
    "#D55E00",
    "#CC79A7",
)
_HATCHES = ("", "///", "...", "xxx")  # tell systems apart once the colours are used up
_CEILING_LINES = ("dashed", "solid", "dotted", "dashdot")
_GROUP_TITLES = {"low": "low-resource languages", "other": "other languages"}


def draw_chart(result: ClirResult, measure: str) -> bytes:
    """Draw one measure as a PNG: bars of systems by language, ceilings as lines over them.

    Error bars are 95% bootstrap intervals over queries.

    Raises:
        InputError: on a measure that was not taken.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    values = result.values(measure)
    is_ceiling = pd.Series(result.families) == "ceiling"
    centres = _centres(result)
    inches = min(22.0, max(7.5, 1.5 + 0.16 * (~is_ceiling).sum() * len(centres)))
    figure = Figure(figsize=(inches, 5.2), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    entries = _draw_bars(axes, result, measure, values[~is_ceiling], centres)
    entries |= _draw_ceilings(axes, values[is_ceiling], centres)

    axes.set_xticks(list(centres.values()), list(centres))
    axes.set_xlim(min(centres.values()) - 0.6, max(centres.values()) + 0.6)
    axes.set_ylim(bottom=0)
    axes.set_ylabel(f"{measure} with 95% intervals")
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    for group, title in _GROUP_TITLES.items():
        members = [centres[name] for name in centres if result.groups[name] == group]
        if members:
            middle = (members[0] + members[-1]) / 2
            above = axes.get_xaxis_transform()
            axes.text(middle, 1.02, title, transform=above, ha="center", va="bottom")
    figure.legend(
        list(entries.values()),
        list(entries),
        loc="outside lower center",
        ncols=max(1, int(inches // 3)),
        frameon=False,
        fontsize=9,
    )
    image = io.BytesIO()
    # matplotlib would write its version into the file; the manifest has it.
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _draw_bars(
    axes: Axes, result: ClirResult, measure: str, values: pd.DataFrame, centres: dict[str, float]
) -> dict[str, Artist]:
    """One bar a system and language; gives the entries of the legend."""
    width = 0.84 / max(1, len(values))
    entries = {}
    for number, system in enumerate(values.index):
        shift = (number - (len(values) - 1) / 2) * width
        present = values.loc[system].dropna()
        ends = [result.confidence_interval(system, name, measure) for name in present.index]
        entries[system] = axes.bar(
            [centres[language] + shift for language in present.index],
            present,
            width * 0.92,
            color=PALETTE[number % len(PALETTE)],
            hatch=_HATCHES[number // len(PALETTE) % len(_HATCHES)],
            edgecolor="white",
            linewidth=0.4,
            yerr=np.abs(np.array(ends).T - present.to_numpy()),
            error_kw={"elinewidth": 0.8, "ecolor": "#333333", "capsize": 1.2},
        )
    return entries


def _draw_ceilings(
    axes: Axes, values: pd.DataFrame, centres: dict[str, float]
) -> dict[str, Artist]:
    """One line a ceiling and language, over its bars; gives the entries of the legend."""
    entries = {}
    for number, system in enumerate(values.index):
        present = values.loc[system].dropna()
        middles = np.array([centres[language] for language in present.index])
        entries[f"{system} (ceiling)"] = axes.hlines(
            present,
            middles - 0.45,
            middles + 0.45,
            colors="black",
            linestyles=_CEILING_LINES[number % len(_CEILING_LINES)],
            linewidth=1.4,
            zorder=3,
        )
    return entries


def _centres(result: ClirResult) -> dict[str, float]:
    """Where each language's bars are centred, with a gap between the groups."""
    centres, gap = {}, 0.0
    for number, language in enumerate(result.languages):
        if number and result.groups[language] != result.groups[result.languages[number - 1]]:
            gap += 0.5
        centres[language] = number + gap
    return centres
