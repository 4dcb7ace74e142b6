"""Does OPTICAL beat translation, and other ways to distil, on the same sentence pairs?"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from optical_pt.collections.languages import language_group
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.option_lists import words
from optical_pt.studies.bitext import bitext_facts
from optical_pt.studies.distillation.bench import Bench
from optical_pt.studies.distillation.data import (
    BITEXT,
    add_task_options,
    asked_sets,
    open_tasks,
    respelt,
    training_pairs,
)
from optical_pt.studies.distillation.findings import claims
from optical_pt.studies.distillation.methods import (
    AS_SPELT,
    BEST_TRANSLATION,
    CEILING,
    DISTILLATIONS,
    OTHER_STARTS,
    OURS,
    PLOTTED,
    START,
    TRANSLATIONS,
    as_spelt,
    recipes,
)
from optical_pt.studies.findings import finding
from optical_pt.studies.plots import bar_plot
from optical_pt.studies.result import StudyResult
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import Plan, Study, seed_range
from optical_pt.table.systems import Row, choose_rows, system_name
from optical_pt.training.start_settings import StartSettings

QUICK = ("ha", "de")
FULL = ("ha", "ig", "yo", "zu", "hi", "tr", "el", "vi", "de", "es", "ru", "zh")


class Distillation(Study):
    """OPTICAL, rival distillations, and the main table's systems, all from the same pairs.

    The 10,387 Wikipedia passages of the data's ``passages`` are searched with native questions
    (AfriQA) or translated ones (XQuAD); in languages without queries (Swahili, Thai, …), sentences
    that are kept from training ask for their translations. Each language's methods learn from the
    same sample of its bitext. Each method is tested against the translation that is best in its
    language, which is chosen by these very scores: the rival gets the benefit.
    """

    name = "distillation"
    question = "Does OPTICAL beat translation, and other distillations, given the same bitext?"
    baseline = BEST_TRANSLATION

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Add what is compared."""
        add = parser.add_argument
        add("--methods", type=words,
            metavar="NAME,…",
            help="distillations to compare (all but those from another start)")  # fmt: skip
        add("--baseline", default=BEST_TRANSLATION, metavar="NAME",
            help="method that the others are tested against (%(default)s)")  # fmt: skip
        add("--systems", type=words,
            metavar="psq,fusion,…",
            help="of clir_table.py's, by key or family, to compare with (all)")  # fmt: skip
        add("--rival-seeds", type=int, metavar="N",
            help=f"of methods other than {' and '.join(OURS)} (default: as --seeds)")  # fmt: skip
        add("--once", type=words, default=[], metavar="NAME,…",
            help="methods that have the first seed alone")  # fmt: skip
        add("--vocabulary", type=int, default=StartSettings.vocabulary, metavar="N",
            help="words that students add for a language (%(default)s)")  # fmt: skip
        add("--nmt", metavar="MODEL",
            help="seq2seq model, a folder or hub name; to be fair, one trained on the same "
            "pairs (optical_pt.training.nmt)")  # fmt: skip
        add("--nmt-languages", type=words, metavar="ha,…",
            help="that it translates (default: all that have queries; it may have learnt the "
            "held-out pairs of others)")  # fmt: skip
        add("--respell", action="store_true",
            help="respell query words that neither the lexical table of the pairs nor a document "
            "has, for all methods alike; translations, OPTICAL and OPTICAL + MSE have rows "
            "without that, too")  # fmt: skip
        add_task_options(parser)

    def plan(self, options: argparse.Namespace, folder: Path) -> Plan:
        """Open queries, documents and pairs."""
        default = FULL if options.full else QUICK
        languages = list(dict.fromkeys(options.languages or default))
        teacher = LateInteraction(options.teacher, device=options.device).load()
        asked = asked_sets(options, languages)
        tasks = open_tasks(options, languages, teacher)
        chosen = choose_methods(options.methods, recipes(_epochs(options), options.vocabulary))
        rows = [row for row in choose_rows(options.systems) if row.key != "optical"]
        _check_nmt(options, languages, rows)
        limit = options.limit or (15_000 if options.full else 1_000)
        pairs = {code: training_pairs(options, code, tasks[code], limit) for code in languages}
        bench = Bench(
            respelt(tasks, pairs) if options.respell else tasks,
            pairs,
            StudentStore(teacher, folder / "students"),
            chosen,
            rows,
            options.nmt,
            _nmt_languages(options, asked),
            tasks if options.respell else {},
        )
        for name in options.once:
            if name not in chosen:
                raise InputError(f"--once {name}: choose from {', '.join(chosen)}")
        seeds = seed_range(options)
        _check_baseline(options.baseline, bench)
        rival_seeds = range(len(seeds) if options.rival_seeds is None else options.rival_seeds)
        if not rival_seeds:
            raise InputError(f"--rival-seeds {options.rival_seeds}: give 1 or more")
        return Plan(
            bench.trials(seeds, rival_seeds, options.once),
            bench.measure,
            bench.identity,
            {code: language_group(code) for code in languages},
            {
                "teacher": f"{teacher.name} {teacher.fingerprint}",
                "pairs": {code: len(pairs) for code, pairs in bench.pairs.items()},
                "query_sets": asked,
                "queries": {code: len(tasks[code].topics[code]) for code in languages},
                "respelt": bench.count_respelt(),
                "recipes": {name: recipe.identity() for name, recipe in chosen.items()},
                "nmt": bench.nmt_identity,
                "data_sha256": bitext_facts(options.data, languages),
            },
            baseline=options.baseline,
        )

    def derive(self, scores: pd.DataFrame, baseline: str | None) -> pd.DataFrame:
        """Add the best translation of each language, by the first measure, as the baseline."""
        if baseline != BEST_TRANSLATION:
            return scores
        names = [system_name(key) for key in TRANSLATIONS]
        names += [as_spelt(name) for name in names]
        translated = scores[scores["method"].isin(names)]
        first = scores["measure"].iloc[0]
        means = translated[translated["measure"] == first].groupby(["language", "method"])["value"]
        best = means.mean().groupby("language").idxmax()
        added = [
            translated[(translated["language"] == code) & (translated["method"] == method)]
            for code, method in best
        ]
        return pd.concat(
            [scores, *(rows.assign(method=BEST_TRANSLATION) for rows in added)], ignore_index=True
        )

    def plot(self, result: StudyResult) -> bytes:
        """Bars by language, of distillations and the strongest system of each kind."""
        systems = [system_name(key) for key in PLOTTED]
        return bar_plot(result, [*systems, START, *DISTILLATIONS])

    def findings(self, result: StudyResult) -> list[str]:
        """The three claims of the paper, with numbers; against another baseline, who is best."""
        tasks = dict.fromkeys(task for task, _ in result.measured)
        if result.baseline != BEST_TRANSLATION:
            compared = {result.baseline, START, *DISTILLATIONS, *AS_SPELT}
            return [finding(result, task, "MAP", methods=compared) for task in tasks]
        rivals = {"ours": OURS, "rival": BEST_TRANSLATION, "ceiling": CEILING}
        return [sentence for task in tasks for sentence in claims(result, task, "MAP", **rivals)]


def choose_methods(given: list[str] | None, known: dict[str, Recipe]) -> dict[str, Recipe]:
    """The recipes of the methods that are asked for.

    Raises:
        InputError: on an unknown one.
    """
    for name in given or ():
        if name not in known:
            raise InputError(f"--methods {name}: choose from {', '.join(known)}")
    names = given or set(known).difference(OTHER_STARTS)
    return {name: recipe for name, recipe in known.items() if name in names}


def _check_nmt(options: argparse.Namespace, languages: Sequence[str], rows: Sequence[Row]) -> None:
    """Refuse options that would silently leave out translations that were asked for."""
    if not options.nmt:
        if options.nmt_languages:
            raise InputError("--nmt-languages: no --nmt; give the model, or leave them out")
        if options.systems and (keys := [row.key for row in rows if "translator" in row.needs]):
            raise InputError(f"--systems {', '.join(keys)}: no --nmt to translate; give a model")
    for code in options.nmt_languages or ():
        if code not in languages:
            raise InputError(
                f"--nmt-languages {code}: not compared; choose from {', '.join(languages)}"
            )


def _nmt_languages(options: argparse.Namespace, asked: Mapping[str, str]) -> tuple[str, ...]:
    """The languages that are translated."""
    if not options.nmt:
        return ()
    with_queries = [code for code, name in asked.items() if name != BITEXT]
    return tuple(options.nmt_languages or with_queries)


def _check_baseline(name: str, bench: Bench) -> None:
    """Refuse an unknown one now, rather than after hours of training."""
    known = list(dict.fromkeys(trial.method for trial in bench.trials(range(1), range(1))))
    if any(system_name(key) in known for key in TRANSLATIONS):
        known.append(BEST_TRANSLATION)
    if name not in known:
        raise InputError(f"--baseline {name}: choose from {', '.join(known)}")


def _epochs(options: argparse.Namespace) -> float:
    return options.epochs if options.epochs is not None else (2 if options.full else 0.5)
