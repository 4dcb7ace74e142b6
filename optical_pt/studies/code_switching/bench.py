"""What the trials of the study share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pandas as pd
import pyterrier as pt

from optical_pt.models import LateInteraction
from optical_pt.studies.code_switching.lexicons import Lexicons
from optical_pt.studies.code_switching.methods import (
    CEILING,
    OT,
    SWITCHINGS,
    TEACHER,
    TRANSLATION,
    Switching,
)
from optical_pt.studies.retrieval import DEPTH, RetrievalTask
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.trial import Trial
from optical_pt.training.bitext import SentencePair
from optical_pt.translation import AlignedQueries, CodeSwitch, LexicalTable, LexicalTranslator


@dataclass(frozen=True, eq=False)
class Bench:
    """Queries, students and lexicons of every language.

    Attributes:
        tasks: With human English versions of the queries.
        pairs: Of each language; students and translations learn from them.
        lexicons: Of each language.
        students: Are made here.
        recipes: By method.
        shares: Of the words, to switch.
    """

    tasks: Mapping[str, RetrievalTask]
    pairs: Mapping[str, list[SentencePair]]
    lexicons: Mapping[str, Lexicons]
    students: StudentStore
    recipes: Mapping[str, Recipe]
    shares: Sequence[float]

    def trials(self, seeds: Sequence[int]) -> list[Trial]:
        """Each method with each seed and share; a seed also draws the words to switch."""
        trials = []
        for language in self.tasks:
            trials.append(Trial(CEILING, language, seeds[0]))
            trials += [
                Trial(method, language, seed, share)
                for seed in seeds
                for method in (*self.recipes, TRANSLATION, TEACHER)
                for share in self.shares
            ]
        return trials

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial in all ways to switch."""
        task = self.tasks[trial.language]
        found: dict[tuple[str, ...], pd.DataFrame] = {}  # many queries are the same in two ways
        frames = []
        pipeline = self._pipeline(trial)
        for switching in SWITCHINGS:
            topics = self._topics(switching, trial)
            asked = tuple(topics["query"])
            if asked not in found:
                found[asked] = task.score(pipeline, trial.language, topics)
            frames.append(found[asked].assign(task=switching.task))
        return pd.concat(frames, ignore_index=True)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        task, pairs = self.tasks[trial.language], self.pairs[trial.language]
        english = task.english_identity(trial.language)
        parts = [task.identities[trial.language], english, trial.name]
        if trial.method != CEILING:
            parts.append(self.lexicons[trial.language].identity)
            parts.append(self.students.identity(self.recipes[OT], pairs, trial.seed))
        if trial.method in self.recipes:
            recipe = self.recipes[trial.method]
            parts.append(self.students.identity(recipe, pairs, _training_seed(recipe, trial.seed)))
        return " ".join(parts)

    def _topics(self, switching: Switching, trial: Trial) -> pd.DataFrame:
        """The queries of a trial, switched."""
        task = self.tasks[trial.language]
        english, foreign = task.english[trial.language], task.topics[trial.language]
        if trial.method == CEILING:
            return english
        if switching.by == "lexicon":
            switches = self.lexicons[trial.language].into[switching.into]
        else:
            switches = self._aligned(switching.into, trial.language, trial.seed)
        switch = CodeSwitch(switches, trial.level, seed=trial.seed)
        return switch(foreign if switching.into == "english" else english)[["qid", "query"]]

    def _pipeline(self, trial: Trial) -> pt.Transformer:
        task = self.tasks[trial.language]
        if trial.method == TRANSLATION:
            psq = LexicalTranslator(self._table(trial.language), mode="psq")
            return psq >> task.resources.bm25.retriever(DEPTH)
        encoder = (
            self._student(trial.method, trial.language, trial.seed)
            if trial.method in self.recipes
            else self.students.teacher
        ).query_encoder()
        return encoder >> task.index.retriever(DEPTH, device=task.resources.device)

    # Trials come language by language and seed by seed: what the last ones used is used again.

    @cached_property
    def _student(self) -> Callable[[str, str, int], LateInteraction]:
        def load(method: str, language: str, seed: int) -> LateInteraction:
            recipe = self.recipes[method]
            return self.students.get(
                recipe, self.pairs[language], language, _training_seed(recipe, seed)
            )

        return lru_cache(maxsize=len(self.recipes))(load)

    @cached_property
    def _aligned(self) -> Callable[[str, str, int], AlignedQueries]:
        def align(into: str, language: str, seed: int) -> AlignedQueries:
            task = self.tasks[language]
            versions = task.english if into == "english" else task.topics
            student = self._student(OT, language, seed)
            return AlignedQueries(versions[language], student, self.students.teacher, into=into)

        return lru_cache(maxsize=2)(align)

    @cached_property
    def _table(self) -> Callable[[str], LexicalTable]:
        def learn(language: str) -> LexicalTable:
            return LexicalTable.learn(self.pairs[language], language=language)

        return lru_cache(maxsize=1)(learn)


def _training_seed(recipe: Recipe, seed: int) -> int:
    """Without training, a seed decides nothing of a student."""
    return seed if recipe.settings.epochs else 0
