"""How much worse off low-resource languages are, method by method and share by share."""

from __future__ import annotations

import pandas as pd

from optical_pt.measures import Gap, ceiling_gap, group_gap
from optical_pt.studies.code_switching.methods import CEILING, OT
from optical_pt.studies.result import StudyResult
from optical_pt.studies.tables import ALPHA

COLUMNS = ("task", "measure", "level", "method", "scope", "gap", "low", "high")
#: Scopes of a gap: what a group lacks of human English; what the low-resource languages lack more
#: than the others; and how much wider that is than with OT.
LOW, OTHER, BETWEEN, THAN_OT = "low", "other", "low - other", "low - other, minus OT's"


def gap_table(result: StudyResult, measure: str = "MAP") -> pd.DataFrame:
    """Gaps to human English queries, with 95% bootstrap intervals over queries.

    Those of the differences from OT hold together for all methods that are compared at the same
    task and share (Bonferroni). Languages where human English finds nothing have no gap, and are
    left out; so are scopes that lack a group.

    Returns:
        A row a task, share, method and scope, with the columns :data:`COLUMNS`.
    """
    rows = []
    for task, measured in result.measured:
        if measured != measure:
            continue
        for level in result.levels:
            scores = _scores(result, task, measure, level)
            for method in (name for name in result.methods if name != CEILING):
                for scope, gap in _gaps(scores, result, method, measure).items():
                    rows.append((task, measure, level, method, scope, gap.value, gap.low, gap.high))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _scores(result: StudyResult, task: str, measure: str, level: float) -> pd.DataFrame:
    """Means over seeds, as the measures want them."""
    rows = result.per_query
    at = (rows["level"] == level) | rows["level"].isna()
    rows = rows[at & (rows["task"] == task) & (rows["measure"] == measure)]
    keys = ["method", "language", "qid"]
    means = rows.groupby(keys, sort=False)["value"].mean().reset_index()
    ceilings = means[means["method"] == CEILING].groupby("language")["value"].mean()
    means = means[means["language"].isin(ceilings.index[ceilings > 0])]
    return means.rename(columns={"method": "system"}).assign(measure=measure)


def _gaps(scores: pd.DataFrame, result: StudyResult, method: str, measure: str) -> dict[str, Gap]:
    what = {"system": method, "ceiling": CEILING, "measure": measure}
    present = set(scores["language"])
    members = {
        group: [code for code, own in result.groups.items() if own == group and code in present]
        for group in (LOW, OTHER)
    }
    gaps = {
        group: ceiling_gap(scores, **what, languages=codes)
        for group, codes in members.items()
        if codes
    }
    if all(members.values()):
        gaps[BETWEEN] = group_gap(scores, **what, groups=result.groups)
        if method != OT:
            rivals = len(result.methods) - 2  # all but OT and the ceiling
            gaps[THAN_OT] = group_gap(
                scores, **what, groups=result.groups, against=OT, level=1 - ALPHA / rivals
            )
    return gaps
