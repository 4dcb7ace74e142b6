"""From the scores of queries to means, differences and p-values."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from optical_pt.evaluation.result import ClirResult
from optical_pt.evaluation.significance import (
    Correction,
    Test,
    correct_p_values,
    paired_p_value,
)
from optical_pt.evaluation.system import Family, Group

SUMMARY_COLUMNS = (
    "system",
    "family",
    "language",
    "group",
    "measure",
    "value",
    "delta",
    "p_value",
    "p_corrected",
    "n_queries",
)


def summarize(
    per_query: pd.DataFrame,
    *,
    measures: Sequence[str],
    groups: dict[str, Group],
    families: dict[str, Family],
    baseline: str | None,
    test: Test,
    correction: Correction,
    alpha: float,
    seed: int = 0,
    lower_is_better: Collection[str] = (),
) -> ClirResult:
    """Average per-query scores, test them against the baseline, and correct the p-values.

    Args:
        per_query: Columns ``system, language, qid, measure, value``; the systems of a language
            have the same qids in the same order.
        measures: Names of the measures in order.
        groups: The group of each language, in order.
        families: The family of each system, in order.
        baseline: As in :class:`ClirResult`, like ``test``, ``correction`` and ``alpha``.
        test: See above.
        correction: See above.
        alpha: See above.
        seed: Of the randomization test.
        lower_is_better: Names of the measures of which a smaller value is better.
    """
    cells = {
        key: rows["value"].to_numpy()
        for key, rows in per_query.groupby(["language", "system", "measure"], sort=False)
    }
    rows = []
    for (language, system, measure), scores in cells.items():
        reference = cells.get((language, baseline, measure))
        delta = p_value = float("nan")
        if reference is not None:
            delta = scores.mean() - reference.mean()
            if system != baseline and families[system] != "ceiling":
                p_value = paired_p_value(scores, reference, test, seed=seed)
        rows.append(
            (
                system,
                families[system],
                language,
                groups[language],
                measure,
                scores.mean(),
                delta,
                p_value,
                float("nan"),
                len(scores),
            )
        )
    summary = pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))
    for measure in measures:
        of_measure = summary["measure"] == measure
        p_values = summary.loc[of_measure, "p_value"].to_numpy()
        summary.loc[of_measure, "p_corrected"] = correct_p_values(p_values, correction)
    return ClirResult(
        per_query=per_query,
        summary=summary,
        measures=tuple(measures),
        groups=groups,
        families=families,
        baseline=baseline,
        test=test,
        correction=correction,
        alpha=alpha,
        seed=seed,
        lower_is_better=frozenset(lower_is_better),
    )
