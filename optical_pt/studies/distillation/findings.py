"""The claims of the OPTICAL paper, put to a result."""

from __future__ import annotations

import pandas as pd

from optical_pt.studies.distillation.methods import DISTILLATIONS
from optical_pt.studies.findings import finding
from optical_pt.studies.result import StudyResult
from optical_pt.studies.tables import ALPHA


def claims(
    result: StudyResult, task: str, measure: str, *, ours: str, rival: str, ceiling: str
) -> list[str]:
    """Say, with numbers, by how much we beat the rival, how near the ceiling we are, who is best.

    Args:
        result: Whose baseline is the rival.
        task: Of the result.
        measure: Of the result.
        ours: The method that claims.
        rival: The best translation of each language.
        ceiling: Human English queries.

    Returns:
        One sentence a group of languages for each claim, then the best distillation's.
    """
    rows = result.rows(task, measure)
    single = rows[rows["language"] != "mean"]
    sentences = []
    for group in ("low", "other"):
        members = single[single["group"] == group]
        if not members.empty:
            sentences += _about(members, group, ours, rival, ceiling)
    if len(set(DISTILLATIONS) & set(result.methods)) > 1:
        sentences.append(finding(result, task, measure, methods=DISTILLATIONS))
    return sentences


def _about(rows: pd.DataFrame, group: str, ours: str, rival: str, ceiling: str) -> list[str]:
    task, measure = rows["task"].iloc[0], rows["measure"].iloc[0]
    values = rows.pivot(index="language", columns="method", values="value")
    name = "low-resource languages" if group == "low" else "other languages"
    sentences = []
    if {ours, rival} <= set(values.columns):
        gains = (values[ours] / values[rival] - 1).dropna()
        tested = rows[(rows["method"] == ours) & rows["p_corrected"].notna()]
        significant = tested[tested["p_corrected"] < ALPHA]
        better = significant[significant["delta"] > 0]["language"]
        worse = significant[significant["delta"] < 0]["language"]
        lost = f", and significantly below it in {', '.join(worse)}" if len(worse) else ""
        each = ", ".join(f"{code} {gain:+.1%}" for code, gain in gains.items())
        sentences.append(
            f"On the {name}, {ours} has {gains.mean():+.1%} {task} {measure} against the {rival} "
            f"({each}), significant in {', '.join(better) or 'none'} of {len(tested)}{lost}."
        )
    if {ours, ceiling} <= set(values.columns):
        shares = (values[ours] / values[ceiling]).dropna()
        each = ", ".join(f"{code} {share:.0%}" for code, share in shares.items())
        if len(shares):
            sentences.append(
                f"On the {name}, it reaches {shares.mean():.0%} of the ceiling ({each})."
            )
    return sentences
