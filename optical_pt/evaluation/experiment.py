"""Run systems in languages and measure them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from ir_measures.measures import Measure

from optical_pt.errors import InputError
from optical_pt.evaluation.cells import Cell, CellStore, cell_key
from optical_pt.evaluation.checks import LanguageTask, check_input, check_results
from optical_pt.evaluation.measures import lower_is_better, measure_run, parse_measures
from optical_pt.evaluation.result import ClirResult
from optical_pt.evaluation.runs import sort_run
from optical_pt.evaluation.significance import CORRECTIONS, TESTS, Correction, Test
from optical_pt.evaluation.summary import summarize
from optical_pt.evaluation.system import Group, System


@dataclass(frozen=True)
class CellDone:
    """What the progress callback is told after each cell.

    Attributes:
        language: Of the cell.
        system: Of the cell.
        number: Of the cell, from 1 to ``total``.
        total: How many cells there are.
        seconds: What the retrieval took, now or when a reused cell was run.
        reused: Whether the cell was finished before and has not run again.
    """

    language: str
    system: str
    number: int
    total: int
    seconds: float
    reused: bool


def clir_experiment(
    systems: Mapping[str, Sequence[System]],
    topics: Mapping[str, pd.DataFrame],
    qrels: Mapping[str, pd.DataFrame],
    measures: Sequence[str | Measure],
    *,
    groups: Mapping[str, Group],
    baseline: str | None = None,
    test: Test = "t",
    correction: Correction = "holm",
    alpha: float = 0.05,
    seed: int = 0,
    runs_dir: str | Path | None = None,
    cells_dir: str | Path | None = None,
    resume: bool = False,
    progress: Callable[[CellDone], None] | None = None,
) -> ClirResult:
    """Evaluate systems by languages, with significance over the table as a whole.

    :func:`pyterrier.Experiment` does the measuring. All systems of a language are measured on
    the same queries, those of the language's topics that have judgments; a query for which a
    system finds nothing has the worst value. Each system is tested against the baseline by a
    paired test in each language, and the p-values of one measure are corrected together, over all
    systems and languages; ceilings are not tested.

    Args:
        systems: The systems of each language; a language may lack some.
        topics: Columns ``qid, query`` and any others, for each language.
        qrels: Columns ``qid, docno, label``, for each language.
        measures: Names such as ``"AP"`` and ``"nDCG@10"``, or measures of ir-measures.
        groups: Whether each language counts as low-resource.
        baseline: The name of a system; in a language that lacks it nothing is tested.
        test: ``"t"``, ``"wilcoxon"`` or ``"randomization"``.
        correction: ``"holm"``, ``"bonferroni"``, ``"bh"`` or ``"none"``.
        alpha: The level of significance.
        seed: Of the randomization test, and of intervals.
        runs_dir: Where to write ``<language>/<system>.run.gz``, TREC runs.
        cells_dir: Where to keep finished cells, for ``resume``.
        resume: Reuse finished cells whose topics, qrels, measures and ``System.identity`` are
            unchanged. Systems without an identity run again.
        progress: Called after each cell.

    Raises:
        InputError: on anything unusable in the above, before the first system runs; on a system
            whose results are no ranking; and on a measure that is not defined for its results.

    >>> import pyterrier as pt
    >>> topics = pd.DataFrame({"qid": ["1", "2"], "query": ["ruwa", "wuta"]})
    >>> qrels = pd.DataFrame({"qid": ["1", "2"], "docno": ["water", "fire"], "label": [1, 1]})
    >>> found = pd.DataFrame(
    ...     {"qid": ["1", "2", "2"], "docno": ["water", "ice", "fire"], "score": [1.0, 2.0, 1.0]}
    ... )
    >>> bm25 = System("BM25", "bm25", pt.Transformer.from_df(found))
    >>> result = clir_experiment(
    ...     {"ha": [bm25]}, {"ha": topics}, {"ha": qrels}, ["AP"], groups={"ha": "low"}
    ... )
    >>> result.summary[["system", "language", "measure", "value", "n_queries"]].values.tolist()
    [['BM25', 'ha', 'MAP', 0.75, 2]]
    """
    parsed = parse_measures(measures)
    families, tasks = check_input(systems, topics, qrels, groups)
    _check_options(list(families), baseline, test, correction, alpha, cells_dir, resume)
    store = CellStore(_path(cells_dir), _path(runs_dir))
    total = sum(len(task.systems) for task in tasks)
    frames: list[pd.DataFrame] = []
    for task in tasks:
        for system in task.systems:
            cell, reused = _cell(task, system, parsed, store, resume)
            frames.append(_long(cell.scores, system.name, task.language))
            if progress is not None:
                progress(
                    CellDone(task.language, system.name, len(frames), total, cell.seconds, reused)
                )
    return summarize(
        pd.concat(frames, ignore_index=True),
        measures=list(parsed),
        groups={task.language: task.group for task in tasks},
        families=families,
        baseline=baseline,
        test=test,
        correction=correction,
        alpha=alpha,
        seed=seed,
        lower_is_better=[name for name, measure in parsed.items() if lower_is_better(measure)],
    )


def _cell(
    task: LanguageTask,
    system: System,
    measures: dict[str, Measure],
    store: CellStore,
    resume: bool,
) -> tuple[Cell, bool]:
    """The scores of a system in a language, and whether they are those of a finished cell."""
    topics = task.topics_of(system)
    key = None
    if system.identity is not None:
        key = cell_key(system.identity, topics, task.qrels, list(measures))
        if resume and (finished := store.load(task.language, system.name, key)) is not None:
            return finished, True
    start = time.perf_counter()
    # A copy, since a pipeline may write into its frame, and the next system reads it.
    results = system.pipeline.transform(topics.copy())
    seconds = time.perf_counter() - start
    where = f"system {system.name!r} in language {task.language!r}"
    run = sort_run(check_results(results, topics, where))
    cell = Cell(measure_run(run, topics, task.qrels, measures), seconds)
    store.save(task.language, system.name, key, cell, run)
    return cell, False


def _long(scores: pd.DataFrame, system: str, language: str) -> pd.DataFrame:
    long = scores.reset_index().melt("qid", var_name="measure", value_name="value")
    long.insert(0, "system", system)
    long.insert(1, "language", language)
    return long


def _path(directory: str | Path | None) -> Path | None:
    return None if directory is None else Path(directory)


def _check_options(
    names: Sequence[str],
    baseline: str | None,
    test: str,
    correction: str,
    alpha: float,
    cells_dir: str | Path | None,
    resume: bool,
) -> None:
    if baseline is not None and baseline not in names:
        raise InputError(f"unknown baseline {baseline!r}: use one of {', '.join(names)}")
    if test not in TESTS:
        raise InputError(f"unknown significance test {test!r}: use one of {', '.join(TESTS)}")
    if correction not in CORRECTIONS:
        raise InputError(f"unknown correction {correction!r}: use one of {', '.join(CORRECTIONS)}")
    if not 0 < alpha < 1:
        raise InputError(f"alpha {alpha} is no level of significance: use one such as 0.05")
    if resume and cells_dir is None:
        raise InputError("resume has no finished cells to look in: give cells_dir")
