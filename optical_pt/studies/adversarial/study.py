"""Does adversarial training make a student robust, and its embeddings language-neutral?"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.studies.adversarial.bench import OT, RESPELT, Bench
from optical_pt.studies.adversarial.data import (
    choose_languages,
    collections,
    group,
    noisy_tasks,
    respelt_tasks,
    training_pairs,
)
from optical_pt.studies.adversarial.findings import add_means, claims
from optical_pt.studies.adversarial.multilingual_pool import MultilingualPool
from optical_pt.studies.adversarial.plot import robustness_plot
from optical_pt.studies.adversarial.tasks import XQUAD
from optical_pt.studies.bitext import bitext_facts
from optical_pt.studies.noise import noises
from optical_pt.studies.result import StudyResult
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.studies.trial import Trial
from optical_pt.training.settings import TrainingSettings

PERTURBED, LANGUAGE, BOTH = f"{OT} + perturbed", f"{OT} + language", f"{OT} + both"


class Adversarial(Study):
    """OT distillation alone, and with two adversaries that a student is to withstand.

    *Perturbed* adds the transport cost after the word embeddings were moved in the direction that
    makes it worst. *Language* adds a discriminator that tells a student's foreign tokens from the
    teacher's English tokens, with its gradient reversed: a student has one language, so that there
    are two classes. Their rival is to mend the queries instead: OT's students, asked with the words
    that neither the pairs nor the documents have respelt (:class:`~optical_pt.Respeller`).

    Students search English sentences with questions (XQuAD-R: the sentence that holds the answer)
    and with sentences (Tatoeba: the translation), as they are and under noise. A noise is left out
    where it changes (almost) nothing that a student reads. Noise is the same for all methods and
    seeds. LAReQA's pool holds XQuAD-R's sentences in English and in all languages of the run, each
    encoded by the student of its language, with one answer in every language: does a ranking prefer
    languages? The probe's error is that of a classifier of English teacher's embeddings against the
    student's of their translations, on Tatoeba: 0.5 is language-neutral.
    """

    name = "adversarial"
    question = "Does adversarial training make students robust to noise without harm?"
    baseline = OT

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add the strengths of noise and of the adversaries."""
        add = parser.add_argument
        add("--noise-rate", type=float, default=0.1, metavar="SHARE",
            help="of letters with a spelling error (%(default)s)")  # fmt: skip
        add("--perturbation", type=float, default=0.05, metavar="SHARE",
            help="size of the worst step, of the word embeddings' norm (%(default)s)")  # fmt: skip
        add("--perturbed-weight", type=float, default=1.0, metavar="W",
            help="of that loss beside OT's 1 (%(default)s)")  # fmt: skip
        add("--language-weight", type=float, default=0.1, metavar="W",
            help="of the language discriminator's loss (%(default)s)")  # fmt: skip
        add("--max-queries", type=int, metavar="N",
            help="of each language and collection (quick: 200)")  # fmt: skip

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open collections and pairs, and spoil the queries."""
        if not 0 < options.noise_rate <= 1:
            raise InputError(f"--noise-rate {options.noise_rate}: give a share above 0, at most 1")
        languages = choose_languages(options.languages, options.full, options.data)
        recipes = _recipes(options)
        tested = {
            code: collections(code, options.data, verify=not options.unverified)
            for code in languages
        }
        limit = options.limit or (15_000 if options.full else 800)
        most = None if options.full else 200
        most = most if options.max_queries is None else options.max_queries
        pairs = {
            code: training_pairs(options.data, code, list(tested[code].values()), limit)
            for code in languages
        }
        teacher = LateInteraction(options.teacher, device=options.device).load()
        tasks = {
            code: noisy_tasks(
                tested[code],
                code,
                teacher,
                pairs[code],
                options.indexes,
                noises(options.noise_rate),
                max_queries=most,
                device=options.device,
            )
            for code in languages
        }
        respelt = {code: respelt_tasks(tasks[code], pairs[code], code) for code in languages}
        in_pool = [code for code in languages if XQUAD in tested[code]]
        pool = None
        if in_pool:
            pool = MultilingualPool.open(in_pool, options.data, verify=not options.unverified)
        students = StudentStore(teacher, folder / "students")
        bench = Bench(tasks, respelt, pairs, students, recipes, pool, folder / "pool")
        for code in languages:
            bench.check_probe(code)
        seeds = seed_range(options)
        # In this order, the trials that search one index of the pool follow each other.
        methods = [OT, RESPELT, *(name for name in recipes if name != OT)]
        return Plan(
            [Trial(name, code, n) for n in seeds for name in methods for code in languages],
            bench.measure,
            bench.identity,
            {code: group(code) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "pairs": {code: len(found) for code, found in pairs.items()},
                "recipes": {name: recipe.identity() for name, recipe in recipes.items()},
                "noise_rate": options.noise_rate,
                "queries": {
                    code: {name: len(task.task.topics[code]) for name, task in found.items()}
                    for code, found in tasks.items()
                },
                "queries_changed": {
                    code: {name: dict(task.changed) for name, task in found.items()}
                    for code, found in tasks.items()
                },
                "pool": pool and {code: len(rows) for code, rows in pool.sentences.items()},
                "bitext_sha256": bitext_facts(options.data, languages),
                "collections": {
                    collection.name: collection.fingerprint()
                    for found in tested.values()
                    for collection in found.values()
                },
            },
        )

    def derive(self, scores: pd.DataFrame, baseline: str | None) -> pd.DataFrame:
        """Add the means over noises."""
        return add_means(scores)

    def plot(self, result: StudyResult) -> bytes:
        """Each collection clean and by noise, and the probe by language."""
        return robustness_plot(result)

    def findings(self, result: StudyResult) -> list[str]:
        """Robustness, harm, the probe."""
        return claims(result)


def _recipes(options: argparse.Namespace) -> dict[str, Recipe]:
    epochs = options.epochs if options.epochs is not None else (2 if options.full else 1)
    perturbed = {"perturbed": options.perturbed_weight}
    language = {"language": options.language_weight}
    losses = {OT: {}, PERTURBED: perturbed, LANGUAGE: language, BOTH: perturbed | language}
    return {
        name: Recipe(
            name,
            TrainingSettings(
                loss={"ot": 1.0, **added},
                epochs=epochs,
                **({"perturbation": options.perturbation} if "perturbed" in added else {}),
            ),
        )
        for name, added in losses.items()
    }
