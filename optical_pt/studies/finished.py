"""The trials of a finished study, whose scores another run of it may take."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.evaluation.report_files import MANIFEST
from optical_pt.studies.report import read_study
from optical_pt.studies.trial import SCORE_COLUMNS, TRIAL_COLUMNS, Trial


@dataclass(frozen=True, eq=False)
class FinishedTrials:
    """Scores of trials by the trial and what decides them.

    Attributes:
        keys: Of each trial that was measured, by its name: see
            :func:`~optical_pt.studies.trial.trial_key`.
        scores: Of all, with the columns :data:`~optical_pt.studies.trial.TRIAL_COLUMNS` and
            :data:`~optical_pt.studies.trial.SCORE_COLUMNS`.
        origin: Folder, date and commit of the run that measured them. Keys tell data, models and
            settings apart, but not the code.
    """

    keys: Mapping[str, str]
    scores: pd.DataFrame
    origin: Mapping[str, str]

    def get(self, trial: Trial, key: str) -> pd.DataFrame | None:
        """A trial's scores, or None where it is not there or was of other data or settings."""
        if self.keys.get(trial.name) != key:
            return None
        own = pd.Series(True, index=self.scores.index)
        for column in TRIAL_COLUMNS:
            value = getattr(trial, column)
            own &= self.scores[column].isna() if value is None else self.scores[column] == value
        return self.scores.loc[own, list(SCORE_COLUMNS)].reset_index(drop=True)


def read_finished(folder: str | Path) -> FinishedTrials:
    """The trials of a result that a study wrote.

    Raises:
        InputError: if a file is missing or not as its manifest has it, or the manifest does not
            say what decided its trials.
    """
    folder = Path(folder)
    scores = read_study(folder).per_query
    record = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    keys = record.get("trials")
    if not keys:
        raise InputError(
            f"{folder / MANIFEST}: no 'trials', which say what each score is of; run the study anew"
        )
    commit = (record.get("git") or {}).get("commit", "unknown")
    origin = {"folder": str(folder), "date": record.get("date", "unknown"), "commit": commit}
    return FinishedTrials(keys, scores, origin)
