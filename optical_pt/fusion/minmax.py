"""Weighted sum of min-max normalised scores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.fusion.base import Fusion


class WeightedMinMaxFusion(Fusion):
    """See :func:`weighted_minmax`."""

    schematic: ClassVar[dict[str, Any]] = {
        "label": "Min-max fusion",
        "inner_pipelines_mode": "combine",
    }

    def __init__(
        self,
        systems: Sequence[pt.Transformer],
        weights: Sequence[float],
        *,
        num_results: int = 1000,
    ):
        super().__init__(systems, num_results=num_results)
        if len(weights) != len(self.systems):
            raise InputError(
                f"{len(weights)} weights for {len(self.systems)} systems: give each one"
            )
        if not all(math.isfinite(weight) and weight >= 0 for weight in weights):
            raise InputError(f"weights={list(weights)}: use finite numbers, 0 or more")
        self.weights = tuple(float(weight) for weight in weights)

    def contributions(self, results: pd.DataFrame, number: int) -> pd.Series:
        """Return weight x (score - min) / (max - min), the weight where all scores are equal."""
        scores = results.groupby("qid")["score"]
        low, high = scores.transform("min"), scores.transform("max")
        spread = (high - low).where(high > low, 1.0)
        normalised = ((results["score"] - low) / spread).where(high > low, 1.0)
        return self.weights[number] * normalised

    def fuse_rank_cutoff(self, k: int) -> WeightedMinMaxFusion:
        """Return this fusion with at most ``k`` results (``fusion % k``)."""
        if k >= self.num_results:
            return self
        return WeightedMinMaxFusion(self.systems, self.weights, num_results=k)

    def _settings(self) -> tuple[Any, ...]:
        return *super()._settings(), self.weights

    def __repr__(self) -> str:
        systems = ", ".join(map(repr, self.systems))
        return f"weighted_minmax([{systems}], {list(self.weights)}, num_results={self.num_results})"


def weighted_minmax(
    systems: Sequence[pt.Transformer], weights: Sequence[float], num_results: int = 1000
) -> WeightedMinMaxFusion:
    """Fuse systems by the weighted sum of scores that each system and query scales to 0..1.

    A document gets weight x (score - min) / (max - min) from each system, min and max over the
    system's results for the query (CombSUM of Fox and Shaw, TREC-2, with weights; Lee, SIGIR 1997,
    for the scaling). Where all scores of a system are equal, also where it retrieves one document,
    all its documents get the full weight. Missing documents get 0. See :class:`Fusion`.

    Raises:
        InputError: as :func:`rrf`, and if weights are negative or not one a system.

    >>> run = pd.DataFrame({"qid": ["q1"] * 3, "docno": ["a", "b", "c"], "score": [9.0, 6.0, 1.0]})
    >>> one = pt.Transformer.from_df(run)
    >>> two = pt.Transformer.from_df(run.iloc[1:2])
    >>> queries = pd.DataFrame({"qid": ["q1"], "query": ["cat"]})
    >>> weighted_minmax([one, two], [0.8, 0.2])(queries)
      qid query docno  score  rank
    0  q1   cat     a    0.8     0
    1  q1   cat     b    0.7     1
    2  q1   cat     c    0.0     2
    """
    return WeightedMinMaxFusion(systems, weights, num_results=num_results)
