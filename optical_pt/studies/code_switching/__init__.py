"""The study of code-switched queries."""

from optical_pt.studies.code_switching.study import CodeSwitching

__all__ = ["CodeSwitching"]
