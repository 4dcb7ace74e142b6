"""Scores by language, with bootstrap draws shared by languages that ask the same queries."""

from __future__ import annotations

import numpy as np
import pandas as pd

from optical_pt.errors import InputError


class LanguageScores:
    """The scores of some systems on the same queries, language by language.

    Args:
        per_query: Columns ``system, language, qid, measure, value``.
        measure: Name of the measure.
        languages: Languages to take.
        systems: Names of the systems.

    Raises:
        InputError: if a language lacks a system or one of its queries, or a query is scored twice.
    """

    def __init__(
        self, per_query: pd.DataFrame, measure: str, languages: tuple[str, ...], systems: list[str]
    ) -> None:
        self.systems = systems
        self.languages = languages
        self.values: list[np.ndarray] = []
        self.qids: list[tuple[str, ...]] = []
        rows = per_query[per_query["measure"] == measure]
        if rows.empty:
            known = ", ".join(map(str, per_query["measure"].unique()))
            raise InputError(f"no score of measure {measure!r}: use one of {known}")
        rows = rows[rows["language"].isin(languages) & rows["system"].isin(systems)]
        twice = rows[rows.duplicated(["system", "language", "qid"])]
        if len(twice):
            system, language, qid = twice.iloc[0][["system", "language", "qid"]]
            raise InputError(
                f"{system!r} in language {language!r} has several scores of qid {qid!r}: give one, "
                "such as their mean over seeds"
            )
        for language in languages:
            wide = rows[rows["language"] == language].pivot(
                index="system", columns="qid", values="value"
            )
            for system in systems:
                if system not in wide.index:
                    raise InputError(
                        f"language {language!r} has no scores of {system!r}: run it, or name the "
                        "languages that have them"
                    )
            lacking = wide.columns[wide.isna().any()]
            if len(lacking):
                missing = wide.index[wide[lacking[0]].isna()][0]
                raise InputError(
                    f"{missing!r} in language {language!r} has no score of qid {lacking[0]!r}: "
                    "score all systems on the same queries"
                )
            self.qids.append(tuple(wide.columns))
            self.values.append(wide.loc[systems].to_numpy(dtype=float))

    def check_above_zero(self, ceiling: str) -> None:
        """Raise :class:`InputError` for a language in which the ceiling scores 0."""
        for language, mean in zip(self.languages, self.means()[ceiling], strict=True):
            if mean == 0:
                raise InputError(
                    f"ceiling {ceiling!r} is 0 in language {language!r}, so there is no relative "
                    "gap: leave the language out"
                )

    def means(self) -> dict[str, np.ndarray]:
        """Means over queries, shape (languages, 1) for each system."""
        means = np.stack([values.mean(axis=1, keepdims=True) for values in self.values])
        return {system: means[:, number] for number, system in enumerate(self.systems)}

    def bootstrap(self, resamples: int, seed: int) -> dict[str, np.ndarray]:
        """Means over drawn queries, shape (languages, resamples) for each system.

        Languages with exactly the same queries share their draws; others draw on their own.
        """
        rng = np.random.default_rng(seed)
        counts: dict[tuple[str, ...], np.ndarray] = {}
        means = []
        for qids, values in zip(self.qids, self.values, strict=True):
            if qids not in counts:
                # How often each query is drawn, for all languages that ask the same queries.
                size = len(qids)
                counts[qids] = rng.multinomial(size, np.full(size, 1 / size), size=resamples).T
            means.append(values @ counts[qids] / len(qids))
        stacked = np.stack(means)
        return {system: stacked[:, number] for number, system in enumerate(self.systems)}
