"""Which OT regularisation strategy transfers best to low-resource languages?"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from optical_pt.collections import LocalCollection, language_group
from optical_pt.collections.download import Files, hash_file
from optical_pt.collections.published import xnli
from optical_pt.models import LateInteraction
from optical_pt.option_lists import words
from optical_pt.ot import parse_strategy
from optical_pt.studies.bitext import bitext_facts
from optical_pt.studies.ot_regularization.bench import open_bench
from optical_pt.studies.ot_regularization.data import (
    LAST_RESORT,
    LOW,
    choose_languages,
    pair_source,
)
from optical_pt.studies.ot_regularization.findings import answers
from optical_pt.studies.ot_regularization.methods import BASELINE, START, make_recipes
from optical_pt.studies.pair_classification import FOLDS, STRENGTH
from optical_pt.studies.plots import bar_plot
from optical_pt.studies.published import published_folder
from optical_pt.studies.result import StudyResult
from optical_pt.studies.students import StudentStore
from optical_pt.studies.study import Plan, Study, seed_range


class OtRegularization(Study):
    """Students of the same pairs, distilled with transport that is regularised in different ways.

    Each is tested on three tasks, as far as they have its language:

    - retrieval of English passages with the questions of MLQA and, in the full study, AfriQA
      (MLQA has no low-resource language);
    - XNLI: pairs classified by models of the teacher's English embeddings, cross-fitted on the dev
      part, see :class:`~optical_pt.studies.pair_classification.PairClassification`;
    - bitext retrieval: a premise or hypothesis of XNLI's dev part finds its English original.

    A student learns from the language's bitext without its XNLI pairs, or, where the data have no
    other (ur, bg), from XNLI's test part. What is tested on is dropped from either. Each seed has
    its own sample of the pairs. The start is the student before its training; the ceiling is the
    teacher on human English.

    Strategies run with their default settings, which were not tuned against each other: this
    compares them as they come. ``--strategies`` compares others.
    """

    name = "ot_regularization"
    question = "Which OT regularisation strategy transfers best to low-resource languages?"
    baseline = BASELINE

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what is compared, and on what."""
        add = parser.add_argument
        add("--strategies", nargs="+", metavar="STRATEGY",
            help="such as entropic ipot:beta=1; always with entropic (default: all)")  # fmt: skip
        add("--sets", type=words,
            metavar="SET,…", help="query sets of the passages (quick: mlqa; full: "
            "mlqa,afriqa-dev; there is also xquad)")  # fmt: skip
        add("--max-queries", type=int, metavar="N",
            help="queries of a set, pairs to classify and sentences to find, a language (quick: "
            "150)")  # fmt: skip

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open tests and pairs."""
        default = 2 if options.full else 1
        epochs = default if options.epochs is None else options.epochs
        recipes = make_recipes(options.strategies, epochs)
        sets = options.sets or (["mlqa", "afriqa-dev"] if options.full else ["mlqa"])
        collection = LocalCollection(options.data / "passages")
        languages = choose_languages(options.languages, options.full, collection, sets)
        sources = {code: pair_source(options.data, code) for code in languages}
        limit = options.limit or (10_000 if options.full else 1_000)
        teacher = LateInteraction(options.teacher, device=options.device).load()
        bench = open_bench(
            options, collection, sets, languages, StudentStore(teacher, folder / "students"),
            recipes, limit,
        )  # fmt: skip
        seeds = seed_range(options)
        archive = Files(published_folder(options.data, "xnli"), verify=not options.unverified).path(
            xnli.ARCHIVE
        )
        bitext = [code for code in languages if sources[code] != LAST_RESORT]
        return Plan(
            bench.trials(languages, seeds),
            bench.measure,
            bench.identity,
            {code: language_group(code, LOW) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "tasks": {code: bench.task_names(code) for code in languages},
                "pair_sources": sources,
                "pairs": {code: min(limit, len(bench.pairs[code])) for code in languages},
                "pairs_to_sample_from": {code: len(bench.pairs[code]) for code in languages},
                "strategies": {
                    name: str(parse_strategy(recipe.settings.transport))
                    for name, recipe in recipes.items()
                    if name != START
                },
                "recipes": {name: recipe.identity() for name, recipe in recipes.items()},
                "classifier": f"logistic regression, C={STRENGTH}, {FOLDS} folds of premises",
                "data_sha256": {
                    **bitext_facts(options.data, bitext),
                    archive.name: hash_file(archive),
                    "passages": collection.documents_fingerprint(),
                    **{task.name: task.identity for task in bench.retrieval},
                },
            },
        )

    def plot(self, result: StudyResult) -> bytes:
        """Bars by language; the table has nDCG@10, too."""
        shown = result.summary[result.summary["measure"] != "nDCG@10"]
        return bar_plot(replace(result, summary=shown))

    def findings(self, result: StudyResult) -> list[str]:
        """Who leads, whether tests show it, and how far training and its ceiling are."""
        return answers(result)
