"""How does the strength of the entropic regularisation change retrieval, language by language?"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from optical_pt.collections.languages import language_group
from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.models import LateInteraction
from optical_pt.option_lists import joined, positive_numbers
from optical_pt.studies.bitext import bitext_facts, untested_pairs
from optical_pt.studies.passages import (
    add_sets_option,
    asked_languages,
    open_passages,
    query_sets,
)
from optical_pt.studies.plots import line_plot
from optical_pt.studies.regularization_strength import plans
from optical_pt.studies.regularization_strength.findings import MEASURE, answers
from optical_pt.studies.regularization_strength.languages import choose_languages
from optical_pt.studies.regularization_strength.plans import measure_plans
from optical_pt.studies.regularization_strength.tasks import QUICK_QUERIES, TASKS, Task, open_tasks
from optical_pt.studies.result import StudyResult
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.studies.trial import Trial
from optical_pt.training.bitext import SentencePair
from optical_pt.training.hold_out import hold_out
from optical_pt.training.settings import TrainingSettings

OT, START = "OT", "start only"
DEFAULT_EPS = 0.05  # of optical_pt.ot.Entropic
FULL_EPS = (0.001, 0.003, 0.01, 0.03, DEFAULT_EPS, 0.1, 0.3, 1.0, 10.0)
QUICK_EPS = (0.005, DEFAULT_EPS, 0.3, 5.0)


class RegularizationStrength(Study):
    """OT distillation by eps, the weight of the plan's entropy, over four decades.

    MIRACL's languages, and others where it lacks low-resource ones, in two settings: questions in X
    on the English passages of the data's ``passages``, and questions in X on passages in X, which
    the student encodes both, on TyDi QA and, by option, on MIRACL itself. The plans themselves are
    measured on pairs that were not trained on: from alignments (small eps) to independence, where
    every token is pulled to the mean of the sentence. eps is in units of the cost, 1 less cosine.

    With the library's 50 iterations, plans of eps 0.01 and less are not those of that eps: the
    study allows more, which costs nothing where fewer suffice.
    """

    name = "regularization_strength"
    question = "How does retrieval depend on the strength of OT's entropic regularisation?"
    baseline_level = DEFAULT_EPS

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add eps, the size of tasks, and MIRACL."""
        add = parser.add_argument
        add("--eps", type=positive_numbers, metavar="EPS,…",
            help=f"with {DEFAULT_EPS:g}, which the others are tested against "
            f"(quick: {joined(QUICK_EPS)}; full: {joined(FULL_EPS)})")  # fmt: skip
        add("--iterations", type=int, default=1000, metavar="N",
            help="of Sinkhorn's algorithm, at most (%(default)s)")  # fmt: skip
        add_sets_option(parser)
        add("--max-queries", type=int, metavar="N",
            help=f"of each language (quick: {QUICK_QUERIES}, full: all)")  # fmt: skip
        add("--held-out", type=int, metavar="PAIRS",
            help="whose plans are measured (quick: 50, full: 200)")  # fmt: skip
        add("--miracl", nargs="?", const="judged", choices=("judged", "whole"),
            help="also MIRACL's dev sets, downloaded by ir_datasets: on the judged passages, or on "
            "the whole of each Wikipedia, which every student has to encode")  # fmt: skip

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open queries, documents and pairs."""
        languages = choose_languages(
            options.languages,
            asked_languages(open_passages(options.data), options.sets),
            full=options.full,
            with_miracl=options.miracl is not None,
        )
        recipes = make_recipes(options)
        data = bitext_facts(options.data, languages)
        teacher = LateInteraction(options.teacher, device=options.device).load()
        tasks = open_tasks(options, languages, teacher, folder / "scratch")
        pairs, held_out = _split_pairs(options, tasks)
        bench = Bench(
            tasks,
            pairs,
            held_out,
            StudentStore(teacher, folder / "students"),
            recipes,
        )
        return Plan(
            bench.trials(seed_range(options)),
            bench.measure,
            bench.identity,
            {code: language_group(code) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "eps": [level for level in recipes if level is not None],
                "recipe": recipes[DEFAULT_EPS].identity(),
                "pairs": {code: len(found) for code, found in pairs.items()},
                "held_out": {code: len(found) for code, found in held_out.items()},
                "query_sets": query_sets(open_passages(options.data), languages, options.sets),
                "queries": bench.count_queries(),
                "miracl": options.miracl,
                "tasks_sha256": bench.task_identities(),
                "data_sha256": data,
            },
        )

    def derive(self, scores: pd.DataFrame, baseline: str | None) -> pd.DataFrame:
        """Put tasks in order, whichever language came first."""
        order = {name: place for place, name in enumerate([*TASKS, plans.TASK])}
        return scores.sort_values("task", key=lambda names: names.map(order), kind="stable")

    def plot(self, result: StudyResult) -> bytes:
        """nDCG@10 of each task and the plans' entropy by eps, a panel a language."""
        shown = result.summary[result.summary["measure"].isin([MEASURE, plans.ENTROPY])]
        return line_plot(replace(result, summary=shown), "eps", log=True, share_y=False)

    def findings(self, result: StudyResult) -> list[str]:
        """Which eps are worse than the library's, and what they do to plans."""
        return answers(result, OT, START)


@dataclass(frozen=True, eq=False)
class Bench:
    """All that trials share.

    Attributes:
        tasks: Of each language.
        pairs: Of each language, to learn from.
        held_out: Of each language, whose plans are measured.
        students: Are made here.
        recipes: By eps, and for None the start.
    """

    tasks: Mapping[str, list[Task]]
    pairs: Mapping[str, list[SentencePair]]
    held_out: Mapping[str, list[SentencePair]]
    students: StudentStore
    recipes: Mapping[float | None, Recipe]

    def trials(self, seeds: Sequence[int]) -> list[Trial]:
        """Language by language; the start once, as a seed decides nothing in it."""
        trials = []
        for language in self.pairs:
            trials.append(Trial(START, language, seeds[0]))
            levels = [level for level in self.recipes if level is not None]
            trials += [Trial(OT, language, seed, level) for seed in seeds for level in levels]
        return trials

    def measure(self, trial: Trial) -> pd.DataFrame:
        """Retrieval on each task of the language and, of trained students, the plans."""
        recipe, pairs = self.recipes[trial.level], self.pairs[trial.language]
        student = self.students.get(recipe, pairs, trial.language, trial.seed)
        scores = [
            task.score_student(student, trial.language) for task in self.tasks[trial.language]
        ]
        if trial.level is not None:
            scores.append(
                measure_plans(
                    student,
                    self.students.teacher,
                    self.held_out[trial.language],
                    recipe.settings.transport,
                )
            )
        return pd.concat(scores, ignore_index=True)

    def identity(self, trial: Trial) -> str:
        """What decides the scores of a trial."""
        recipe, pairs = self.recipes[trial.level], self.pairs[trial.language]
        held_out = "\n".join(f"{p.english}\t{p.foreign}" for p in self.held_out[trial.language])
        return " ".join(
            [
                self.students.identity(recipe, pairs, trial.seed),
                hash_bytes(held_out.encode()),
                *(f"{task.name} {task.identity}" for task in self.tasks[trial.language]),
            ]
        )

    def count_queries(self) -> dict[str, dict[str, int]]:
        """By language and task."""
        return {
            code: {task.name: len(task.topics[code]) for task in found}
            for code, found in self.tasks.items()
        }

    def task_identities(self) -> dict[str, dict[str, str]]:
        """By language and task."""
        return {
            code: {task.name: task.identity for task in found} for code, found in self.tasks.items()
        }


def make_recipes(options: argparse.Namespace) -> dict[float | None, Recipe]:
    """Recipes by eps that differ in it alone, and the untrained start.

    Raises:
        InputError: if eps or the iterations cannot be used, or the default eps is not among them.
    """
    chosen = sorted(set(options.eps or (FULL_EPS if options.full else QUICK_EPS)))
    if DEFAULT_EPS not in chosen:
        raise InputError(
            f"--eps {joined(chosen)}: the others are tested against {DEFAULT_EPS:g}; add it"
        )
    epochs = options.epochs if options.epochs is not None else (3 if options.full else 1)
    recipes: dict[float | None, Recipe] = {None: Recipe(START, TrainingSettings(epochs=0))}
    for eps in chosen:
        transport = f"entropic:reg={eps},iterations={options.iterations}"
        recipes[eps] = Recipe(f"{OT} {eps:g}", TrainingSettings(transport=transport, epochs=epochs))
    return recipes


def _split_pairs(
    options: argparse.Namespace, tasks: Mapping[str, Sequence[Task]]
) -> tuple[dict[str, list[SentencePair]], dict[str, list[SentencePair]]]:
    """Pairs to learn from and pairs held out, by language; the same for all seeds."""
    count = options.held_out if options.held_out is not None else (200 if options.full else 50)
    if count < 1:
        raise InputError(f"--held-out {count}: give 1 or more")
    limit = options.limit or (25_000 if options.full else 1_000)
    pairs, held_out = {}, {}
    for code, of_language in tasks.items():
        tested = {query for task in of_language for query in task.topics[code]["query"]}
        sampled = untested_pairs(options.data, code, tested, limit=limit + count)
        kept, held = hold_out(sampled, count, seed=0)
        # A sentence that is held out may have come more than once.
        pairs[code], held_out[code] = kept[:limit], held[code]
    return pairs, held_out
