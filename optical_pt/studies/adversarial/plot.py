"""The plot of robustness."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from optical_pt.studies.adversarial.findings import by_method
from optical_pt.studies.adversarial.tasks import (
    BALANCE,
    LAREQA,
    MEAN,
    PROBE,
    clean_tasks,
    noises_of,
    noisy_name,
)
from optical_pt.studies.plots import bar_plot
from optical_pt.studies.result import StudyResult
from optical_pt.studies.scope import mean_rows

NAMED = 3


def robustness_plot(result: StudyResult) -> bytes:
    """A PNG: a panel a collection, clean and by noise, language bias in the pool, and the probe.

    Bars of a collection are means over the languages that the noise applies to, which are named
    below (or counted); intervals are over queries.
    """
    frames = []
    for name, measure in clean_tasks(result.per_query).items():
        conditions = (name, *noises_of(result.per_query, name), noisy_name(name, MEAN))
        frames += [
            _column(result, name, measure, task)
            for task in conditions
            if (task, measure) in result.measured
        ]
        if name == LAREQA:
            frames.append(_column(result, LAREQA, BALANCE, LAREQA))
    probe = result.summary[result.summary["task"] == PROBE]
    return bar_plot(replace(result, summary=pd.concat([*frames, probe], ignore_index=True)))


def _column(result: StudyResult, name: str, measure: str, task: str) -> pd.DataFrame:
    """The rows of a task's widest mean, or only language, as those of one place in a panel."""
    rows = result.rows(task, measure)
    languages = list(by_method(result, task, measure).index)
    condition = "clean" if task == name else task.removeprefix(f"{name}, ").replace(" ", "\n", 1)
    named = ", ".join(languages) if len(languages) <= NAMED else f"{len(languages)} languages"
    return mean_rows(rows).assign(task=name, language=f"{condition}\n({named})", group="all")
