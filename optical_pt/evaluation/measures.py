"""Effectiveness measures by their ir-measures names, and the measuring of one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ir_measures
import pandas as pd
import pyterrier as pt
from ir_measures.measures import Measure

from optical_pt.errors import InputError


def parse_measures(measures: Sequence[str | Measure]) -> dict[str, Measure]:
    """Look up measures; the keys are their names in the table, in the order given.

    Average precision is called MAP, as the field calls its mean over queries.

    Raises:
        InputError: on no measure at all, on an unknown one, and on one whose provider is not
            installed.

    >>> list(parse_measures(["AP", "nDCG@10", "AP(rel=2)@100"]))
    ['MAP', 'nDCG@10', 'MAP(rel=2)@100']
    """
    if not measures:
        raise InputError("no measure given: name at least one, such as AP or nDCG@10")
    parsed = {}
    for given in measures:
        measure = _parse(given)
        name = str(measure)
        parsed[f"M{name}" if measure.NAME == "AP" else name] = measure
    return parsed


def _parse(given: str | Measure) -> Measure:
    try:
        measure = ir_measures.parse_measure(given) if isinstance(given, str) else given
        supported = ir_measures.DefaultPipeline.supports(measure)
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
    return measure


def measure_run(
    results: pd.DataFrame,
    topics: pd.DataFrame,
    qrels: pd.DataFrame,
    measures: Mapping[str, Measure],
) -> pd.DataFrame:
    """Measure one run with :func:`pyterrier.Experiment`.

    As in trec_eval, results count in the order of their scores, not of a ``rank`` column.

    Args:
        results: A run with ``qid, docno, score``.
        topics: The topics that it answers, each with judgments.
        qrels: Judgments with ``qid, docno, label``.
        measures: As :func:`parse_measures` gives them.

    Returns:
        One row a qid (the index, sorted), one column a measure. A query with no result has 0.
    """
    qids = sorted(topics["qid"])
    if results.empty:  # pt.Experiment refuses a system with no results at all
        return pd.DataFrame(0.0, index=pd.Index(qids, name="qid"), columns=list(measures))
    long = pt.Experiment(
        {"run": results}, topics, qrels, list(measures.values()), perquery=True, validate="ignore"
    )
    wide = long.pivot(index="qid", columns="measure", values="value")
    # A measure's provider may leave out the queries that have no results.
    wide = wide.reindex(qids, fill_value=0.0)[[str(measure) for measure in measures.values()]]
    wide.columns = list(measures)
    return wide.astype(float)
