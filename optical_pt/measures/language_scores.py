"""Scores by language, with bootstrap draws that are paired wherever the queries are the same."""

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
        InputError: if a language lacks a system or one of its queries.
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
        for language in languages:
            wide = rows[(rows["language"] == language) & rows["system"].isin(systems)].pivot(
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
        """Means over drawn queries, shape (languages, resamples) for each system."""
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
