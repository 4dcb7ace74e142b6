"""The outcome of an experiment: scores, means, differences and their significance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.evaluation.significance import Correction, Test
from optical_pt.evaluation.system import GROUPS, Family, Group


@dataclass(frozen=True, eq=False)
class ClirResult:
    """Scores of systems in languages; the order of every attribute is the order of the table.

    Attributes:
        per_query: Columns ``system, language, qid, measure, value``.
        summary: One row a system, language and measure, with the columns ``system, family,
            language, group, measure, value, delta, p_value, p_corrected, n_queries``. ``value``
            is the mean over queries and ``delta`` its difference from the baseline. The
            p-values are NaN where there is no test: for the baseline itself, for ceilings (they
            answer other queries, and must not weaken the tests of the systems), and in a
            language that lacks the baseline.
        measures: Names of the measures.
        groups: The group of each language.
        families: The family of each system.
        baseline: The system that the others are tested against, if any.
        test: The paired test.
        correction: Taken over all tests of one measure: all systems in all languages together.
        alpha: The level at which a corrected p-value counts as significant.
        seed: Of what is drawn at random: flipped signs, and queries for intervals.
        lower_is_better: The measures of which a smaller value is better.
    """

    per_query: pd.DataFrame
    summary: pd.DataFrame
    measures: tuple[str, ...]
    groups: dict[str, Group]
    families: dict[str, Family]
    baseline: str | None
    test: Test
    correction: Correction
    alpha: float
    seed: int = 0
    lower_is_better: frozenset[str] = frozenset()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages: low-resource ones first."""
        return tuple(self.groups)

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems in the order of their families."""
        return tuple(self.families)

    @property
    def n_tests(self) -> int:
        """How many tests of one measure were corrected together."""
        first = self.summary["measure"] == self.measures[0]
        return int(self.summary.loc[first, "p_corrected"].notna().sum())

    def means(self) -> pd.DataFrame:
        """Means over the languages of a group, each language counting the same.

        Returns:
            Columns ``system, family, measure, group, value``, where group is ``low``, ``other``
            or ``all``; a group without languages has no rows. The value is NaN for a system
            that lacks a language of the group: its mean would compare with no other.
        """
        rows = []
        for measure in self.measures:
            values = self.values(measure)
            for group in (*GROUPS, "all"):
                members = [name for name in self.languages if group in (self.groups[name], "all")]
                if members:
                    rows += [
                        (system, self.families[system], measure, group, value)
                        for system, value in values[members].mean(axis=1, skipna=False).items()
                    ]
        return pd.DataFrame(rows, columns=["system", "family", "measure", "group", "value"])

    def values(self, measure: str) -> pd.DataFrame:
        """The value of a measure: one row a system, one column a language; NaN where not run.

        Raises:
            InputError: on a measure that was not taken.
        """
        self._check("measure", measure, self.measures)
        rows = self.summary[self.summary["measure"] == measure]
        wide = rows.pivot(index="system", columns="language", values="value")
        return wide.reindex(index=list(self.systems), columns=list(self.languages))

    def significant(self, alpha: float | None = None) -> pd.DataFrame:
        """The rows of ``summary`` that differ from the baseline: corrected p-value <= alpha."""
        level = self.alpha if alpha is None else alpha
        return self.summary[self.summary["p_corrected"] <= level].reset_index(drop=True)

    def confidence_interval(
        self,
        system: str,
        language: str,
        measure: str,
        *,
        of: Literal["value", "delta"] = "value",
        level: float = 0.95,
        resamples: int = 2_000,
        seed: int | None = None,
    ) -> tuple[float, float]:
        """A bootstrap percentile interval of a mean over queries (Efron and Tibshirani 1993).

        The queries are drawn with replacement; what it says is how far another sample of
        queries could move the mean. ``of="delta"`` draws the differences from the baseline on
        the same queries, whose interval is much narrower than those of the two systems.

        Args:
            system: Whose mean.
            language: In which.
            measure: Of which.
            of: Of the mean itself, or of its difference from the baseline's.
            level: Share of the resampled means that are within; above 0 and below 1.
            resamples: How many.
            seed: Of the resampling; None takes the result's own.

        Returns:
            The lower and upper end; NaN where the system was not run in the language.

        Raises:
            InputError: on an unknown system, language, measure or level, or with no baseline.
        """
        if not 0 < level < 1:
            raise InputError(f"level {level:g}: give a share between 0 and 1, such as 0.95")
        scores = self._scores(system, language, measure)
        if of == "delta":
            if self.baseline is None:
                raise InputError("no delta without a baseline: name one in clir_experiment")
            baseline = self._scores(self.baseline, language, measure)
            # Empty where either was not run.
            scores = scores - baseline if len(scores) and len(baseline) else scores[:0]
        if not len(scores):
            return float("nan"), float("nan")
        rng = np.random.default_rng(self.seed if seed is None else seed)
        means = scores[rng.integers(len(scores), size=(resamples, len(scores)))].mean(axis=1)
        low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)

    def _scores(self, system: str, language: str, measure: str) -> np.ndarray:
        self._check("system", system, self.systems)
        self._check("language", language, self.languages)
        self._check("measure", measure, self.measures)
        rows = self.per_query
        chosen = (
            (rows["system"] == system)
            & (rows["language"] == language)
            & (rows["measure"] == measure)
        )
        return rows.loc[chosen, "value"].to_numpy()

    @staticmethod
    def _check(what: str, name: str, known: Sequence[str]) -> None:
        if name not in known:
            raise InputError(f"unknown {what} {name!r}: use one of {', '.join(known)}")
