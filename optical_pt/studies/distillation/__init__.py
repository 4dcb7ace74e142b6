"""The proof: OPTICAL against translation and against other distillations, on the same pairs."""

from optical_pt.studies.distillation.study import Distillation

__all__ = ["Distillation"]
