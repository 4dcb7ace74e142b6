"""What the measures share that know something of the queries."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

import pandas as pd
import pyterrier as pt
from ir_measures import Metric, ParamInfo
from ir_measures.measures import Measure

from optical_pt.errors import InputError
from optical_pt.measures.query_facts import QueryFacts


class QueryMeasure(Measure):
    """A measure of one run with the queries of several languages, or of one with a ceiling.

    Its value is that of all queries together: do not split them (``batch_size``), and do not test
    it query by query. ir-measures' runtime provider calls :meth:`runtime_impl`.
    """

    SUPPORTED_PARAMS: ClassVar[dict[str, ParamInfo]] = {
        "queries": ParamInfo(dtype=QueryFacts, required=True, desc="what is known of queries"),
    }
    RUN_INPUTS: ClassVar[list[str]] = ["query_id", "doc_id", "score"]
    QREL_INPUTS: ClassVar[list[str]] = ["query_id", "doc_id", "relevance"]

    def __init__(self, **params: object) -> None:
        """``queries`` may be the table itself, too.

        Raises:
            InputError: if there is none.
        """
        if isinstance(table := params.get("queries"), pd.DataFrame):
            params["queries"] = QueryFacts(table)
        elif "queries" not in params:
            raise InputError(f"{self.NAME}: no queries; give QueryFacts, or a table of qids")
        super().__init__(**params)

    @property
    def __name__(self) -> str:
        # ir-measures prints measures, which are instances, by this.
        return type(self).__name__

    @abstractmethod
    def per_query(self, qids: pd.Index, qrels: pd.DataFrame, run: pd.DataFrame) -> pd.Series:
        """What each of the qids adds; their mean is the value of the measure.

        Args:
            qids: That have relevant documents.
            qrels: ``qid, docno, label``.
            run: ``qid, docno, score`` of the results of these qids.
        """

    def runtime_impl(self, qrels: pd.DataFrame, run: pd.DataFrame) -> Iterator[Metric]:
        """What each query that has relevant documents adds."""
        qrels, run = pt.model.from_ir_measures(qrels), pt.model.from_ir_measures(run)
        qids = pd.Index(sorted(qrels["qid"][qrels["label"] > 0].unique()))
        values = self.per_query(qids, qrels, run[run["qid"].isin(qids)])
        for qid in qids:
            yield Metric(qid, self, float(values[qid]))
