"""What the trials of a study say together, to be read by task and measure."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from optical_pt.errors import InputError


@dataclass(frozen=True, eq=False)
class StudyResult:
    """Scores of methods by languages, averaged over queries and seeds, with intervals and tests.

    Attributes:
        per_query: Columns ``method, level, language, seed, task, measure, qid, value``.
        summary: One row a task, measure, level, language and method, then the same for the mean
            over the languages of a group (``language`` is ``"mean"``). ``value`` is the mean over
            queries, then seeds; ``sd`` the standard deviation over seeds (NaN for one seed);
            ``low`` and ``high`` the 95% bootstrap interval over queries of the scores' means over
            seeds; ``delta`` the difference from the baseline; ``p_value`` of a paired test and
            ``p_corrected`` after Holm, over all tests of a task and measure.
        groups: ``"low"`` or ``"other"`` for each language, in order.
        methods: In order.
        baseline: The method that the others are tested against, or None.
        baseline_level: The level that a method's other levels are tested against, or None.
    """

    per_query: pd.DataFrame
    summary: pd.DataFrame
    groups: dict[str, str]
    methods: tuple[str, ...]
    baseline: str | None
    baseline_level: float | None = None

    @property
    def measured(self) -> list[tuple[str, str]]:
        """Tasks with their measures, in order."""
        return list(self.summary[["task", "measure"]].drop_duplicates().itertuples(index=False))

    @property
    def levels(self) -> list[float]:
        """Places on the study's axis; empty where it has none."""
        return sorted(self.summary["level"].dropna().unique())

    def rows(self, task: str, measure: str) -> pd.DataFrame:
        """The summary of one task and measure.

        Raises:
            InputError: if it was not measured.
        """
        if (task, measure) not in self.measured:
            known = ", ".join(f"{t} {m}" for t, m in self.measured)
            raise InputError(f"{task} {measure} was not measured: choose from {known}")
        chosen = (self.summary["task"] == task) & (self.summary["measure"] == measure)
        return self.summary[chosen]
