"""Scores of studies that are small enough to average by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from optical_pt.studies import StudyResult, summarize_study
from optical_pt.studies.trial import SCORE_COLUMNS, TRIAL_COLUMNS

GROUPS = {"ha": "low", "sw": "low", "de": "other"}
#: Of eight queries: UP is far above BASE, NOISY above it by chance alone.
BASE = [0.1, 0.2, 0.3, 0.2, 0.1, 0.3, 0.2, 0.12]
UP = [value + 0.5 + value / 10 for value in BASE]
NOISY = [value + sign for value, sign in zip(BASE, [0.09, -0.07] * 4, strict=True)]


def rows(
    method: str,
    language: str,
    values: Sequence[float] | Mapping[str, float],
    *,
    seed: int = 0,
    level: float | None = None,
    task: str = "pool",
    measure: str = "MAP",
) -> pd.DataFrame:
    """The scores of one trial; a sequence is of the queries ``LANGUAGE-0``, ``LANGUAGE-1``, …"""
    if not isinstance(values, Mapping):
        values = {f"{language}-{number}": value for number, value in enumerate(values)}
    lines = [(method, level, language, seed, task, measure, *item) for item in values.items()]
    frame = pd.DataFrame(lines, columns=[*TRIAL_COLUMNS, *SCORE_COLUMNS])
    return frame.astype({"level": float})


def summarize(*frames: pd.DataFrame, baseline: str | None = "MSE") -> StudyResult:
    """The result of trials in the languages of :data:`GROUPS`."""
    return summarize_study(pd.concat(frames, ignore_index=True), GROUPS, baseline=baseline)


def row(result: StudyResult, method: str, language: str, group: str | None = None) -> pd.Series:
    """The one line of the summary of a method in a language, or a group's mean."""
    found = result.summary
    found = found[(found["method"] == method) & (found["language"] == language)]
    (line,) = found.index if group is None else found.index[found["group"] == group]
    return found.loc[line]


def study(**methods: Sequence[float]) -> StudyResult:
    """A study of methods in Hausa, Swahili and German, with two seeds of the same scores."""
    return summarize(*[
        rows(method.replace("_", " & "), code, values, seed=seed)
        for method, values in methods.items()
        for code in ("ha", "sw", "de")
        for seed in (0, 1)
    ])  # fmt: skip


def study_with_levels() -> StudyResult:
    """A study over an axis, with one method apart from it and two tasks in different languages."""
    trials = [
        rows(method, code, [value * (1 + level) for value in BASE], level=level)
        for method in ("OT", "MSE")
        for code in ("ha", "sw")
        for level in (0.01, 0.1, 1.0)
    ]
    trials += [rows("teacher", code, BASE) for code in ("ha", "sw")]
    return summarize(*trials, rows("MSE", "de", BASE, level=0.1, task="TyDi"))
