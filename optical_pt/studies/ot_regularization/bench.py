"""What the trials of the study share: tests, pairs and students."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from optical_pt.collections import Collection, open_collection
from optical_pt.studies.ot_regularization.data import TASKS, training_pairs, with_xnli
from optical_pt.studies.ot_regularization.methods import CEILING, START
from optical_pt.studies.pair_classification import PairClassification, open_pairs
from optical_pt.studies.passages import judged_pool
from optical_pt.studies.published import published_folder
from optical_pt.studies.retrieval import RetrievalTask, open_task
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.trial import Trial
from optical_pt.training.bitext import SentencePair
from optical_pt.training.sampling import sample_in_order


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share.

    Attributes:
        retrieval: One a query set, of the languages that it has.
        classification: Of XNLI.
        translations: By language, where XNLI has it.
        pairs: By language.
        limit: How many of them a student learns from, at most.
        students: Are made here.
        recipes: By method.
    """

    retrieval: Sequence[RetrievalTask]
    classification: PairClassification
    translations: Mapping[str, RetrievalTask]
    pairs: Mapping[str, list[SentencePair]]
    limit: int
    students: StudentStore
    recipes: Mapping[str, Recipe]

    def task_names(self, language: str) -> list[str]:
        """What a language is tested on."""
        names = [task.name for task in self.searched(language)]
        if language in self.translations:
            names += [self.classification.name, self.translations[language].name]
        return names

    def searched(self, language: str) -> list[RetrievalTask]:
        """Query sets that have a language."""
        return [task for task in self.retrieval if language in task.topics]

    def sample(self, language: str, seed: int) -> list[SentencePair]:
        """The pairs that a seed learns from, in the order of the file."""
        return sample_in_order(self.pairs[language], self.limit, seed)

    def trials(self, languages: Sequence[str], seeds: Sequence[int]) -> list[Trial]:
        """Language by language: every student with each seed, then the ceiling once."""
        trials = []
        for language in languages:
            trials += [Trial(name, language, seed) for seed in seeds for name in self.recipes]
            if self._has_ceiling(language):
                trials.append(Trial(CEILING, language, seeds[0]))
        return trials

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial on all tasks that have its language."""
        language = trial.language
        if trial.method == CEILING:
            return pd.concat(self._ceiling(language), ignore_index=True)
        student = self.students.get(
            self.recipes[trial.method], self.sample(language, trial.seed), language, trial.seed
        )
        if trial.method == START:  # the last one of these pairs
            self.students.forget_teacher_embeddings()
        scores = [task.score_student(student, language) for task in self.searched(language)]
        if language in self.translations:
            scores.append(self.classification.score(student, language))
            scores.append(self.translations[language].score_student(student, language))
        return pd.concat(scores, ignore_index=True)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        language = trial.language
        tests = [task.identity for task in self.searched(language)]
        if language in self.translations:
            tests += [self.classification.identity, self.translations[language].identity]
        if trial.method == CEILING:
            english = [task.english_identity(language) for task in self.searched(language)]
            return " ".join([CEILING, *tests, *english])
        recipe, pairs = self.recipes[trial.method], self.sample(language, trial.seed)
        return " ".join([self.students.identity(recipe, pairs, trial.seed), *tests])

    def _has_ceiling(self, language: str) -> bool:
        searched = self.searched(language)
        return language in self.translations or any(
            task.english[language] is not None for task in searched
        )

    def _ceiling(self, language: str) -> list[pd.DataFrame]:
        """Human English on all tasks but bitext retrieval, where it would find itself."""
        teacher = self.students.teacher
        scores = [
            task.score_student(teacher, language, english)
            for task in self.searched(language)
            if (english := task.english[language]) is not None
        ]
        if language in self.translations:
            scores.append(self.classification.score(teacher, "en"))
        return scores


def open_bench(
    options: argparse.Namespace,
    collection: Collection,
    sets: Sequence[str],
    languages: Sequence[str],
    students: StudentStore,
    recipes: Mapping[str, Recipe],
    limit: int,
) -> Bench:
    """Open the tests of all languages, and the pairs that they do not share a text with.

    Raises:
        InputError: on missing or broken data, and on options that they do not fit.
    """
    verify = not options.unverified
    most = options.max_queries or (None if options.full else 150)
    common = {"max_queries": most, "device": options.device}
    teacher = students.teacher
    retrieval = []
    for name in sets:
        members = [code for code in languages if code in collection.set_languages(name)]
        if members:
            pool = "pool" if options.full else judged_pool(name, members)
            retrieval.append(
                open_task(
                    TASKS.get(name, name), collection, members, teacher, options.indexes / pool,
                    query_sets=[name], judged_only=not options.full, **common,
                )
            )  # fmt: skip
    classification = open_pairs(
        "XNLI", with_xnli(languages), teacher, options.data, verify=verify, max_pairs=most
    )
    folder = published_folder(options.data, "xnli")
    translations = {
        code: open_task(
            "XNLI bitext",
            open_collection(f"optical:xnli/{code}-en/dev", folder=folder, verify=verify),
            [code],
            teacher,
            options.indexes / "xnli-dev",
            measures=("RR",),
            **common,
        )
        for code in with_xnli(languages)
    }
    pairs = {
        code: training_pairs(
            options.data, code, collection, sets, classification, verify=verify
        )
        for code in languages
    }  # fmt: skip
    return Bench(retrieval, classification, translations, pairs, limit, students, recipes)
