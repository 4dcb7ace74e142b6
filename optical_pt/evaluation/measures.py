"""Effectiveness measures by their ir-measures names, and the measuring of one run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import ir_measures
import pandas as pd
import pyterrier as pt
from ir_measures.measures import Measure

from optical_pt.errors import InputError

# Not its nicknames, such as "official", of which ir-measures leaves out what it lacks.
_TREC_EVAL_NAME = re.compile(r"(?!official|all_trec)\w+?([._]\d+(,\d+)*)?")


def parse_measures(measures: Sequence[str | Measure]) -> dict[str, Measure]:
    """Look up measures; the keys are their names in the table, in the order given.

    Names are those of ir-measures, or trec_eval's (``map``, ``ndcg_cut.10``). Average precision is
    called MAP, as the field calls its mean over queries.

    Raises:
        InputError: on no measure at all, on an unknown one, and on one whose provider is not
            installed.

    >>> list(parse_measures(["AP", "nDCG@10", "AP(rel=2)@100"]))
    ['MAP', 'nDCG@10', 'MAP(rel=2)@100']
    >>> list(parse_measures(["map", "ndcg_cut.10,20", "recip_rank"]))
    ['MAP', 'nDCG@10', 'nDCG@20', 'RR']
    """
    if not measures:
        raise InputError("no measure given: name at least one, such as AP or nDCG@10")
    parsed = {}
    for measure in [measure for given in measures for measure in _parse(given)]:
        name = str(measure)
        parsed[f"M{name}" if measure.NAME == "AP" else name] = measure
    return parsed


def _parse(given: str | Measure) -> list[Measure]:
    try:
        measures = _by_name(given) if isinstance(given, str) else [given]
        supported = all(map(ir_measures.DefaultPipeline.supports, measures))
    except (NameError, ValueError, AssertionError) as error:
        # ir-measures raises each of these, for a wrong name, form and parameter.
        raise InputError(
            f"unknown measure {given!r} ({error}): use an ir-measures name such as AP or nDCG@10"
        ) from error
    if not supported:
        raise InputError(
            f"measure {given!r} needs a package that is not installed: "
            "see https://ir-measur.es/en/latest/providers.html"
        )
    return measures


def _by_name(name: str) -> list[Measure]:
    """The measure of an ir-measures name, or those of trec_eval's, which may stand for several."""
    try:
        return [ir_measures.parse_measure(name)]
    except (NameError, ValueError) as unknown:
        if not _TREC_EVAL_NAME.fullmatch(name):
            raise
        try:
            return ir_measures.parse_trec_measure(name)
        except ValueError:
            raise unknown from None


def lower_is_better(measure: Measure) -> bool:
    """Whether a smaller value is the better one, as a measure says of itself.

    >>> [lower_is_better(measure) for measure in parse_measures(["AP", "RR"]).values()]
    [False, False]
    """
    return getattr(measure, "LOWER_IS_BETTER", False)


def measure_run(
    results: pd.DataFrame,
    topics: pd.DataFrame,
    qrels: pd.DataFrame,
    measures: Mapping[str, Measure],
) -> pd.DataFrame:
    """Measure one run with :func:`pyterrier.Experiment`.

    As in trec_eval, results count in the order of their scores, not of a ``rank`` column, and equal
    scores by descending docno. ir-measures' other providers order ties in other ways: they are
    given trec_eval's order, so that the measures of a table are all of one ranking.

    Args:
        results: A run with ``qid, docno, score``.
        topics: The topics that it answers, each with judgments.
        qrels: Judgments with ``qid, docno, label``.
        measures: As :func:`parse_measures` gives them.

    Returns:
        One row a qid (the index, sorted), one column a measure. A query with no result has the
        measure's default: 0, or the worst value of a measure where lower is better.

    Raises:
        InputError: where a measure is not defined for the results of a query.
    """
    qids = sorted(topics["qid"])
    defaults = {name: float(measure.DEFAULT) for name, measure in measures.items()}
    if results.empty:  # pt.Experiment refuses a system with no results at all
        return pd.DataFrame(defaults, index=pd.Index(qids, name="qid"), dtype=float)
    long = pt.Experiment(
        {"run": _as_trec_eval_ranks(results)},
        topics,
        qrels,
        list(measures.values()),
        perquery=True,
        validate="ignore",
    )
    wide = long.pivot(index="qid", columns="measure", values="value")
    # A measure's provider may leave out the queries that have no results.
    wide = wide.reindex(qids)[[str(measure) for measure in measures.values()]]
    wide.columns = list(measures)
    wide.loc[~wide.index.isin(results["qid"]), list(defaults)] = list(defaults.values())
    for name in wide:
        undefined = wide.index[wide[name].isna()]
        if len(undefined):
            raise InputError(
                f"{name} has no value for qid {undefined[0]!r}, whose judgments or results it is "
                "not defined for: use another measure, or leave the query out"
            )
    return wide.astype(float)


def _as_trec_eval_ranks(results: pd.DataFrame) -> pd.DataFrame:
    """The results with scores that no two of a query share, in the order that trec_eval takes.

    It keeps scores in single precision: what differs beyond that is a tie.
    """
    ranked = results[["qid", "docno", "score"]].astype({"score": "float32"})
    ranked = ranked.sort_values(
        ["qid", "score", "docno"], ascending=[True, False, False], kind="stable", ignore_index=True
    )
    return ranked.assign(score=-ranked.groupby("qid").cumcount().astype(float))
