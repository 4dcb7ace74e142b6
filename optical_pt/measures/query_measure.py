"""What the measures share that know something of the queries."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import pandas as pd
import pyterrier as pt
from ir_measures import Metric, ParamInfo

from optical_pt.measures.query_facts import QueryFacts
from optical_pt.measures.run_measure import RunMeasure


class QueryMeasure(RunMeasure):
    """A measure of one run with the queries of several languages, or of one with a ceiling.

    Its value is that of all judged queries together; what it gives a single query is its part of
    that.
    """

    SUPPORTED_PARAMS: ClassVar[dict[str, ParamInfo]] = {
        "queries": ParamInfo(dtype=QueryFacts, required=True, desc="what is known of queries"),
    }
    REQUIRED: ClassVar[tuple[str, str]] = ("queries", "QueryFacts, or a table of qids")

    def __init__(self, **params: object) -> None:
        """``queries`` may be the table itself, too.

        Raises:
            InputError: if there is none.
        """
        if isinstance(table := params.get("queries"), pd.DataFrame):
            params["queries"] = QueryFacts(table)
        super().__init__(**params)

    @abstractmethod
    def per_query(self, qids: pd.Index, qrels: pd.DataFrame, run: pd.DataFrame) -> pd.Series:
        """What each of the qids adds; their mean is the value of the measure.

        Args:
            qids: That are judged, in order.
            qrels: ``qid, docno, label``.
            run: ``qid, docno, score`` of the results of these qids.
        """

    def runtime_impl(self, qrels: pd.DataFrame, run: pd.DataFrame) -> Iterator[Metric]:
        """What each judged query adds."""
        qrels, run = pt.model.from_ir_measures(qrels), pt.model.from_ir_measures(run)
        qids = pd.Index(sorted(qrels["qid"].unique()))
        values = self.per_query(qids, qrels, run[run["qid"].isin(qids)])
        for qid in qids:
            yield Metric(qid, self, float(values[qid]))
