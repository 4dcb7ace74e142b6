"""What the measures on a multilingual pool share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

import pandas as pd
import pyterrier as pt
from ir_measures import Metric, ParamInfo

from optical_pt.measures.doc_languages import DocLanguages
from optical_pt.measures.run_measure import RunMeasure
from optical_pt.ranking import add_ranks


class PoolMeasure(RunMeasure):
    """A measure that knows the documents' languages; ``measure @ k`` looks at the top k only.

    A query with no results has ``DEFAULT``, the worst value, as has a query with no relevant
    documents.
    """

    SUPPORTED_PARAMS: ClassVar[dict[str, ParamInfo]] = {
        "cutoff": ParamInfo(dtype=int, desc="ranking cutoff threshold"),
        "languages": ParamInfo(dtype=DocLanguages, required=True, desc="languages of documents"),
    }
    REQUIRED: ClassVar[tuple[str, str]] = ("languages", "DocLanguages, or docno -> language")

    def __init__(self, **params: object) -> None:
        """``languages`` may be a mapping of docnos to languages, too.

        Raises:
            InputError: if there are none.
        """
        if isinstance(languages := params.get("languages"), Mapping):
            params["languages"] = DocLanguages(languages)
        super().__init__(**params)

    @abstractmethod
    def per_query(self, top: pd.DataFrame, relevant: pd.DataFrame) -> pd.Series:
        """The value of each qid (the index) that has one.

        Args:
            top: ``qid, docno, score, rank`` of the top k, by rank.
            relevant: ``qid, docno, label`` of the relevant documents of judged queries.
        """

    def runtime_impl(self, qrels: pd.DataFrame, run: pd.DataFrame) -> Iterator[Metric]:
        """The value of each query that has relevant documents."""
        qrels, run = pt.model.from_ir_measures(qrels), pt.model.from_ir_measures(run)
        relevant = qrels[qrels["label"] > 0]
        # Ranks anew: ir-measures' order of equal scores depends on the order of rows.
        top = add_ranks(run[run["qid"].isin(relevant["qid"])], self.params.get("cutoff"))
        values = self.per_query(top, relevant)
        for qid in relevant["qid"].unique():
            yield Metric(qid, self, float(values.get(qid, self.DEFAULT)))
