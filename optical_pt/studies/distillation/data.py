"""The queries, documents and sentence pairs of each language."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from optical_pt.collections import SentencePairs
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.option_lists import words
from optical_pt.studies.bitext import bitext_file, read_pairs, untested_pairs
from optical_pt.studies.passages import (
    add_sets_option,
    by_query_set,
    judged_pool,
    open_passages,
    query_sets,
)
from optical_pt.studies.retrieval import MEASURES, RetrievalTask, open_task
from optical_pt.training.bitext import SentencePair
from optical_pt.training.bitext_sources import drop_overlap
from optical_pt.training.hold_out import hold_out
from optical_pt.training.sampling import sample_in_order
from optical_pt.translation import LexicalTable

POOL, BITEXT = "pool", "held-out bitext"
HELD_OUT_PAIRS, QUICK_HELD_OUT_PAIRS = 1_000, 100


def add_task_options(
    parser: argparse.ArgumentParser, *, max_queries: str = "of each language (quick: 100)"
) -> None:
    """Add the options that :func:`open_tasks` reads, beside those of every study."""
    add = parser.add_argument
    add_sets_option(parser)
    add("--measures", type=words, default=[], metavar="RR,R@100,…",
        help=f"ir-measures names, besides {' and '.join(MEASURES)}")  # fmt: skip
    add("--max-queries", type=int, metavar="N", help=max_queries)
    add("--judged-only", action="store_true", help="a small pool (quick: always)")


def asked_sets(options: argparse.Namespace, languages: Sequence[str]) -> dict[str, str]:
    """What each language is tested with: a query set of the passages, or held-out bitext."""
    found = query_sets(open_passages(options.data), languages, options.sets)
    return {code: found.get(code, BITEXT) for code in languages}


def open_tasks(
    options: argparse.Namespace, languages: Sequence[str], teacher: LateInteraction
) -> dict[str, RetrievalTask]:
    """The task of each language.

    Languages with queries share an index of the whole pool (or one a query set, of the documents
    that it judges). In others the test is bitext: pairs that are kept from training, asking for
    their English sentences among all English sentences kept.
    """
    passages = open_passages(options.data)
    sets = query_sets(passages, languages, options.sets)
    measures = list(dict.fromkeys([*MEASURES, *options.measures]))
    small = options.judged_only or not options.full
    max_queries = options.max_queries or (None if options.full else 100)
    tasks = {}
    for query_set, members in by_query_set(sets).items():
        task = open_task(
            POOL,
            passages,
            members,
            teacher,
            options.indexes / (judged_pool(query_set, members) if small else POOL),
            query_sets=[query_set],
            judged_only=small,
            max_queries=max_queries,
            measures=measures,
            device=options.device,
        )
        tasks |= dict.fromkeys(members, task)
    for language in languages:
        if language not in sets:
            _, held = _split(options, language)
            tasks[language] = open_task(
                BITEXT,
                SentencePairs(held, f"held-out {language}"),
                [language],
                teacher,
                options.indexes / f"held-out-{language}-{len(held)}",
                max_queries=max_queries,
                measures=measures,
                device=options.device,
            )
    return tasks


def respelt(
    tasks: Mapping[str, RetrievalTask], pairs: Mapping[str, list[SentencePair]]
) -> dict[str, RetrievalTask]:
    """The same tasks with each language's queries respelt by its pairs and the documents."""
    made = {}
    for language, task in tasks.items():
        table = LexicalTable.learn(pairs[language], language=language)
        asked = task.resources.respeller(table)(task.topics[language])
        made[language] = task.asking({language: asked[["qid", "query"]]})
    return made


def training_pairs(
    options: argparse.Namespace, language: str, task: RetrievalTask, limit: int | None
) -> list[SentencePair]:
    """A sample of the pairs that a language's methods learn from; none is a query of its task."""
    asked = [task.topics[language], task.english[language]]
    tested = {query for topics in asked if topics is not None for query in topics["query"]}
    if task.name != BITEXT:
        return untested_pairs(options.data, language, tested, limit=limit)
    kept, _ = _split(options, language)
    return sample_in_order(drop_overlap(kept, tested), limit)


def _split(
    options: argparse.Namespace, language: str
) -> tuple[list[SentencePair], list[SentencePair]]:
    pairs = read_pairs(options.data, language)
    count = HELD_OUT_PAIRS if options.full else QUICK_HELD_OUT_PAIRS
    if len(pairs) < 10:
        raise InputError(
            f"{bitext_file(options.data, language)}: {len(pairs)} pairs are too few to test on a "
            "tenth of them; add pairs, or queries"
        )
    kept, held = hold_out(pairs, min(count, len(pairs) // 10), seed=0)
    return kept, held[language]
