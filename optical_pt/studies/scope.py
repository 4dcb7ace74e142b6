"""Which rows of a result stand for many languages."""

from __future__ import annotations

import pandas as pd


def mean_rows(rows: pd.DataFrame, group: str | None = None) -> pd.DataFrame:
    """The rows of a group's mean over languages, or those of its only language.

    Args:
        rows: Of one task and measure, with ``language`` (``"mean"`` for a mean) and ``group``.
        group: ``"low"``, ``"other"`` or ``"all"``; by default the widest that has a mean, or every
            row where none has.

    Returns:
        None of the rows where the group was not measured.

    >>> groups = ["low", "low", "low", "other"]
    >>> rows = pd.DataFrame({"language": ["ha", "zu", "mean", "de"], "group": groups})
    >>> mean_rows(rows).values.tolist()
    [['mean', 'low']]
    >>> mean_rows(rows, "other").values.tolist()
    [['de', 'other']]
    """
    means = rows[rows["language"] == "mean"]
    if group is not None:
        of_group = means[means["group"] == group]
        return of_group if len(of_group) else rows[rows["group"] == group]
    for widest in ("all", "low", "other"):
        if (means["group"] == widest).any():
            return means[means["group"] == widest]
    return rows
