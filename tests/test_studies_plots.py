"""Plots of a study show its numbers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from study_outputs import picture
from study_scores import BASE, NOISY, UP, rows, study, study_with_levels

from optical_pt.studies.plots import bar_plot, line_plot
from optical_pt.studies.summary import summarize_study


@pytest.fixture(scope="module")
def compared():
    return study(MSE=BASE, OT=UP, OT_CL=NOISY)


@pytest.fixture(scope="module")
def levels():
    return study_with_levels()


@pytest.fixture
def drawn(monkeypatch):
    """Figures that were made, for a look at what is in them."""
    figures: list[Figure] = []
    kept = Figure.savefig

    def savefig(self, *args, **options):
        figures.append(self)
        return kept(self, *args, **options)

    monkeypatch.setattr(Figure, "savefig", savefig)
    return figures


def shown(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def labels(figure: Figure) -> list[str]:
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def test_bars_are_methods_by_languages(compared, drawn):
    image = picture(bar_plot(compared))
    assert image.width > 800
    (axes,) = shown(drawn[0])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [
        "ha", "sw", "de", "low-resource\nmean", "mean of all",
    ]  # fmt: skip
    assert axes.get_ylabel() == "pool MAP"
    assert labels(drawn[0]) == ["MSE", "OT", "OT & CL"]
    heights = {bars.get_label(): [bar.get_height() for bar in bars] for bars in axes.containers
               if hasattr(bars, "patches")}  # fmt: skip
    assert heights["OT"] == pytest.approx([np.mean(UP)] * 5)


def test_names_of_many_languages_do_not_overlap(drawn):
    trials = [rows("OT", code, UP) for code in ("sw", "tl", "ar", "de")]
    groups = {"sw": "low", "tl": "low", "ar": "other", "de": "other"}
    bar_plot(summarize_study(pd.concat(trials), groups))
    (axes,) = shown(drawn[0])
    boxes = [tick.get_window_extent() for tick in axes.get_xticklabels()]
    assert len(boxes) == 7  # and three means
    assert all(a.x1 < b.x0 for a, b in pairwise(boxes))


def test_bars_of_some_methods(compared, drawn):
    picture(bar_plot(compared, ["OT", "MSE", "not measured"]))
    assert labels(drawn[0]) == ["MSE", "OT"]


def test_bars_of_levels_stand_side_by_side(levels, drawn):
    picture(bar_plot(levels))
    assert [axes.get_ylabel() for axes in drawn[0].axes] == ["pool MAP", "TyDi MAP"]
    assert [axes.get_xlim() for axes in drawn[0].axes] == [(-0.5, 2.5), (-0.5, 0.5)]
    assert labels(drawn[0]) == [
        "OT 0.01", "OT 0.1", "OT 1", "MSE 0.01", "MSE 0.1", "MSE 1", "teacher",
    ]  # fmt: skip


def test_lines_run_along_the_levels_of_each_language(levels, drawn):
    picture(line_plot(levels, "eps", log=True))
    panels = shown(drawn[0])
    assert [(axes.get_title(), axes.get_ylabel()) for axes in panels] == [
        ("ha", "pool MAP"),
        ("sw", ""),
        ("de", "TyDi MAP"),  # a language of one task alone
    ]
    assert {(axes.get_xlabel(), axes.get_xscale()) for axes in panels} == {("eps", "log")}
    lines = {line.get_label(): line for line in panels[0].lines}
    assert list(lines["OT"].get_xdata()) == [0.01, 0.1, 1.0]
    assert list(lines["OT"].get_ydata()) == pytest.approx(
        [np.mean(BASE) * (1 + level) for level in (0.01, 0.1, 1.0)]
    )
    assert list(lines["teacher"].get_ydata()) == pytest.approx([np.mean(BASE)] * 2)
    assert labels(drawn[0]) == ["OT", "MSE", "teacher"]


def test_lines_of_means(levels, drawn):
    picture(line_plot(levels, "eps", means=True))
    assert [axes.get_title() for axes in shown(drawn[0])] == ["low-resource mean"]


def test_equal_results_give_equal_plots(compared, levels):
    assert bar_plot(compared) == bar_plot(compared)
    assert line_plot(levels, "eps") == line_plot(levels, "eps")
