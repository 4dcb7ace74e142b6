"""How many sentence pairs does a student need, and how many a translation?"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from optical_pt.collections.languages import language_group
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.option_lists import counts
from optical_pt.studies.bitext import bitext_facts
from optical_pt.studies.data_budget.methods import (
    ROWS,
    LexicalMethod,
    Method,
    NmtMethod,
    StudentMethod,
)
from optical_pt.studies.distillation.data import (
    add_task_options,
    asked_sets,
    open_tasks,
    training_pairs,
)
from optical_pt.studies.distillation.methods import CEILING, OPTICAL, START
from optical_pt.studies.plots import line_plot
from optical_pt.studies.result import StudyResult
from optical_pt.studies.retrieval import RetrievalTask
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.studies.tables import ALPHA
from optical_pt.studies.trial import Trial
from optical_pt.table.resources import LanguageModels
from optical_pt.training.bitext import SentencePair
from optical_pt.training.settings import TrainingSettings

QUICK_BUDGETS = (300, 1_000)
FULL_BUDGETS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
QUICK_LANGUAGES, FULL_LANGUAGES = ("ha",), ("ha", "yo")
NMT = "NMT >> BM25"
PSQ = "lexical PSQ >> BM25"


class DataBudget(Study):
    """MAP against the number of sentence pairs, for students and translations.

    A language's budgets are nested: the pairs of a smaller one are among those of a larger one. A
    method's level is its number of pairs; the largest is all that there are.
    """

    name = "data_budget"
    question = "How many sentence pairs does a student need, and how many does a translation?"
    baseline = PSQ

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add budgets and what is compared."""
        add = parser.add_argument
        add("--budgets", type=counts, metavar="N,…", help="of pairs, besides all of them")
        add("--nmt-epochs", type=float, metavar="N",
            help="of an NMT model for each budget; 0 for none (full: 10, quick: 0)")  # fmt: skip
        add_task_options(parser)

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open queries, documents and pairs."""
        default = FULL_LANGUAGES if options.full else QUICK_LANGUAGES
        languages = list(dict.fromkeys(options.languages or default))
        budgets = options.budgets or (FULL_BUDGETS if options.full else QUICK_BUDGETS)
        teacher = LateInteraction(options.teacher, device=options.device).load()
        limit = options.limit or (None if options.full else QUICK_BUDGETS[-1])
        tasks = open_tasks(options, languages, teacher)
        # A shuffled order, so that the first n are a sample of n.
        pairs = {
            code: shuffled(training_pairs(options, code, tasks[code], limit)) for code in languages
        }
        methods = make_methods(options, StudentStore(teacher, folder / "students"), folder)
        bench = Bench(tasks, pairs, methods)
        seeds = seed_range(options)
        return Plan(
            bench.trials(budgets, list(seeds)),
            bench.measure,
            bench.identity,
            {code: language_group(code) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "pairs": {code: len(mine) for code, mine in pairs.items()},
                "query_sets": asked_sets(options, languages),
                "methods": {name: method.identity((), 0) for name, method in methods.items()},
                "data_sha256": bitext_facts(options.data, languages),
            },
        )

    def plot(self, result: StudyResult) -> bytes:
        """A curve a method, a panel a language."""
        return line_plot(result, "sentence pairs", log=True)

    def findings(self, result: StudyResult) -> list[str]:
        """From how many pairs on the student is above lexical translation, and at most what."""
        return [
            sentence
            for language in result.groups
            for task, measure in result.measured
            if measure == "MAP"
            for sentence in _crossing(result.rows(task, measure), language)
        ]


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share: tasks and pairs by language, and methods."""

    tasks: Mapping[str, RetrievalTask]
    pairs: Mapping[str, Sequence[SentencePair]]
    methods: Mapping[str, Method]

    def trials(self, budgets: Sequence[int], seeds: Sequence[int]) -> list[Trial]:
        """The ceiling, then methods at each budget, small ones first."""
        trials = []
        for language, pairs in self.pairs.items():
            if self.tasks[language].english[language] is not None:
                trials.append(Trial(CEILING, language, seeds[0]))
            sizes = sorted({*(n for n in budgets if n < len(pairs)), len(pairs)})
            trials += [
                Trial(name, language, seed, level=size)
                for size in sizes
                for name, method in self.methods.items()
                for seed in (seeds if method.seeded else seeds[:1])
            ]
        return trials

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial."""
        task = self.tasks[trial.language]
        if trial.method == CEILING:
            pipeline = ROWS["english-teacher"].build(task.resources, LanguageModels())
            return task.score(pipeline, trial.language, task.english[trial.language])
        pairs = self._pairs(trial)
        pipeline = self.methods[trial.method].pipeline(task, pairs, trial.language, trial.seed)
        return task.score(pipeline, trial.language)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        searched = self.tasks[trial.language]
        task = searched.identities[trial.language]
        if trial.method == CEILING:
            return f"{trial.method} {task} {searched.english_identity(trial.language)}"
        pairs = self._pairs(trial)
        text = "\n".join(f"{pair.english}\t{pair.foreign}" for pair in pairs)
        return f"{self.methods[trial.method].identity(pairs, trial.seed)} {task} {text}"

    def _pairs(self, trial: Trial) -> Sequence[SentencePair]:
        return self.pairs[trial.language][: int(trial.level)]


def make_methods(
    options: argparse.Namespace, students: StudentStore, folder: Path
) -> dict[str, Method]:
    """The methods of a run, by name."""
    epochs = options.epochs if options.epochs is not None else (2 if options.full else 0.5)
    nmt_epochs = options.nmt_epochs if options.nmt_epochs is not None else 10 * options.full
    if nmt_epochs < 0:
        raise InputError(f"--nmt-epochs {nmt_epochs:g}: give 0 or more")
    methods: dict[str, Method] = {
        OPTICAL: StudentMethod(students, Recipe(OPTICAL, TrainingSettings(epochs=epochs))),
        START: StudentMethod(students, Recipe(START, TrainingSettings(epochs=0))),
        PSQ: LexicalMethod(),
    }
    if nmt_epochs:
        methods[NMT] = NmtMethod(folder / "nmt", nmt_epochs, options.device)
    return methods


def shuffled(pairs: Sequence[SentencePair]) -> list[SentencePair]:
    """The pairs in an order that depends on nothing else."""
    return random.Random(0).sample(list(pairs), len(pairs))


def _crossing(rows: pd.DataFrame, language: str) -> list[str]:
    mine = rows[(rows["language"] == language) & rows["level"].notna()]
    if mine.empty:
        return []
    ours, rival = (
        mine[mine["method"] == name].set_index("level").sort_index() for name in (OPTICAL, PSQ)
    )
    above = ours[(ours["p_corrected"] < ALPHA) & (ours["delta"] > 0)].index
    largest = int(ours.index[-1])
    last = (
        f"with all {largest:,} pairs {OPTICAL} has MAP {ours['value'].iloc[-1]:.3f} and {PSQ} "
        f"{rival['value'].iloc[-1]:.3f}"
    )
    if len(above):
        listed = ", ".join(f"{int(level):,}" for level in above)
        return [f"{language}: {OPTICAL} is significantly above {PSQ} with {listed} pairs; {last}."]
    return [f"{language}: {OPTICAL} is significantly above {PSQ} at no budget; {last}."]
