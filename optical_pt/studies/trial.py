"""One cell of a study, and where its scores are kept."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.files import file_stem, gzip_bytes, hash_bytes, write_bytes

#: What the measuring of a trial gives: one row a task, measure and query (or other test item).
SCORE_COLUMNS = ("task", "measure", "qid", "value")
#: What is kept of all trials together.
TRIAL_COLUMNS = ("method", "level", "language", "seed")
_TEXT = dict.fromkeys(("task", "measure", "qid"), str)


@dataclass(frozen=True)
class Trial:
    """A method in one language with one seed.

    Attributes:
        method: What the study compares.
        language: ISO 639 code.
        seed: Of training and sampling.
        level: Where the study has an axis (eps, pairs of bitext, share of switched words), the
            place on it.

    >>> Trial("OT", "ha", 0, level=0.05).name
    'OT 0.05 ha seed 0'
    """

    method: str
    language: str
    seed: int = 0
    level: float | None = None

    @property
    def name(self) -> str:
        """For messages and file names."""
        level = "" if self.level is None else f" {self.level:g}"
        return f"{self.method}{level} {self.language} seed {self.seed}"


def run_trials(
    trials: Sequence[Trial],
    measure: Callable[[Trial], pd.DataFrame],
    identity: Callable[[Trial], str],
    folder: Path,
    *,
    resume: bool = False,
    finished: Callable[[Trial, str], pd.DataFrame | None] | None = None,
    say: Callable[[str], None] = print,
) -> pd.DataFrame:
    """Measure trials one after the other, keeping each one's scores on disk.

    Args:
        trials: No two are the same.
        measure: Gives a trial's scores, with the columns :data:`SCORE_COLUMNS`.
        identity: Text that changes whenever the scores of a trial may change: settings and the
            hashes of its data and models.
        folder: For the finished trials.
        resume: Whether finished trials of the same identity are read rather than run.
        finished: Gives the scores of a trial and its :func:`trial_key` where they are known from
            elsewhere, see :class:`~optical_pt.studies.finished.FinishedTrials`.
        say: Is told of each trial.

    Returns:
        The scores of all, with the columns :data:`TRIAL_COLUMNS` and :data:`SCORE_COLUMNS`.

    Raises:
        InputError: if there is no trial, one comes twice, or a trial's scores lack a column, have a
            value that is no number, or have an item twice.
    """
    _check_trials(trials)
    frames = []
    for number, trial in enumerate(trials, 1):
        key = trial_key(trial, identity)
        kept = folder / f"{file_stem(trial.name)}.{key}.csv.gz"
        reused = resume and kept.is_file()
        if reused:
            scores = _read(kept)
        else:
            known = finished(trial, key) if finished else None
            reused = known is not None
            scores = known if reused else _checked(measure(trial), trial)
            # Through text in both cases: a resumed study gives the same bytes.
            text = scores.to_csv(index=False, lineterminator="\n")
            write_bytes(kept, gzip_bytes(text.encode()))
            scores = _read(io.StringIO(text))
        say(f"[{number}/{len(trials)}] {trial.name}: {_brief(scores)}{' (kept)' if reused else ''}")
        for position, column in enumerate(TRIAL_COLUMNS):
            scores.insert(position, column, getattr(trial, column))
        frames.append(scores)
    joined = pd.concat(frames, ignore_index=True)
    return joined.astype({"level": float})


def trial_key(trial: Trial, identity: Callable[[Trial], str]) -> str:
    """Short hash of what decides the scores of a trial.

    >>> trial_key(Trial("OT", "ha"), repr)
    'ac6976bf887b'
    """
    return hash_bytes(identity(trial).encode())[:12]


def score_frame(task: str, measure: str, values: dict[str, float]) -> pd.DataFrame:
    """The scores of one measure as :func:`run_trials` wants them.

    >>> score_frame("XNLI", "accuracy", {"1": 1.0}).values.tolist()
    [['XNLI', 'accuracy', '1', 1.0]]
    """
    rows = [(task, measure, qid, float(value)) for qid, value in values.items()]
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def _check_trials(trials: Iterable[Trial]) -> None:
    seen: set[str] = set()
    for trial in trials:
        # By file name, since that is where two would meet.
        if (stem := file_stem(trial.name)) in seen:
            raise InputError(f"trial {trial.name!r} comes twice: no two may share a file name")
        seen.add(stem)
    if not seen:
        raise InputError("no trial: give at least one method, language and seed")


def _checked(scores: pd.DataFrame, trial: Trial) -> pd.DataFrame:
    missing = [column for column in SCORE_COLUMNS if column not in scores.columns]
    if missing or scores.empty:
        lack = f"no column {missing[0]!r}" if missing else "no scores"
        raise InputError(f"trial {trial.name!r} has {lack}: give {', '.join(SCORE_COLUMNS)}")
    scores = scores[list(SCORE_COLUMNS)].reset_index(drop=True)
    repeated = scores[scores.duplicated(["task", "measure", "qid"])]
    if len(repeated):
        raise InputError(f"trial {trial.name!r} scores qid {repeated['qid'].iloc[0]!r} twice")
    unusable = ~np.isfinite(pd.to_numeric(scores["value"], errors="coerce"))
    if unusable.any():
        qid = scores["qid"][unusable].iloc[0]
        raise InputError(f"trial {trial.name!r}: the score of qid {qid!r} is no number")
    return scores


def _read(text: Path | io.StringIO) -> pd.DataFrame:
    return pd.read_csv(text, dtype=_TEXT, keep_default_na=False)


def _brief(scores: pd.DataFrame) -> str:
    means = scores.groupby(["task", "measure"], sort=False)["value"].mean()
    return ", ".join(f"{task} {measure} {value:.3f}" for (task, measure), value in means.items())
