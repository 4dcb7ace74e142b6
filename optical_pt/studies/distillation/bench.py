"""Systems and students of each language, and how they are scored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from optical_pt.models import LateInteraction
from optical_pt.studies.distillation.methods import AS_SPELT, OPTICAL, OURS
from optical_pt.studies.retrieval import RetrievalTask
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.trial import Trial
from optical_pt.table.resources import LanguageModels
from optical_pt.table.systems import SYSTEMS, Row
from optical_pt.training.bitext import SentencePair
from optical_pt.training.start_settings import StartSettings
from optical_pt.translation import LexicalTable, NeuralTranslator
from optical_pt.translation.model_files import find_model


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share.

    Attributes:
        tasks: Of each language.
        pairs: Of each language.
        students: Are made here.
        recipes: By method.
        systems: Rows of the main table that are not trained here; those that rerank or fuse use
            OPTICAL's first student.
        nmt: Model that translates, if any.
        nmt_languages: That it translates.
        spelt: The tasks with the queries as spelt, where those of ``tasks`` are respelt.
    """

    tasks: Mapping[str, RetrievalTask]
    pairs: Mapping[str, list[SentencePair]]
    students: StudentStore
    recipes: Mapping[str, Recipe]
    systems: Sequence[Row] = tuple(row for row in SYSTEMS if row.key != "optical")
    nmt: str | None = None
    nmt_languages: tuple[str, ...] = ()
    spelt: Mapping[str, RetrievalTask] = field(default_factory=dict)

    def rows(self, language: str) -> list[Row]:
        """The systems that a language has models and queries for."""
        lacks = set()
        if language not in self.nmt_languages:
            lacks.add("translator")
        if OPTICAL not in self.recipes:
            lacks.add("student")
        english = self.tasks[language].english[language] is not None
        return [
            row
            for row in self.systems
            if lacks.isdisjoint(row.needs) and (english or not row.english)
        ]

    def count_respelt(self) -> dict[str, int]:
        """By language, how many queries differ from how they are spelt."""
        return {
            code: int((self.tasks[code].topics[code]["query"] != task.topics[code]["query"]).sum())
            for code, task in self.spelt.items()
        }

    def trials(
        self, seeds: Sequence[int], rival_seeds: Sequence[int], once: Collection[str] = ()
    ) -> list[Trial]:
        """Language by language: systems once, students with each seed.

        Args:
            seeds: Of our methods.
            rival_seeds: Of the others.
            once: Methods that have the first seed alone.
        """
        trials = []
        for language in self.pairs:
            trials += [Trial(row.name, language, seeds[0]) for row in self.rows(language)]
            for name, recipe in self.recipes.items():
                own = seeds if name in OURS else rival_seeds
                # Without training, a seed decides nothing.
                own = own[:1] if name in once or not recipe.settings.epochs else own
                trials += [Trial(name, language, seed) for seed in own]
        return [*trials, *self._trials_as_spelt(trials)]

    def _trials_as_spelt(self, trials: Sequence[Trial]) -> list[Trial]:
        return [
            replace(trial, method=name)
            for name, method in AS_SPELT.items()
            for trial in trials
            if trial.method == method and trial.language in self.spelt
        ]

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial."""
        task, trial = self._asked(trial)
        if trial.method in self.recipes:
            return task.score_student(self._student(trial), trial.language)
        row = _row(trial.method)
        models = LanguageModels(
            student=self._student(trial) if "student" in row.needs else None,
            lexicon=self._lexicon(trial) if "lexicon" in row.needs else None,
            translator=self._translator(trial) if "translator" in row.needs else None,
        )
        asked = task.english[trial.language] if row.english else None
        return task.score(row.build(task.resources, models), trial.language, asked)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        searched, trial = self._asked(trial)
        task = searched.identities[trial.language]
        if trial.method in self.recipes:
            return f"{trial.method} {task} {self._student_identity(trial)}"
        # Tells the pairs apart; how students read them is nothing to translations.
        recipe = Recipe("pairs", start=StartSettings(diacritics=False))
        pairs = self.students.identity(recipe, self.pairs[trial.language])
        row = _row(trial.method)
        if row.english:
            task += f" {searched.english_identity(trial.language)}"
        needs = row.needs
        nmt = self.nmt_identity if "translator" in needs else ""
        student = f" {self._student_identity(trial)}" if "student" in needs else ""
        return f"{trial.method} {task} {pairs} {nmt}{student}"

    def _asked(self, trial: Trial) -> tuple[RetrievalTask, Trial]:
        """The task of a trial, and the trial of the method that answers it."""
        if trial.method in AS_SPELT:
            return self.spelt[trial.language], replace(trial, method=AS_SPELT[trial.method])
        return self.tasks[trial.language], trial

    def _student(self, trial: Trial) -> LateInteraction:
        recipe, pairs = self._recipe(trial), self.pairs[trial.language]
        return self.students.get(recipe, pairs, trial.language, trial.seed)

    def _student_identity(self, trial: Trial) -> str:
        return self.students.identity(self._recipe(trial), self.pairs[trial.language], trial.seed)

    def _recipe(self, trial: Trial) -> Recipe:
        return self.recipes.get(trial.method) or self.recipes[OPTICAL]

    def _lexicon(self, trial: Trial) -> LexicalTable:
        return LexicalTable.learn(self.pairs[trial.language], language=trial.language)

    def _translator(self, trial: Trial) -> NeuralTranslator:
        return NeuralTranslator(
            self.nmt, source=trial.language, target="en", device=self.students.teacher.device,
            cache=self.students.folder.parent / "translations.sqlite",
        )  # fmt: skip

    @cached_property
    def nmt_identity(self) -> str | None:
        """Name and content hash of the NMT model, or its hub commit; None without one."""
        return f"{self.nmt} {find_model(self.nmt, None)[1]}" if self.nmt else None


def _row(name: str) -> Row:
    return next(row for row in SYSTEMS if row.name == name)
