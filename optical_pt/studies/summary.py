"""Means of trials over queries and seeds, with intervals and paired tests."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.evaluation.significance import correct_p_values, paired_p_value
from optical_pt.evaluation.system import GROUPS
from optical_pt.studies.result import StudyResult

RESAMPLES = 2_000


def summarize_study(
    per_query: pd.DataFrame,
    groups: Mapping[str, str],
    *,
    baseline: str | None = None,
    baseline_level: float | None = None,
    copied_baseline: bool = False,
    seed: int = 0,
) -> StudyResult:
    r"""Average trials over queries and seeds, and test them against a baseline.

    Methods meet on the same task, measure, level and language; or, with ``baseline_level``, the
    levels of a method meet on the same task, measure and language. With :math:`s_{mq}` the mean
    over seeds of method m's score on query q, a language's test is the paired t-test over queries
    of :math:`s_{mq} - s_{bq}`; that of a group's mean is the paired randomization test (Smucker,
    Allan and Carterette, CIKM 2007) over the queries of all its languages, each weighted so that
    every language counts the same. P-values are corrected after Holm (1979) over the tests of one
    task and measure. A seed is no new query: three seeds of one query are averaged, not counted
    thrice. Nor is a translation: what languages score on the same qid is one observation of their
    mean, in its test and in its interval. A mean is over the same languages at all
    levels: a method has none at a level that it lacks in one.

    Args:
        per_query: As :func:`~optical_pt.studies.trial.run_trials` gives it.
        groups: ``"low"`` or ``"other"`` for each language.
        baseline: A method that the others are tested against at each level.
        baseline_level: A level that each method's other levels are tested against. Without either
            there are no tests.
        copied_baseline: Whether the baseline is put together from other methods' scores, such as
            the best of several. Where one of them is the baseline, it is not tested against itself.
        seed: Of intervals and of the randomization test.

    Raises:
        InputError: if there are no scores, a language has no group, no method is called like the
            baseline, no trial has the baseline level, both are given, or the seeds, methods or
            levels of a language were measured on different queries.

    >>> columns = ["method", "level", "language", "seed", "task", "measure", "qid", "value"]
    >>> per_query = pd.DataFrame(
    ...     [
    ...         ("OT", None, "ha", 0, "pool", "MAP", "1", 0.5),
    ...         ("MSE", None, "ha", 0, "pool", "MAP", "1", 0.25),
    ...     ],
    ...     columns=columns,
    ... )
    >>> result = summarize_study(per_query, {"ha": "low"}, baseline="MSE")
    >>> result.summary[["method", "language", "value", "delta"]].values.tolist()
    [['OT', 'ha', 0.5, 0.25], ['MSE', 'ha', 0.25, 0.0]]
    """
    methods = tuple(dict.fromkeys(per_query["method"]))
    present = set(per_query["language"])
    if not present:
        raise InputError("no scores: measure at least one trial")
    if unknown := sorted(code for code in present if groups.get(code) not in GROUPS):
        raise InputError(f"language {unknown[0]!r} has no group: use one of {', '.join(GROUPS)}")
    if baseline is not None and baseline not in methods:
        raise InputError(f"unknown baseline {baseline!r}: use one of {', '.join(methods)}")
    if baseline_level is not None:
        _check_level(baseline_level, baseline, per_query["level"])
    ordered = {language: group for language, group in groups.items() if language in present}
    cells = {key: _Cell(rows) for key, rows in _split(per_query)}
    blocks = _blocks(cells)
    # At all levels, lest a mean at one be of fewer languages than at another.
    spoken: dict[tuple[str, str], set[str]] = {}
    for task, measure, _, language, _ in cells:
        spoken.setdefault((task, measure), set()).add(language)
    rows = []
    for (task, measure, level), block in blocks.items():
        across = baseline_level is not None
        other = blocks.get((task, measure, baseline_level), {}) if across else block
        for members, language, group in _scopes(spoken[task, measure], ordered):
            for method in methods:
                own = _members(block, method, members)
                if own is None:
                    continue
                rival = method if across else baseline
                base = _members(other, rival, members) if rival else None
                is_baseline = level == baseline_level if across else method == baseline
                is_baseline |= copied_baseline and base is not None and _same_scores(own, base)
                place = (task, measure, method, level, language, group)
                rows.append((*place, *_statistics(own, base, is_baseline, place, seed)))
    summary = pd.DataFrame(rows, columns=[
        "task", "measure", "method", "level", "language", "group", "value", "sd", "low", "high",
        "delta", "p_value", "n_queries", "n_seeds",
    ]).astype({"level": float})  # fmt: skip
    summary.insert(len(summary.columns) - 2, "p_corrected", float("nan"))
    for _, index in summary.groupby(["task", "measure"], sort=False).groups.items():
        p_values = summary.loc[index, "p_value"].to_numpy()
        summary.loc[index, "p_corrected"] = correct_p_values(p_values, "holm")
    return StudyResult(per_query, summary, ordered, methods, baseline, baseline_level)


def _check_level(baseline_level: float, baseline: str | None, levels: pd.Series) -> None:
    if baseline is not None:
        raise InputError(
            f"baseline {baseline!r} and baseline_level {baseline_level:g}: test against one of them"
        )
    known = sorted(levels.dropna().unique())
    if baseline_level not in known:
        raise InputError(
            f"unknown baseline_level {baseline_level:g}: use one of "
            f"{', '.join(f'{level:g}' for level in known) or 'a study with levels'}"
        )


class _Cell:
    """The scores of one method at one place: seeds by queries."""

    def __init__(self, rows: pd.DataFrame):
        wide = rows.pivot(index="qid", columns="seed", values="value").sort_index()
        if wide.isna().any(axis=None):
            first = rows.iloc[0]
            qid = wide.index[wide.isna().any(axis=1)][0]
            raise InputError(
                f"{first['method']} in {first['language']}: qid {qid!r} was not scored with every "
                "seed; measure all on the same queries"
            )
        self.qids = wide.index
        self.by_seed = wide.mean().to_numpy()
        self.by_query = wide.mean(axis=1)


def _split(per_query: pd.DataFrame) -> list[tuple[tuple, pd.DataFrame]]:
    keys = ["task", "measure", "level", "language", "method"]
    return list(per_query.groupby(keys, sort=False, dropna=False))


def _blocks(cells: dict[tuple, _Cell]) -> dict[tuple, dict[tuple[str, str], _Cell]]:
    """Cells by language and method, for each task, measure and level."""
    blocks: dict[tuple, dict[tuple[str, str], _Cell]] = {}
    for (task, measure, level, language, method), cell in cells.items():
        # NaN is no key to find things by.
        place = (task, measure, None if pd.isna(level) else level)
        blocks.setdefault(place, {})[language, method] = cell
    return blocks


def _scopes(present: set[str], groups: dict[str, str]) -> list[tuple[list[str], str, str]]:
    """Single languages, then the groups of several, then all if there are two groups."""
    scopes = [([name], name, group) for name, group in groups.items() if name in present]
    members = {
        g: [name for name in groups if groups[name] == g and name in present] for g in GROUPS
    }
    scopes += [(names, "mean", group) for group, names in members.items() if len(names) > 1]
    if all(members.values()):
        scopes.append(([name for names in members.values() for name in names], "mean", "all"))
    return scopes


def _members(block: dict, method: str, languages: list[str]) -> list[_Cell] | None:
    """A method's cells of the languages, or None if it lacks one."""
    if any((language, method) not in block for language in languages):
        return None
    return [block[language, method] for language in languages]


def _statistics(
    own: list[_Cell], base: list[_Cell] | None, is_baseline: bool, place: tuple, seed: int
) -> tuple:
    seeds = {len(cell.by_seed) for cell in own}
    by_seed = np.mean([cell.by_seed for cell in own], axis=0) if len(seeds) == 1 else None
    value = _mean(own)
    sd = float(np.std(by_seed, ddof=1)) if by_seed is not None and len(by_seed) > 1 else np.nan
    low, high = _interval(_shares([cell.by_query for cell in own]), seed)
    delta = p_value = float("nan")
    if base is not None:
        _check_queries(own, base, place)
        delta = value - _mean(base)
        if not is_baseline:
            p_value = _p_value(own, base, seed)
    n_queries = sum(len(cell.qids) for cell in own)
    return value, sd, low, high, delta, p_value, n_queries, max(seeds)


def _check_queries(own: list[_Cell], base: list[_Cell], place: tuple) -> None:
    for mine, other in zip(own, base, strict=True):
        if not mine.qids.equals(other.qids):
            odd = mine.qids.symmetric_difference(other.qids)[0]
            raise InputError(
                f"{place[0]} {place[4]}: {place[2]} and the baseline were not measured on the same "
                f"queries (such as {odd!r})"
            )


def _same_scores(own: list[_Cell], base: list[_Cell]) -> bool:
    return all(mine.by_query.equals(other.by_query) for mine, other in zip(own, base, strict=True))


def _mean(cells: list[_Cell]) -> float:
    return float(np.mean([cell.by_query.mean() for cell in cells]))


def _p_value(own: list[_Cell], base: list[_Cell], seed: int) -> float:
    if len(own) == 1:
        return paired_p_value(own[0].by_query.to_numpy(), base[0].by_query.to_numpy())
    pairs = zip(own, base, strict=True)
    shares = np.concatenate(_shares([mine.by_query - other.by_query for mine, other in pairs]))
    return paired_p_value(shares, np.zeros(len(shares)), "randomization", seed=seed)


def _shares(languages: list[pd.Series]) -> list[np.ndarray]:
    """What each query adds to the mean over languages of their means over queries.

    Args:
        languages: Values by qid.

    Returns:
        The shares, one a qid, in an array for each set of languages that have the same qids; all of
        them together sum to the mean.
    """
    wide = pd.concat(
        [values / len(values) / len(languages) for values in languages], axis=1
    ).sort_index()
    shares = wide.sum(axis=1).to_numpy()
    kinds, kind = np.unique(wide.notna().to_numpy(), axis=0, return_inverse=True)
    return [shares[kind.ravel() == number] for number in range(len(kinds))]


def _interval(shares: list[np.ndarray], seed: int) -> tuple[float, float]:
    """Bootstrap percentile interval of the sum of what queries add to a mean.

    Queries of the same languages are drawn anew together, so that a language keeps its number.
    """
    rng = np.random.default_rng(seed)
    means = np.zeros(RESAMPLES)
    for values in shares:
        # A draw is how often each query is taken.
        counts = rng.multinomial(len(values), np.full(len(values), 1 / len(values)), RESAMPLES)
        means += counts @ values
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
