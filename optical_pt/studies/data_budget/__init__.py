"""Effectiveness against the number of sentence pairs."""

from optical_pt.studies.data_budget.study import DataBudget

__all__ = ["DataBudget"]
