"""What the students of a language are measured on."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from optical_pt.collections import Collection, open_collection
from optical_pt.models import LateInteraction
from optical_pt.studies.passages import by_query_set, judged_pool, open_passages, query_sets
from optical_pt.studies.published import published_folder
from optical_pt.studies.regularization_strength.languages import MIRACL, TYDIQA
from optical_pt.studies.regularization_strength.monolingual import MonolingualTask
from optical_pt.studies.retrieval import RetrievalTask, open_task

PASSAGES_TASK, TYDIQA_TASK, MIRACL_TASK = "English passages", "TyDi QA", "MIRACL"
TASKS = (PASSAGES_TASK, TYDIQA_TASK, MIRACL_TASK)
MEASURES = ("nDCG@10", "AP")
QUICK_QUERIES = 60

Task = RetrievalTask | MonolingualTask


def open_tasks(
    options: argparse.Namespace, languages: Sequence[str], teacher: LateInteraction, scratch: Path
) -> dict[str, list[Task]]:
    """The tasks of each language; MIRACL is opened, and downloaded, only if it is asked for.

    Args:
        options: ``data``, ``indexes``, ``full``, ``max_queries``, ``miracl``, ``sets``,
            ``unverified``.
        languages: All have a task.
        teacher: Of the students.
        scratch: For indexes of students.

    Raises:
        InputError: if data are missing or broken.
    """
    tasks: dict[str, list[Task]] = {code: [] for code in languages}
    passages = open_passages(options.data)
    sets = query_sets(passages, languages, options.sets)
    for query_set, members in by_query_set(sets).items():
        task = _open_passages(options, passages, query_set, members, teacher)
        for code in members:
            tasks[code].append(task)
    for code in languages:
        if code in TYDIQA:
            collection = open_collection(
                f"optical:tydiqa/{code}-{code}/dev",
                folder=published_folder(options.data, "tydiqa"),
                verify=not options.unverified,
            )
            tasks[code].append(
                _open_monolingual(options, TYDIQA_TASK, collection, code, teacher, scratch)
            )
        if options.miracl and code in MIRACL:
            collection = open_collection(f"optical:miracl/{code}-{code}/dev")
            tasks[code].append(
                _open_monolingual(options, MIRACL_TASK, collection, code, teacher, scratch)
            )
    return tasks


def _max_queries(options: argparse.Namespace) -> int | None:
    if options.max_queries is not None or options.full:
        return options.max_queries
    return QUICK_QUERIES


def _open_passages(
    options: argparse.Namespace,
    passages: Collection,
    query_set: str,
    languages: list[str],
    teacher: LateInteraction,
) -> RetrievalTask:
    """All passages, or in a quick run those that the languages' queries judge."""
    return open_task(
        PASSAGES_TASK,
        passages,
        languages,
        teacher,
        options.indexes / ("pool" if options.full else judged_pool(query_set, languages)),
        query_sets=[query_set],
        measures=MEASURES,
        judged_only=not options.full,
        max_queries=_max_queries(options),
        device=options.device,
    )


def _open_monolingual(
    options: argparse.Namespace,
    name: str,
    collection: Collection,
    language: str,
    teacher: LateInteraction,
    scratch: Path,
) -> MonolingualTask:
    """All documents of TyDi QA; MIRACL's judged ones unless all are wanted; fewer if quick."""
    whole = options.miracl == "whole" and name == MIRACL_TASK
    task = open_task(
        name,
        collection,
        [language],
        teacher,
        options.indexes / f"{name} {language}",
        measures=MEASURES,
        judged_only=name == MIRACL_TASK and not whole,
        asked_only=not options.full,
        max_queries=_max_queries(options),
        device=options.device,
    )
    return MonolingualTask(task, scratch, in_memory=not (whole and options.full))
