"""Does adversarial training make a student robust, and its embeddings language-neutral?"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.studies.adversarial.data import (
    choose_languages,
    collections,
    group,
    noisy_tasks,
    respelt_tasks,
    training_pairs,
)
from optical_pt.studies.adversarial.findings import add_means, claims
from optical_pt.studies.adversarial.plot import robustness_plot
from optical_pt.studies.adversarial.probe import FOLDS, pool, probe_errors
from optical_pt.studies.adversarial.tasks import PROBE, PROBED, TATOEBA, NoisyTask
from optical_pt.studies.bitext import bitext_facts
from optical_pt.studies.noise import noises
from optical_pt.studies.result import StudyResult
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.studies.trial import Trial, score_frame
from optical_pt.training.bitext import SentencePair
from optical_pt.training.settings import TrainingSettings

OT, PERTURBED, LANGUAGE, BOTH = "OT", "OT + perturbed", "OT + language", "OT + both"
#: OT's students, asked with respelt queries: a rival of robustness that needs no training.
RESPELT = f"{OT}, respelt"


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
    seeds. The probe's error is that of a classifier of English teacher's embeddings against the
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
        bench = Bench(tasks, respelt, pairs, StudentStore(teacher, folder / "students"), recipes)
        for code in languages:
            bench.check_probe(code)
        seeds = seed_range(options)
        methods = [*recipes, RESPELT]
        return Plan(
            [Trial(name, code, n) for code in languages for n in seeds for name in methods],
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


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share.

    Attributes:
        tasks: By language and name.
        respelt: The same with respelt queries.
        pairs: By language.
        students: Are made here.
        recipes: By method.
    """

    tasks: Mapping[str, Mapping[str, NoisyTask]]
    respelt: Mapping[str, Mapping[str, NoisyTask]]
    pairs: Mapping[str, list[SentencePair]]
    students: StudentStore
    recipes: Mapping[str, Recipe]
    _english: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def measure(self, trial: Trial) -> pd.DataFrame:
        """The scores of a trial; another wording of the queries says nothing to the probe."""
        recipe, code = self._recipe(trial), trial.language
        student = self.students.get(recipe, self.pairs[code], code, trial.seed)
        frames = [task.score(student) for task in self._tasks(trial).values()]
        if trial.method != RESPELT:
            frames.append(self._probe(student, code))
        return pd.concat(frames, ignore_index=True)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        pairs = self.pairs[trial.language]
        student = self.students.identity(self._recipe(trial), pairs, trial.seed)
        return " ".join([student, *(task.identity for task in self._tasks(trial).values())])

    def _recipe(self, trial: Trial) -> Recipe:
        return self.recipes[OT if trial.method == RESPELT else trial.method]

    def _tasks(self, trial: Trial) -> Mapping[str, NoisyTask]:
        tasks = self.respelt if trial.method == RESPELT else self.tasks
        return tasks[trial.language]

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
            self._english[language] = pool(
                self.students.teacher.encode_queries(list(rows["english"]))
            )
        foreign = pool(student.encode_queries(list(rows["query"])))
        errors = probe_errors(self._english[language], foreign)
        qids = [f"{language}-{qid}" for qid in rows["qid"]]
        return score_frame(PROBE, PROBED, dict(zip(qids, errors, strict=True)))


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
