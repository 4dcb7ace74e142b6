"""Optimal transport, contrastive learning, or both, by number of captions."""

from optical_pt.studies.contrastive.study import Contrastive

__all__ = ["Contrastive"]
