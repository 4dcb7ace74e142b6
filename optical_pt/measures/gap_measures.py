"""Gaps to a ceiling and between groups of languages, as measures of a run."""

from __future__ import annotations

from typing import ClassVar

import ir_measures
import pandas as pd
import pyterrier as pt
from ir_measures import ParamInfo
from ir_measures.measures import Measure

from optical_pt.errors import InputError
from optical_pt.evaluation.measures import parse_measures
from optical_pt.evaluation.system import GROUPS
from optical_pt.measures.query_measure import QueryMeasure


class _Gap(QueryMeasure):
    """What both gaps share: the scores of another measure, by language."""

    LOWER_IS_BETTER = True
    SUPPORTED_PARAMS: ClassVar[dict[str, ParamInfo]] = {
        **QueryMeasure.SUPPORTED_PARAMS,
        "measure": ParamInfo(dtype=Measure, desc="whose gap it is; AP by default"),
    }

    def __init__(self, **params: object) -> None:
        """``measure`` may be the name of one, too."""
        if isinstance(name := params.get("measure"), str):
            (params["measure"],) = parse_measures([name]).values()
        super().__init__(**params)

    def _scores(self, qids: pd.Index, qrels: pd.DataFrame, run: pd.DataFrame) -> pd.Series:
        measure = self.params.get("measure", ir_measures.AP)
        found = ir_measures.iter_calc(
            [measure], pt.model.to_ir_measures(qrels), pt.model.to_ir_measures(run)
        )
        scores = pd.Series({metric.query_id: metric.value for metric in found}, dtype=float)
        return scores.reindex(qids, fill_value=measure.DEFAULT)

    def _languages(self, qids: pd.Index) -> pd.Series:
        facts = self.params["queries"]
        return facts.of(qids, "language") if "language" in facts else pd.Series("", index=qids)

    def _lost(self, scores: pd.Series, languages: pd.Series) -> pd.Series:
        """1 - score / mean ceiling of the language."""
        ceiling = self.params["queries"].of(scores.index, "ceiling").astype(float)
        means = ceiling.groupby(languages).mean()
        if (means <= 0).any():
            language = means.index[means.to_numpy() <= 0][0]
            raise InputError(f"the ceiling of language {language!r} is 0: there is no gap to it")
        return 1 - scores / languages.map(means)


class CeilingGap(_Gap):
    r"""The share of the English ceiling that a run lacks.

    .. math:: G = \frac{1}{|L|} \sum_{l \in L} \left( 1 - \frac{\bar S_l}{\bar C_l} \right)

    with the means over a language's queries of the run's scores and of the ceiling's: XTREME's
    transfer gap (Hu et al. 2020, https://arxiv.org/abs/2003.11080), divided by the ceiling. Its
    bootstrap interval: :func:`~optical_pt.measures.ceiling_gap`, on the per-query scores of an
    experiment.

    Its value is that of all judged queries of a run together: give :func:`pyterrier.Experiment` no
    ``batch_size``, and do not read or test its values query by query.

    Args:
        queries: :class:`~optical_pt.measures.QueryFacts` with ``ceiling``, the scores of human
            English versions, and, if there are several, ``language``.
        measure: Of ir-measures, whose gap it is; ``AP`` by default.

    Raises:
        InputError: when measuring, if a query has no ceiling, or that of a language is 0.

    >>> from ir_measures import AP, Qrel, ScoredDoc
    >>> ceilings = pd.DataFrame({"qid": ["1", "2"], "ceiling": [1.0, 0.5]})
    >>> qrels = [Qrel("1", "a", 1), Qrel("2", "a", 1)]
    >>> run = [ScoredDoc("1", "a", 1.0), ScoredDoc("2", "b", 1.0)]
    >>> round(CeilingGap(queries=ceilings, measure=AP).calc_aggregate(qrels, run), 4)
    0.3333
    """

    NAME = "CeilingGap"
    PRETTY_NAME = "Gap to the ceiling"
    SHORT_DESC = "The share of the ceiling's scores that is lacking."

    def per_query(self, qids: pd.Index, qrels: pd.DataFrame, run: pd.DataFrame) -> pd.Series:
        """What each query lacks, weighted so that each language counts the same."""
        languages = self._languages(qids)
        lost = self._lost(self._scores(qids, qrels, run), languages)
        return lost * _equal_weights(languages)


class GroupGap(_Gap):
    r"""How much worse a run is on low-resource languages than on the others.

    :math:`\bar S_O - \bar S_L`, the means over languages of their mean scores; with a ``ceiling``,
    the mean relative gap (:class:`CeilingGap`) of the low-resource languages less that of the
    others. Its bootstrap interval: :func:`~optical_pt.measures.group_gap`.

    Its value is that of all judged queries of a run together: give :func:`pyterrier.Experiment` no
    ``batch_size``, and do not read or test its values query by query.

    Args:
        queries: :class:`~optical_pt.measures.QueryFacts` with ``language``, ``group`` (``"low"`` or
            ``"other"``) and, if the gap is to be relative, ``ceiling``.
        measure: Of ir-measures, whose gap it is; ``AP`` by default.

    Raises:
        InputError: when measuring, if a query has no language or group, all queries have the same
            group, or those of a language have two.

    >>> from ir_measures import AP, Qrel, ScoredDoc
    >>> asked = pd.DataFrame(
    ...     {"qid": ["1", "2"], "language": ["ha", "de"], "group": ["low", "other"]}
    ... )
    >>> qrels = [Qrel("1", "a", 1), Qrel("2", "a", 1)]
    >>> run = [ScoredDoc("1", "b", 2.0), ScoredDoc("1", "a", 1.0), ScoredDoc("2", "a", 1.0)]
    >>> GroupGap(queries=asked, measure=AP).calc_aggregate(qrels, run)
    0.5
    """

    NAME = "GroupGap"
    PRETTY_NAME = "Gap between groups"
    SHORT_DESC = "How much worse low-resource languages are than the others."

    def per_query(self, qids: pd.Index, qrels: pd.DataFrame, run: pd.DataFrame) -> pd.Series:
        """What each query adds, weighted so that each language of a group counts the same."""
        facts = self.params["queries"]
        languages, groups = facts.of(qids, "language"), facts.of(qids, "group")
        if set(groups) != set(GROUPS):
            raise InputError(
                f"queries of the groups {', '.join(sorted(map(str, set(groups))))}: there must be "
                f"some of {' and '.join(GROUPS)}"
            )
        several = groups.groupby(languages).nunique()
        if (several > 1).any():
            raise InputError(f"language {several.idxmax()!r} is in both groups: it can be in one")
        scores = self._scores(qids, qrels, run)
        lost = self._lost(scores, languages) if "ceiling" in facts else -scores
        weighted = pd.Series(0.0, index=qids)
        for group, sign in (("low", 1), ("other", -1)):
            mine = (groups == group).to_numpy()
            share = len(qids) / mine.sum()  # the mean is over the queries of both groups
            weighted[mine] = sign * share * lost[mine] * _equal_weights(languages[mine])
        return weighted


def _equal_weights(languages: pd.Series) -> pd.Series:
    """Of each query, so that the mean over queries is the mean over the languages' means."""
    counts = languages.map(languages.value_counts())
    return len(languages) / (counts * languages.nunique())
