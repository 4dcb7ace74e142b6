"""Optimal transport between the tokens of two sentences."""

from optical_pt.ot.align import Alignment, align
from optical_pt.ot.cost import cosine_cost
from optical_pt.ot.entropic import entropic_plan
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.strategy import Entropic, Strategy, parse_strategy

__all__ = [
    "Alignment",
    "Entropic",
    "Strategy",
    "TransportPlan",
    "align",
    "cosine_cost",
    "entropic_plan",
    "parse_strategy",
]
