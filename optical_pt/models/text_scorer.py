"""Reranking by MaxSim, from text."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import pyterrier as pt

from optical_pt.maxsim import maxsim
from optical_pt.models.document_text import document_texts
from optical_pt.query_text import query_text
from optical_pt.ranking import add_ranks

if TYPE_CHECKING:
    from optical_pt.models.late_interaction import LateInteraction


class TextScorer(pt.Transformer):
    """Score each result's text against its query by MaxSim.

    It encodes every distinct text anew: for a collection that is searched often, an index's
    ``scorer()`` is faster.

    Args:
        model: the late-interaction model.
        field: the column that holds the text; a missing text is empty.
    """

    schematic: ClassVar = {"label": "MaxSim"}

    def __init__(self, model: LateInteraction, *, field: str = "text"):
        self.model = model
        self.field = field

    def transform(self, results: pd.DataFrame) -> pd.DataFrame:
        """Replace ``score`` and ``rank``; ties break by docno.

        Raises:
            InputError: if a query or a document is no text.
        """
        pt.validate.result_frame(results, extra_columns=["query", self.field])
        queries = list(dict.fromkeys(map(query_text, results["qid"], results["query"])))
        passages = document_texts(results, self.field)
        texts = list(dict.fromkeys(passages))
        query_embs = (
            dict(zip(queries, self.model.encode_queries(queries), strict=True)) if queries else {}
        )
        doc_embs = (
            dict(zip(texts, self.model.encode_documents(texts), strict=True)) if texts else {}
        )
        scores = [
            maxsim(query_embs[query], doc_embs[text])
            for query, text in zip(results["query"], passages, strict=True)
        ]
        return add_ranks(results.assign(score=pd.Series(scores, index=results.index, dtype=float)))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TextScorer)
            and self.model == other.model
            and self.field == other.field
        )

    def __hash__(self) -> int:
        return hash((TextScorer, self.model, self.field))

    def __repr__(self) -> str:
        return f"{self.model!r}.text_scorer(field={self.field!r})"
