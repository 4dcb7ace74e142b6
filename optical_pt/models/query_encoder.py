"""Queries to token embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError

if TYPE_CHECKING:
    from optical_pt.models.late_interaction import LateInteraction


class QueryEncoder(pt.Transformer):
    """Add token embeddings to queries.

    Adds ``query_embs``, a ``(tokens, dim)`` float32 array, and ``embs_model``, the fingerprint of
    the documents' encoder, by which an index recognises queries that it cannot answer.
    """

    schematic: ClassVar = {"label": "Query Encoder"}

    def __init__(self, model: LateInteraction):
        self.model = model

    def transform(self, queries: pd.DataFrame) -> pd.DataFrame:
        """Encode each distinct query once.

        Raises:
            InputError: if a query is not a string.
        """
        pt.validate.columns(queries, includes=["qid", "query"])
        for qid, query in zip(queries["qid"], queries["query"], strict=True):
            if not isinstance(query, str):
                raise InputError(f"query {qid!r} is {query!r}: give a string")
        distinct = list(dict.fromkeys(queries["query"]))
        encoded = (
            dict(zip(distinct, self.model.encode_queries(distinct), strict=True))
            if distinct
            else {}
        )
        return queries.assign(
            query_embs=pd.Series(
                [encoded[query] for query in queries["query"]], index=queries.index, dtype=object
            ),
            embs_model=self.model.fingerprint if len(queries) else pd.Series(dtype=object),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QueryEncoder) and self.model == other.model

    def __hash__(self) -> int:
        return hash((QueryEncoder, self.model))

    def __repr__(self) -> str:
        return f"{self.model!r}.query_encoder()"
