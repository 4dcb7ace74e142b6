"""Measures that cross-lingual retrieval needs and ir-measures lacks.

:class:`LareqaAP` and :class:`LanguageBias` are measures of ir-measures, for the ``eval_metrics`` of
:func:`pyterrier.Experiment` and the ``measures`` of
:func:`~optical_pt.evaluation.clir_experiment`. The others compare languages, so they take runs or
scores of several.
"""

from optical_pt.measures.doc_languages import DocLanguages
from optical_pt.measures.gap import Gap, ceiling_gap, group_gap
from optical_pt.measures.language_bias import LanguageBias, language_shares
from optical_pt.measures.lareqa import LareqaAP
from optical_pt.measures.rank_consistency import RankConsistency, rank_consistency

__all__ = [
    "DocLanguages",
    "Gap",
    "LanguageBias",
    "LareqaAP",
    "RankConsistency",
    "ceiling_gap",
    "group_gap",
    "language_shares",
    "rank_consistency",
]
