"""Optimal transport between the tokens of two sentences."""

from optical_pt.ot.align import Alignment, align
from optical_pt.ot.cost import cosine_cost
from optical_pt.ot.entropic import entropic_plan
from optical_pt.ot.exact import exact_plan
from optical_pt.ot.ipot import ipot_plan
from optical_pt.ot.links import hard_links, subword_words, word_links
from optical_pt.ot.marginals import IdfWeights, attention_weights, uniform_weights
from optical_pt.ot.partial import partial_plan
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.plan_entropy import plan_entropy
from optical_pt.ot.quadratic import quadratic_plan
from optical_pt.ot.strategy import (
    STRATEGIES,
    Entropic,
    Exact,
    Ipot,
    Partial,
    Quadratic,
    Strategy,
    Unbalanced,
    parse_strategy,
)
from optical_pt.ot.unbalanced import unbalanced_plan
from optical_pt.ot.word_alignment import AlignmentScore, GoldLinks, score_links

__all__ = [
    "STRATEGIES",
    "Alignment",
    "AlignmentScore",
    "Entropic",
    "Exact",
    "GoldLinks",
    "IdfWeights",
    "Ipot",
    "Partial",
    "Quadratic",
    "Strategy",
    "TransportPlan",
    "Unbalanced",
    "align",
    "attention_weights",
    "cosine_cost",
    "entropic_plan",
    "exact_plan",
    "hard_links",
    "ipot_plan",
    "parse_strategy",
    "partial_plan",
    "plan_entropy",
    "quadratic_plan",
    "score_links",
    "subword_words",
    "unbalanced_plan",
    "uniform_weights",
    "word_links",
]
