"""What the trials of the study share, and how one is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.index import TokenIndex
from optical_pt.models import LateInteraction
from optical_pt.studies.adversarial.multilingual_pool import MultilingualPool
from optical_pt.studies.adversarial.probe import FOLDS, mean_vectors, probe_errors
from optical_pt.studies.adversarial.tasks import PROBE, PROBED, TATOEBA, XQUAD, NoisyTask
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.trial import Trial, score_frame
from optical_pt.training.bitext import SentencePair

OT = "OT"
#: OT's students, asked with respelt queries: a rival of robustness that needs no training.
RESPELT = f"{OT}, respelt"


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share.

    Attributes:
        tasks: By language and name.
        respelt: The same with respelt queries.
        pairs: By language.
        students: Are made here.
        recipes: By method.
        pool: Of the languages that XQuAD-R has, if there are any.
        pool_folder: For its index.
    """

    tasks: Mapping[str, Mapping[str, NoisyTask]]
    respelt: Mapping[str, Mapping[str, NoisyTask]]
    pairs: Mapping[str, list[SentencePair]]
    students: StudentStore
    recipes: Mapping[str, Recipe]
    pool: MultilingualPool | None
    pool_folder: Path
    _english: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial; another wording of the queries says nothing to the probe."""
        recipe, code = self._recipe(trial), trial.language
        student = self.students.get(recipe, self.pairs[code], code, trial.seed)
        frames = [task.score(student) for task in self._tasks(trial).values()]
        if XQUAD in self.tasks[code]:
            frames.append(self._pooled(trial, student))
        if trial.method != RESPELT:
            frames.append(self._probe(student, code))
        return pd.concat(frames, ignore_index=True)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        pairs = self.pairs[trial.language]
        student = self.students.identity(self._recipe(trial), pairs, trial.seed)
        tasks = [task.identity for task in self._tasks(trial).values()]
        pool = [self._pool_identity(trial)] if XQUAD in self.tasks[trial.language] else []
        return " ".join([student, *tasks, *pool])

    def _recipe(self, trial: Trial) -> Recipe:
        return self.recipes[OT if trial.method == RESPELT else trial.method]

    def _tasks(self, trial: Trial) -> Mapping[str, NoisyTask]:
        tasks = self.respelt if trial.method == RESPELT else self.tasks
        return tasks[trial.language]

    def _pooled(self, trial: Trial, student: LateInteraction) -> pd.DataFrame:
        """The scores on the pool, whose index is made by the first language that searches it."""
        path = self.pool_folder / hash_bytes(self._pool_identity(trial).encode())[:12]
        if not path.is_dir():
            recipe, seed = self._recipe(trial), trial.seed
            students = {
                code: self.students.get(recipe, self.pairs[code], code, seed)
                for code in self.pool.languages
            }
            self.pool.write_index(self.students.teacher, students, path)
        topics = self._tasks(trial)[XQUAD].task.topics[trial.language]
        return self.pool.score(TokenIndex(path), student, topics)

    def _pool_identity(self, trial: Trial) -> str:
        """What decides the index of the pool that a trial searches."""
        recipe = self._recipe(trial)
        students = [
            self.students.identity(recipe, self.pairs[code], trial.seed)
            for code in self.pool.languages
        ]
        return " ".join([self.pool.identity, *students])

    def check_probe(self, language: str) -> None:
        """Refuse a language with too few sentences for the probe before anything is trained."""
        if (count := len(self._probed(language))) < FOLDS:
            raise InputError(
                f"{TATOEBA} {language}: {count} sentences for the language probe; give "
                f"--max-queries {FOLDS} or more, or leave the language out"
            )

    def _probed(self, language: str) -> pd.DataFrame:
        """Frame of qid, query, english; no sentence is there twice, to be learnt and tested."""
        task = self.tasks[language][TATOEBA].task
        english = task.english[language]["query"].to_numpy()
        rows = task.topics[language].assign(english=english)
        return rows.drop_duplicates("query").drop_duplicates("english")

    def _probe(self, student: LateInteraction, language: str) -> pd.DataFrame:
        rows = self._probed(language)
        if language not in self._english:
            # Encoded as queries, like the student's: other precision would tell them apart.
            self._english[language] = mean_vectors(
                self.students.teacher.encode_queries(list(rows["english"]))
            )
        foreign = mean_vectors(student.encode_queries(list(rows["query"])))
        errors = probe_errors(self._english[language], foreign)
        qids = [f"{language}-{qid}" for qid in rows["qid"]]
        return score_frame(PROBE, PROBED, dict(zip(qids, errors, strict=True)))
