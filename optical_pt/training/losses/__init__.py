"""Distillation losses on batches of sentence pairs, to be summed by weight."""

from optical_pt.training.losses.anchor import Anchor
from optical_pt.training.losses.batch import TokenBatch
from optical_pt.training.losses.contrastive import Contrastive
from optical_pt.training.losses.distillation import DistillationLoss
from optical_pt.training.losses.greedy import GreedyAlignment
from optical_pt.training.losses.language import LanguageConfusion, LanguageDiscriminator
from optical_pt.training.losses.perturbation import Perturbed
from optical_pt.training.losses.pooled import PooledMSE
from optical_pt.training.losses.scores import ScoreDistillation
from optical_pt.training.losses.transport import IdfMarginals, TransportCost, attention_marginals

__all__ = [
    "Anchor",
    "Contrastive",
    "DistillationLoss",
    "GreedyAlignment",
    "IdfMarginals",
    "LanguageConfusion",
    "LanguageDiscriminator",
    "Perturbed",
    "PooledMSE",
    "ScoreDistillation",
    "TokenBatch",
    "TransportCost",
    "attention_marginals",
]
