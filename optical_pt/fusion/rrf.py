"""Reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.fusion.base import Fusion


class ReciprocalRankFusion(Fusion):
    """See :func:`rrf`."""

    schematic: ClassVar[dict[str, Any]] = {"label": "RRF", "inner_pipelines_mode": "combine"}

    def __init__(
        self, systems: Sequence[pt.Transformer], *, k: float = 60, num_results: int = 1000
    ):
        super().__init__(systems, num_results=num_results)
        if not k >= 0:
            raise InputError(f"k={k}: use 0 or more")
        self.k = k

    def contributions(self, results: pd.DataFrame, number: int) -> pd.Series:
        """Return 1 / (k + r), r the rank counted from 1."""
        return 1.0 / (self.k + results["rank"] + 1)

    def fuse_rank_cutoff(self, k: int) -> ReciprocalRankFusion:
        """Return this fusion with at most ``k`` results (``fusion % k``)."""
        if k >= self.num_results:
            return self
        return ReciprocalRankFusion(self.systems, k=self.k, num_results=k)

    def _settings(self) -> tuple[Any, ...]:
        return *super()._settings(), self.k

    def __repr__(self) -> str:
        systems = ", ".join(map(repr, self.systems))
        return f"rrf({systems}, k={self.k}, num_results={self.num_results})"


def rrf(*systems: pt.Transformer, k: float = 60, num_results: int = 1000) -> ReciprocalRankFusion:
    """Fuse systems by the sum over systems of 1 / (k + rank), ranks from 1.

    Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
    Learning Methods", SIGIR 2009. See :class:`Fusion` for the columns and the cases without
    results.

    Raises:
        InputError: if there are no systems or an option is out of range; in use, if two queries
            have the same qid or a system returns no qid, docno or score.

    >>> run = pd.DataFrame({"qid": ["q1"] * 2, "docno": ["a", "b"], "score": [9.0, 1.0]})
    >>> one = pt.Transformer.from_df(run)
    >>> two = pt.Transformer.from_df(run.iloc[1:])
    >>> rrf(one, two)(pd.DataFrame({"qid": ["q1"], "query": ["cat"]})).round(4)
      qid query docno   score  rank
    0  q1   cat     b  0.0325     0
    1  q1   cat     a  0.0164     1
    """
    return ReciprocalRankFusion(systems, k=k, num_results=num_results)
