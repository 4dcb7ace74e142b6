"""How do queries fare whose words are partly English, and who closes the low-resource gap?"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from optical_pt.collections.languages import language_group
from optical_pt.errors import InputError
from optical_pt.files import hash_path
from optical_pt.models import LateInteraction
from optical_pt.option_lists import numbers
from optical_pt.studies.bitext import bitext_facts, untested_pairs
from optical_pt.studies.code_switching.bench import Bench
from optical_pt.studies.code_switching.findings import answers
from optical_pt.studies.code_switching.gaps import gap_table
from optical_pt.studies.code_switching.lexicons import open_lexicons
from optical_pt.studies.code_switching.methods import FULL_SHARES, OT, QUICK_SHARES, recipes
from optical_pt.studies.distillation.data import add_task_options, open_tasks
from optical_pt.studies.passages import (
    asked_languages,
    open_passages,
    query_sets,
)
from optical_pt.studies.plots import line_plot
from optical_pt.studies.result import StudyResult
from optical_pt.studies.retrieval import RetrievalTask
from optical_pt.studies.students import StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.training.bitext_sources import held_out_texts

QUICK = ["ha", "es"]
FULL = ["ha", "ig", "rw", "tw", "yo", "zu", "de", "es", "hi", "ru", "tr", "zh"]
PLOTTED = "MAP"


class CodeSwitching(Study):
    """Queries with none to all of their words switched, asked of students, translation and teacher.

    AfriQA's native questions (low-resource languages) and XQuAD's translated ones search the
    English passages of the data's ``passages``. Foreign queries are switched to English, and their
    human English versions to the foreign language, word by word: by a lexicon (GATITOS where it has
    the language, else IBM model 1 of the bitext), and by optimal transport between the query and
    its human version, with the OT student of the same seed. All methods get the same queries.

    Students differ in the loss alone. Translation is probabilistic structured queries from the same
    pairs; the teacher reads the query untranslated, and the human English version as the ceiling.
    """

    name = "code_switching"
    question = "Does OT distillation cope with code-switched queries, and close the resource gap?"
    baseline = OT

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what is asked, of what, and the lexicons."""
        add = parser.add_argument
        add_task_options(parser, max_queries="the first of each language (quick: 40, full: 300)")
        add("--shares", type=numbers, metavar="0,0.5,…",
            help="of the words to switch (quick: 0,0.5,1, full: quarters)")  # fmt: skip
        add("--lexicons", type=Path, metavar="PATH",
            help="folder or zip file of GATITOS (DATA/dict/dict.zip, if it is there)")  # fmt: skip

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open queries, documents, pairs and lexicons."""
        default = FULL if options.full else QUICK
        languages = list(dict.fromkeys(options.languages or default))
        passages = open_passages(options.data)
        sets = query_sets(passages, languages, options.sets)
        _require_queries(languages, sets, asked_languages(passages, options.sets))
        _choose_queries(options)
        shares = _shares(options)
        lexicon_file = _lexicon_file(options)
        pairs = _pairs(options, languages)
        lexicons = {code: open_lexicons(lexicon_file, code, found) for code, found in pairs.items()}
        chosen = recipes(_epochs(options))
        teacher = LateInteraction(options.teacher, device=options.device).load()
        tasks = open_tasks(options, languages, teacher)
        _require_english(tasks)
        # Language by language, in the order given.
        tasks = {code: tasks[code] for code in languages}
        students = StudentStore(teacher, folder / "students")
        bench = Bench(tasks, pairs, lexicons, students, chosen, shares)
        return Plan(
            bench.trials(seed_range(options)),
            bench.measure,
            bench.identity,
            {code: language_group(code) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "pairs": {code: len(found) for code, found in pairs.items()},
                "query_sets": {code: sets[code] for code in languages},
                "queries": {code: len(tasks[code].topics[code]) for code in languages},
                "recipes": {name: recipe.identity() for name, recipe in chosen.items()},
                "lexicons": {
                    code: found.facts(tasks[code].topics[code], tasks[code].english[code])
                    for code, found in lexicons.items()
                },
                "data_sha256": _data_facts(options, sets, lexicon_file),
            },
        )

    def plot(self, result: StudyResult) -> bytes:
        """MAP along the share of words, by groups if each has several languages."""
        shown = result.summary[result.summary["measure"] == PLOTTED]
        members = list(result.groups.values())
        means = min(members.count("low"), members.count("other")) > 1
        return line_plot(replace(result, summary=shown), "share of words switched", means=means)

    def findings(self, result: StudyResult) -> list[str]:
        """The ends of each task, and the gaps there."""
        return answers(result, PLOTTED)

    def tables(self, result: StudyResult) -> dict[str, pd.DataFrame]:
        """All gaps."""
        return {"gaps": gap_table(result, PLOTTED)}


def _choose_queries(options: argparse.Namespace) -> None:
    if options.max_queries is None:
        options.max_queries = 300 if options.full else 40


def _require_queries(languages: list[str], sets: Mapping[str, str], known: Sequence[str]) -> None:
    for code in languages:
        if code not in sets:
            raise InputError(
                f"--languages {code}: the passages have no queries; choose from "
                f"{', '.join(known) or 'none (there are no passages)'}"
            )


def _shares(options: argparse.Namespace) -> list[float]:
    shares = sorted(set(options.shares or (FULL_SHARES if options.full else QUICK_SHARES)))
    for share in shares:
        if not 0 <= share <= 1:
            raise InputError(f"--shares {share:g}: give shares of the words, from 0 to 1")
    return shares


def _lexicon_file(options: argparse.Namespace) -> Path | None:
    usual = options.data / "dict" / "dict.zip"
    return options.lexicons or (usual if usual.is_file() else None)


def _pairs(options: argparse.Namespace, languages: list[str]) -> dict[str, list]:
    """Sentence pairs without the pool's questions."""
    tested = held_out_texts([open_passages(options.data)])
    limit = options.limit or (50_000 if options.full else 1_000)
    return {code: untested_pairs(options.data, code, tested, limit=limit) for code in languages}


def _require_english(tasks: Mapping[str, RetrievalTask]) -> None:
    for code, task in tasks.items():
        if task.english[code] is None:
            raise InputError(
                f"{task.resources.collection.name}: the {code} queries have no human English "
                "versions; add them, or choose other --languages"
            )


def _data_facts(
    options: argparse.Namespace, sets: Mapping[str, str], lexicon_file: Path | None
) -> dict[str, str]:
    facts = bitext_facts(options.data, sets)
    facts["passages"] = open_passages(options.data).fingerprint(None, sorted(set(sets.values())))
    return facts | ({lexicon_file.name: hash_path(lexicon_file)} if lexicon_file else {})


def _epochs(options: argparse.Namespace) -> float:
    return options.epochs if options.epochs is not None else (3 if options.full else 1)
