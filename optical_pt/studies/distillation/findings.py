"""The claims of the OPTICAL paper, put to a result."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from optical_pt.evaluation.significance import correct_p_values
from optical_pt.studies.distillation.methods import DISTILLATIONS
from optical_pt.studies.findings import finding
from optical_pt.studies.result import StudyResult
from optical_pt.studies.tables import ALPHA


def claims(
    result: StudyResult,
    task: str,
    measure: str,
    *,
    ours: Sequence[str],
    rival: str,
    ceiling: str,
) -> list[str]:
    """Say, with numbers, by how much we beat the rival, how near the ceiling we are, who is best.

    Significance is told twice: corrected (Holm 1979) over all tests of the table, as the marks in
    it are, and over the tests of the claim alone, one a language.

    Args:
        result: Whose baseline is the rival.
        task: Of the result.
        measure: Of the result.
        ours: The methods that claim; those that the result lacks do not.
        rival: The best translation of each language.
        ceiling: Human English queries.

    Returns:
        One sentence a method and group of languages for each claim, then the best distillation's.
    """
    rows = result.rows(task, measure)
    single = rows[rows["language"] != "mean"]
    sentences = []
    for method in ours:
        for group in ("low", "other"):
            members = single[single["group"] == group]
            if method in set(members["method"]):
                sentences += _about(members, group, method, rival, ceiling)
    if len(set(DISTILLATIONS) & set(result.methods)) > 1:
        sentences.append(finding(result, task, measure, methods=DISTILLATIONS))
    return sentences


def _about(rows: pd.DataFrame, group: str, ours: str, rival: str, ceiling: str) -> list[str]:
    task, measure = rows["task"].iloc[0], rows["measure"].iloc[0]
    values = rows.pivot(index="language", columns="method", values="value")
    name = "low-resource languages" if group == "low" else "other languages"
    sentences = []
    if rival in values:
        gains = (values[ours] / values[rival] - 1).dropna()
        tested = rows[(rows["method"] == ours) & rows["p_corrected"].notna()]
        better, worse = _differ(tested, tested["p_corrected"])
        own = correct_p_values(tested["p_value"].to_numpy())
        better_alone, _ = _differ(tested, own)
        lost = f", and significantly below it in {', '.join(worse)}" if worse else ""
        alone = f"; corrected over these tests alone, in {', '.join(better_alone)}"
        each = ", ".join(f"{code} {gain:+.1%}" for code, gain in gains.items())
        sentences.append(
            f"On the {name}, {ours} has {gains.mean():+.1%} {task} {measure} against the {rival} "
            f"({each}), significant in {', '.join(better) or 'none'} of {len(tested)}{lost}"
            f"{alone if better_alone != better else ''}."
        )
    if ceiling in values:
        shares = (values[ours] / values[ceiling]).dropna()
        each = ", ".join(f"{code} {share:.0%}" for code, share in shares.items())
        if len(shares):
            sentences.append(
                f"On the {name}, {ours} reaches {shares.mean():.0%} of the ceiling ({each})."
            )
    return sentences


def _differ(tested: pd.DataFrame, p_values: ArrayLike) -> tuple[list[str], list[str]]:
    """The languages that are significantly better, and those that are worse."""
    significant = tested[np.asarray(p_values) < ALPHA]
    better = significant["delta"] > 0
    return significant["language"][better].tolist(), significant["language"][~better].tolist()
