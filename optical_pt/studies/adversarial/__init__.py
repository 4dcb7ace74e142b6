"""The study of adversarial training: robustness, harm, and how neutral embeddings are."""

from optical_pt.studies.adversarial.study import Adversarial

__all__ = ["Adversarial"]
