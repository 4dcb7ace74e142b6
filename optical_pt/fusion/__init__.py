"""Fusion of rankings: reciprocal ranks, and weighted min-max normalised scores."""

from __future__ import annotations

from optical_pt.fusion.base import Fusion
from optical_pt.fusion.minmax import WeightedMinMaxFusion, weighted_minmax
from optical_pt.fusion.rrf import ReciprocalRankFusion, rrf

__all__ = ["Fusion", "ReciprocalRankFusion", "WeightedMinMaxFusion", "rrf", "weighted_minmax"]
