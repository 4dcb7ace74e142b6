"""Which way of regularising transport transfers best to low-resource languages."""

from optical_pt.studies.ot_regularization.study import OtRegularization

__all__ = ["OtRegularization"]
