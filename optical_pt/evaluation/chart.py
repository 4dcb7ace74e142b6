"""The bar chart of a result."""

from __future__ import annotations

import io

from optical_pt.evaluation.result import ClirResult

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
    bars = [name for name in result.systems if result.families[name] != "ceiling"]
    ceilings = [name for name in result.systems if result.families[name] == "ceiling"]
    bar = 0.84 / max(1, len(bars))
    centres = _centres(result)

    inches = min(22.0, max(7.5, 1.5 + 0.16 * len(bars) * len(centres)))
    figure = Figure(figsize=(inches, 5.2), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    highest = 0.0
    for number, system in enumerate(bars):
        places, heights, below, above = [], [], [], []
        for language, value in values.loc[system].dropna().items():
            low, high = result.confidence_interval(system, language, measure)
            places.append(centres[language] + (number - (len(bars) - 1) / 2) * bar)
            heights.append(value)
            below.append(max(0.0, value - low))
            above.append(max(0.0, high - value))
            highest = max(highest, high)
        axes.bar(
            places,
            heights,
            bar * 0.92,
            label=system,
            color=PALETTE[number % len(PALETTE)],
            hatch=_HATCHES[number // len(PALETTE) % len(_HATCHES)],
            edgecolor="white",
            linewidth=0.4,
            yerr=[below, above],
            error_kw={"elinewidth": 0.8, "ecolor": "#333333", "capsize": 1.2},
            zorder=2,
        )
    for number, system in enumerate(ceilings):
        for index, (language, value) in enumerate(values.loc[system].dropna().items()):
            axes.hlines(
                value,
                centres[language] - 0.45,
                centres[language] + 0.45,
                colors="black",
                linestyles=_CEILING_LINES[number % len(_CEILING_LINES)],
                linewidth=1.4,
                label=None if index else f"{system} (ceiling)",
                zorder=3,
            )
            highest = max(highest, value)
    axes.set_xticks(list(centres.values()), list(centres))
    axes.set_xlim(min(centres.values()) - 0.6, max(centres.values()) + 0.6)
    axes.set_ylim(0, max(highest * 1.1, 0.01))
    axes.set_ylabel(measure)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6, zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    for group, title in _GROUP_TITLES.items():
        members = [centres[name] for name in centres if result.groups[name] == group]
        if members:
            middle = (members[0] + members[-1]) / 2
            axes.text(
                middle, 1.0, title, transform=axes.get_xaxis_transform(), ha="center", va="bottom"
            )
    figure.legend(
        loc="outside lower center", ncols=max(1, int(inches // 3)), frameon=False, fontsize=9
    )
    figure.supxlabel("Error bars: 95% bootstrap intervals over queries", fontsize=8)
    image = io.BytesIO()
    # matplotlib would write its version into the file; the manifest has it.
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def _centres(result: ClirResult) -> dict[str, float]:
    """Where each language's bars are centred, with a gap between the groups."""
    centres, gap = {}, 0.0
    for number, language in enumerate(result.languages):
        if number and result.groups[language] != result.groups[result.languages[number - 1]]:
            gap += 0.5
        centres[language] = number + gap
    return centres
