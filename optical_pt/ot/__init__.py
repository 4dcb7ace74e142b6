"""Optimal transport between the tokens of two sentences."""

from optical_pt.ot.align import Alignment, align
from optical_pt.ot.cost import cosine_cost
from optical_pt.ot.sinkhorn import TransportPlan, entropic_plan

__all__ = ["Alignment", "TransportPlan", "align", "cosine_cost", "entropic_plan"]
