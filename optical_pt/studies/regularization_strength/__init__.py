"""How strong the entropic regularisation of OT distillation should be, by language."""

from optical_pt.studies.regularization_strength.study import RegularizationStrength

__all__ = ["RegularizationStrength"]
