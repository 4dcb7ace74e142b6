"""Measures that cross-lingual retrieval needs and ir-measures lacks.

:class:`LareqaAP`, :class:`LanguageBias`, :class:`Consistency`, :class:`CeilingGap` and
:class:`GroupGap` are measures of ir-measures, for the ``eval_metrics`` of
:func:`pyterrier.Experiment`; the first two also for the ``measures`` of
:func:`~optical_pt.evaluation.clir_experiment`, whose runs are of one language each. The functions
compare the runs or scores of several languages, with details and intervals.
"""

from optical_pt.measures.consistency import Consistency
from optical_pt.measures.doc_languages import DocLanguages
from optical_pt.measures.gap import Gap, ceiling_gap, group_gap
from optical_pt.measures.gap_measures import CeilingGap, GroupGap
from optical_pt.measures.language_bias import LanguageBias, language_shares
from optical_pt.measures.lareqa import LareqaAP
from optical_pt.measures.query_facts import QueryFacts
from optical_pt.measures.rank_consistency import RankConsistency, rank_consistency

__all__ = [
    "CeilingGap",
    "Consistency",
    "DocLanguages",
    "Gap",
    "GroupGap",
    "LanguageBias",
    "LareqaAP",
    "QueryFacts",
    "RankConsistency",
    "ceiling_gap",
    "group_gap",
    "language_shares",
    "rank_consistency",
]
