"""Does transport or in-batch contrast teach a student more, and with how many pairs?"""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from optical_pt.collections.download import Files, hash_file
from optical_pt.collections.languages import language_group
from optical_pt.collections.published.multi30k import FILES, SPLITS
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.option_lists import counts, joined, words
from optical_pt.studies.bitext import bitext_facts
from optical_pt.studies.contrastive.findings import claims
from optical_pt.studies.contrastive.multi30k import (
    BITEXTS,
    LANGUAGES,
    TAG,
    CaptionRetrieval,
    caption_collections,
    shuffle_pairs,
    training_pairs,
)
from optical_pt.studies.plots import line_plot
from optical_pt.studies.published import published_folder
from optical_pt.studies.result import StudyResult
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.studies.trial import Trial
from optical_pt.training.bitext import SentencePair
from optical_pt.training.settings import TrainingSettings

OT, CONTRASTIVE, BOTH, START = "OT", "contrastive", "OT + contrastive", "start only"
PLOTTED = ("MAP", "R@1")
FULL_BUDGETS = (500, 1000, 2000, 5000, 10_000, 29_000)
QUICK_BUDGETS = (300, 1000)
FULL_SETS = ("test-2016", "test-2017", "test-2018")
QUICK_SETS = FULL_SETS[:1]
LEAST_STEPS = 100


class Contrastive(Study):
    """OT distillation, InfoNCE over the batch, both, and the untrained start, by training pairs.

    A German, French or Czech caption searches the English captions of its test set for the one of
    the same photograph. None of these languages is low-resource: the condition is made, by the
    number of pairs that a student gets to see. All of it (words added to the vocabulary, where
    their embeddings start, training) comes from these pairs, so that the start has a budget, too.
    The methods share everything but the loss; word embeddings are trained, the body is not.

    With few pairs an epoch is a handful of steps. In the full study they are gone over more often,
    so that no budget gets fewer than ``--least-steps`` steps.
    """

    name = "contrastive"
    question = "Is OT distillation or contrastive training better, with few pairs and with many?"
    baseline = OT

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add data, budgets and what the losses take."""
        add = parser.add_argument
        add("--bitext", choices=BITEXTS, default=TAG,
            help="train on Multi30k's train part, or on other bitext (%(default)s)")  # fmt: skip
        add("--budgets", type=counts, metavar="PAIRS,…",
            help="a larger one than a language or --limit has is cut to that "
            f"(quick: {joined(QUICK_BUDGETS)}; full: {joined(FULL_BUDGETS)})")  # fmt: skip
        add("--test-sets", type=words, metavar="NAME,…",
            help=f"(quick: {','.join(QUICK_SETS)}; full: {','.join(FULL_SETS)})")  # fmt: skip
        add("--contrastive-weight", type=float, default=0.1, metavar="W",
            help="of the contrastive loss beside OT's 1 (%(default)s)")  # fmt: skip
        add("--score-temperature", type=float, default=0.05, metavar="T",
            help="of its softmax over mean MaxSim scores (%(default)s)")  # fmt: skip
        add("--least-steps", type=int, metavar="N",
            help=f"go over small budgets more often than --epochs (full: {LEAST_STEPS}, quick or "
            "with --epochs: 0)")  # fmt: skip

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open captions and pairs."""
        languages = options.languages or (list(LANGUAGES) if options.full else ["de", "cs"])
        sets = options.test_sets or list(FULL_SETS if options.full else QUICK_SETS)
        verify = not options.unverified
        collections = caption_collections(languages, sets, options.data, verify=verify)
        recipes, least_steps = _recipes(options), _least_steps(options)
        pairs = {
            code: training_pairs(
                options.data, code, options.bitext, collections[code], verify=verify
            )
            for code in languages
        }
        budgets = _budgets(options, min(map(len, pairs.values())))
        teacher = LateInteraction(options.teacher, device=options.device).load()
        captions = CaptionRetrieval.open(
            collections, teacher, options.indexes, device=options.device
        )
        seeds = seed_range(options)
        shuffled = {
            (code, seed): shuffle_pairs(found, seed)
            for code, found in pairs.items()
            for seed in seeds
        }
        store = StudentStore(teacher, folder / "students")
        bench = Bench(captions, shuffled, store, recipes, least_steps)
        trials = [
            Trial(method, language, seed, float(budget))
            for language in languages
            for seed in seeds
            for budget in budgets
            for method in recipes
        ]
        return Plan(
            trials,
            bench.measure,
            bench.identity,
            {code: language_group(code) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "bitext": options.bitext,
                "pairs": {code: len(found) for code, found in pairs.items()},
                "budgets": budgets,
                "epochs": {n: bench.recipe(OT, n).settings.epochs for n in budgets},
                "recipes": {name: recipe.identity() for name, recipe in recipes.items()},
                "test_sets": {code: list(found) for code, found in collections.items()},
                "data_sha256": _data_facts(options, languages, sets),
            },
        )

    def plot(self, result: StudyResult) -> bytes:
        """Two measures by pairs, a panel a language; the tables have all four."""
        shown = result.summary[result.summary["measure"].isin(PLOTTED)]
        return line_plot(replace(result, summary=shown), "training pairs", log=True)

    def findings(self, result: StudyResult) -> list[str]:
        """What the lowest and the highest budget say."""
        return claims(result, start=START)


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share.

    Attributes:
        captions: To find.
        pairs: By language and seed, in random order; a trial learns from the first of them, as many
            as its level says.
        students: Are made here.
        recipes: By method.
        least_steps: Of training, with however few pairs.
    """

    captions: CaptionRetrieval
    pairs: Mapping[tuple[str, int], list[SentencePair]]
    students: StudentStore
    recipes: Mapping[str, Recipe]
    least_steps: int

    def recipe(self, method: str, budget: int) -> Recipe:
        """A method's recipe for so many pairs."""
        recipe = self.recipes[method]
        settings = recipe.settings
        if not settings.epochs:
            return recipe
        steps = math.ceil(budget / settings.batch_size)
        epochs = max(settings.epochs, math.ceil(self.least_steps / steps))
        return replace(recipe, settings=replace(settings, epochs=epochs))

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial."""
        recipe = self.recipe(trial.method, int(trial.level))
        student = self.students.get(recipe, self._sample(trial), trial.language, trial.seed)
        return self.captions.score(student, trial.language)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        recipe = self.recipe(trial.method, int(trial.level))
        student = self.students.identity(recipe, self._sample(trial), trial.seed)
        return f"{student} {self.captions.identity(trial.language)}"

    def _sample(self, trial: Trial) -> list[SentencePair]:
        return self.pairs[trial.language, trial.seed][: int(trial.level)]


def _recipes(options: argparse.Namespace) -> dict[str, Recipe]:
    epochs = options.epochs if options.epochs is not None else (3 if options.full else 1)
    softmax = {"score_temperature": options.score_temperature}
    losses = {
        OT: {"ot": 1.0},
        CONTRASTIVE: {"contrastive": 1.0},
        BOTH: {"ot": 1.0, "contrastive": options.contrastive_weight},
    }
    recipes = {}
    for name, loss in losses.items():
        used = softmax if "contrastive" in loss else {}
        recipes[name] = Recipe(name, TrainingSettings(loss=loss, epochs=epochs, **used))
    return recipes | {START: Recipe(START, TrainingSettings(epochs=0))}


def _budgets(options: argparse.Namespace, available: int) -> list[int]:
    wanted = options.budgets or (FULL_BUDGETS if options.full else QUICK_BUDGETS)
    most = min(available, options.limit or available)
    return sorted({min(budget, most) for budget in wanted})


def _least_steps(options: argparse.Namespace) -> int:
    if options.least_steps is None:
        return LEAST_STEPS if options.full and options.epochs is None else 0
    if options.least_steps < 0:
        raise InputError(f"--least-steps {options.least_steps}: give 0 or more")
    return options.least_steps


def _data_facts(
    options: argparse.Namespace, languages: list[str], sets: list[str]
) -> dict[str, str]:
    parts = [*sets, "train"] if options.bitext == TAG else sets
    names = [f"{SPLITS[part]}.{code}" for part in parts for code in ("en", *languages)]
    files = Files(published_folder(options.data, TAG), verify=False)
    used = [FILES[name] for name in names if name in FILES]
    facts = {file.path: hash_file(files.path(file)) for file in used}
    return facts if options.bitext == TAG else facts | bitext_facts(options.data, languages)
