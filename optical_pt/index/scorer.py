"""Reranking by MaxSim, from stored embeddings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.maxsim import segment_maxsim
from optical_pt.ranking import add_ranks

if TYPE_CHECKING:
    from optical_pt.index.token_index import TokenIndex


class IndexScorer(pt.Transformer):
    """Score results by MaxSim of the query with their embeddings in an index, in float32.

    Args:
        index: holds every document that is to be scored.
    """

    schematic: ClassVar = {"label": "MaxSim Scorer"}

    def __init__(self, index: TokenIndex):
        self.index = index

    def transform(self, results: pd.DataFrame) -> pd.DataFrame:
        """Replace ``score`` and ``rank``; ties break by docno.

        Raises:
            InputError: if a docno is not in the index, queries belong to another model, or their
                embeddings are no tokens of the index's width or not finite.
        """
        pt.validate.columns(results, includes=["qid", "docno", "query_embs", "embs_model"])
        scores = np.zeros(len(results))
        if len(results):
            self.index.check_queries(results)
        for rows in results.groupby("qid", sort=False).indices.values():
            query_embs = results["query_embs"].iloc[rows[0]]
            scores[rows] = self._scores(query_embs, list(results["docno"].iloc[rows]))
        return add_ranks(results.assign(score=scores))

    def _scores(self, query_embs: np.ndarray, docnos: list[str]) -> np.ndarray:
        positions = [self._position(docno) for docno in docnos]
        lengths = self.index.lengths[positions]
        starts = self.index.starts[positions]
        tokens = np.concatenate(
            [self.index.tokens[s : s + n] for s, n in zip(starts, lengths, strict=True)]
        )
        similarity = tokens.astype(np.float32) @ query_embs.astype(np.float32).T
        return segment_maxsim(similarity, lengths).sum(axis=1)

    def _position(self, docno: str) -> int:
        try:
            return self.index.position[docno]
        except KeyError:
            raise InputError(
                f"docno {docno}: not in {self.index.path}; index the collection that was searched"
            ) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexScorer) and self.index == other.index

    def __hash__(self) -> int:
        return hash((IndexScorer, self.index))

    def __repr__(self) -> str:
        return f"{self.index!r}.scorer()"
