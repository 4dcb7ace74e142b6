"""How far a system is from the English ceiling, and low-resource languages from others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.evaluation.system import GROUPS
from optical_pt.measures.language_scores import LanguageScores


@dataclass(frozen=True)
class Gap:
    """A gap with its bootstrap interval.

    Attributes:
        value: The gap; positive where there is one.
        low: The lower end of the interval.
        high: Its upper end.
        level: Of confidence.
        languages: What it is a gap of.
    """

    value: float
    low: float
    high: float
    level: float
    languages: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def ceiling_gap(
    per_query: pd.DataFrame,
    *,
    system: str,
    ceiling: str,
    measure: str,
    languages: Iterable[str] | None = None,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> Gap:
    r"""The share of the English ceiling that a system lacks.

    The gap of a language l, and its mean over languages, are

    .. math:: G_l = 1 - \frac{\bar S_l}{\bar C_l}, \qquad G = \frac{1}{|L|} \sum_{l \in L} G_l

    with the means over queries of the system and of the ceiling (human English versions of the same
    queries): the cross-lingual transfer gap of XTREME (Hu et al. 2020,
    https://arxiv.org/abs/2003.11080), the distance from English, but in units of what English gets,
    so that languages with harder queries compare. Negative where the system is above the ceiling.

    The interval is a bootstrap percentile interval (Efron and Tibshirani 1993, ch. 13) over
    queries: the system and the ceiling are scored on the same draws, and languages with the same
    qids, which are translations of the same queries, draw together. Draws for which a ceiling is 0
    are left out.

    Args:
        per_query: Columns ``system, language, qid, measure, value``, such as
            ``ClirResult.per_query``.
        system: Name of the system.
        ceiling: Name of the ceiling.
        measure: Name of the measure, such as ``MAP``.
        languages: Of the mean; by default all that have the system.
        level: Of confidence.
        resamples: Draws of the bootstrap.
        seed: Of the draws.

    Raises:
        InputError: if a language lacks the system, the ceiling or one of its queries, or if a
            ceiling is 0.

    >>> per_query = pd.DataFrame(
    ...     [
    ...         ("OPTICAL", "ha", "1", "MAP", 0.5),
    ...         ("OPTICAL", "ha", "2", "MAP", 0.25),
    ...         ("human", "ha", "1", "MAP", 1.0),
    ...         ("human", "ha", "2", "MAP", 0.5),
    ...     ],
    ...     columns=["system", "language", "qid", "measure", "value"],
    ... )
    >>> print(ceiling_gap(per_query, system="OPTICAL", ceiling="human", measure="MAP"))
    0.500 [0.500, 0.500]
    """
    _check_level(level)
    chosen = _languages(per_query, system, languages)
    scores = LanguageScores(per_query, measure, chosen, [system, ceiling])
    scores.check_above_zero(ceiling)
    draws = scores.bootstrap(resamples, seed)

    def gap(means: Mapping[str, np.ndarray]) -> np.ndarray:
        return _relative_gaps(means[system], means[ceiling]).mean(axis=0)

    return _with_interval(gap(scores.means()), gap(draws), level, chosen)


def group_gap(
    per_query: pd.DataFrame,
    *,
    system: str,
    measure: str,
    groups: Mapping[str, str],
    ceiling: str | None = None,
    against: str | None = None,
    level: float = 0.95,
    resamples: int = 2_000,
    seed: int = 0,
) -> Gap:
    r"""How much worse a system is on low-resource languages than on the others.

    With a ceiling, the difference between the mean relative gaps of :func:`ceiling_gap`,

    .. math:: \frac{1}{|L|} \sum_{l \in L} G_l - \frac{1}{|O|} \sum_{l \in O} G_l

    over the low-resource languages L and the others O: what the low-resource languages lose beyond
    what the others lose, whatever the difficulty of their queries. Without one, the plain
    difference of the system's means, :math:`\bar S_O - \bar S_L`, each language counting the same.
    Positive where low-resource languages are worse off. The interval is as in
    :func:`ceiling_gap`. With another system to compare, it is the difference between the gaps of
    the two, on the same draws: positive where this system's is the wider.

    Args:
        per_query: As in :func:`ceiling_gap`, like the arguments that are not named here.
        system: Name of the system.
        measure: Name of the measure.
        groups: ``"low"`` or ``"other"`` for each language, such as ``ClirResult.groups``; languages
            that lack the system are left out.
        ceiling: Name of the ceiling, or None.
        against: Name of the other system, or None.
        level: Of confidence.
        resamples: Draws of the bootstrap.
        seed: Of the draws.

    Raises:
        InputError: as :func:`ceiling_gap`, and if a group has no language or a language no group.

    >>> per_query = pd.DataFrame(
    ...     [("NMT", "ha", "1", "MAP", 0.25), ("NMT", "de", "1", "MAP", 0.75)],
    ...     columns=["system", "language", "qid", "measure", "value"],
    ... )
    >>> groups = {"ha": "low", "de": "other"}
    >>> group_gap(per_query, system="NMT", measure="MAP", groups=groups).value
    0.5
    """
    _check_level(level)
    chosen = _languages(per_query, system, None)
    for language in chosen:
        if groups.get(language) not in GROUPS:
            raise InputError(f"language {language!r} has no group: use one of {', '.join(GROUPS)}")
    is_low = np.array([groups[language] == "low" for language in chosen])
    if is_low.all() or not is_low.any():
        raise InputError(f"all languages of {system!r} are in one group: give some of the other")
    compared = [system] if against is None else [system, against]
    names = compared if ceiling is None else [*compared, ceiling]
    scores = LanguageScores(per_query, measure, chosen, names)
    if ceiling is not None:
        scores.check_above_zero(ceiling)

    def gap(means: Mapping[str, np.ndarray]) -> np.ndarray:
        own, *other = [_group_gap(means, name, ceiling, is_low) for name in compared]
        return own - other[0] if other else own

    return _with_interval(
        gap(scores.means()), gap(scores.bootstrap(resamples, seed)), level, chosen
    )


def _group_gap(
    means: Mapping[str, np.ndarray], system: str, ceiling: str | None, is_low: np.ndarray
) -> np.ndarray:
    lost = -means[system]
    if ceiling is not None:
        lost = _relative_gaps(means[system], means[ceiling])
    return lost[is_low].mean(axis=0) - lost[~is_low].mean(axis=0)


def _relative_gaps(system: np.ndarray, ceiling: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(ceiling > 0, 1 - system / ceiling, np.nan)


def _with_interval(
    value: np.ndarray, draws: np.ndarray, level: float, languages: tuple[str, ...]
) -> Gap:
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Gap(float(value[0]), float(low), float(high), level, languages)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise InputError(f"level {level}: it must be between 0 and 1, such as 0.95")


def _languages(
    per_query: pd.DataFrame, system: str, languages: Iterable[str] | None
) -> tuple[str, ...]:
    if languages is None:
        languages = per_query.loc[per_query["system"] == system, "language"].unique()
    chosen = tuple(languages)
    if not chosen:
        raise InputError(f"no language has scores of {system!r}: name a system that was run")
    return chosen
