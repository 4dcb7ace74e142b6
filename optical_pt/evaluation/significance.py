"""Paired significance tests and corrections for many tests."""

from __future__ import annotations

import warnings
from typing import Literal, get_args

import numpy as np

from optical_pt.errors import InputError

Test = Literal["t", "wilcoxon", "randomization"]
Correction = Literal["holm", "bonferroni", "bh", "none"]

TESTS: tuple[Test, ...] = get_args(Test)
CORRECTIONS: tuple[Correction, ...] = get_args(Correction)


def paired_p_value(
    system: np.ndarray, baseline: np.ndarray, test: Test = "t", *, seed: int = 0
) -> float:
    """The two-sided p-value of a paired test of the scores of the same queries.

    Args:
        system: Scores, shape (queries,).
        baseline: Scores of the same queries in the same order.
        test: ``"t"``, the paired t-test; ``"wilcoxon"``, the signed-rank test;
            ``"randomization"``, which flips the signs of the differences 10,000 times at random
            (Smucker, Allan and Carterette, CIKM 2007).
        seed: Of the randomization test.

    Returns:
        A value in [0, 1]: 1 where the systems score the same on every query; NaN for fewer than
        two queries, which show nothing.

    Raises:
        InputError: on an unknown test.

    >>> paired_p_value(np.array([0.5, 0.5, 1.0]), np.array([0.5, 0.5, 1.0]))
    1.0
    """
    from scipy import stats  # takes over a second to import

    if test not in TESTS:
        raise InputError(f"unknown significance test {test!r}: use one of {', '.join(TESTS)}")
    differences = np.asarray(system, dtype=float) - np.asarray(baseline, dtype=float)
    if len(differences) < 2:
        return float("nan")
    # Equal differences differ in their last bits, which would rank them, or be all that there is.
    differences = np.round(differences, 12)
    if not differences.any():
        return 1.0
    if test == "t":
        with warnings.catch_warnings(), np.errstate(divide="ignore"):
            # The same difference on all queries has no variance: t is infinite and p is 0.
            warnings.simplefilter("ignore", RuntimeWarning)
            return float(stats.ttest_1samp(differences, 0.0).pvalue)
    if test == "wilcoxon":
        return float(stats.wilcoxon(differences).pvalue)
    return _randomization_p_value(differences, np.random.default_rng(seed))


def _randomization_p_value(differences: np.ndarray, rng: np.random.Generator) -> float:
    rounds, flips_per_round = 10, 1_000  # in rounds, to bound the memory
    total = differences.sum()
    slack = 1e-12 * np.abs(differences).sum()  # of equal sums, too
    as_extreme = 0
    for _ in range(rounds):
        flipped = rng.integers(0, 2, (flips_per_round, len(differences)), dtype=np.int8)
        sums = total - 2.0 * (flipped.astype(float) @ differences)
        as_extreme += int((np.abs(sums) >= abs(total) - slack).sum())
    # The observed signs are one of the possible ones: the p-value is never 0.
    return (as_extreme + 1) / (rounds * flips_per_round + 1)


def correct_p_values(p_values: np.ndarray, correction: Correction = "holm") -> np.ndarray:
    """Correct the p-values of one family of tests; NaN is no test and stays NaN.

    ``"holm"`` (Holm 1979) and ``"bonferroni"`` bound the chance of any false discovery,
    ``"bh"`` (Benjamini and Hochberg 1995) their expected share; ``"none"`` changes nothing.

    Raises:
        InputError: on an unknown correction.

    >>> correct_p_values(np.array([0.01, 0.04, 0.03, np.nan])).round(3).tolist()
    [0.03, 0.06, 0.06, nan]
    """
    if correction not in CORRECTIONS:
        raise InputError(f"unknown correction {correction!r}: use one of {', '.join(CORRECTIONS)}")
    corrected = np.array(p_values, dtype=float)
    tested = np.flatnonzero(~np.isnan(corrected))
    order = tested[np.argsort(corrected[tested], kind="stable")]  # from the smallest p-value
    ascending, tests = corrected[order], len(order)
    if correction == "holm":
        ascending = np.maximum.accumulate(ascending * np.arange(tests, 0, -1))
    elif correction == "bonferroni":
        ascending = ascending * tests
    elif correction == "bh":
        ascending = ascending * tests / np.arange(1, tests + 1)
        ascending = np.minimum.accumulate(ascending[::-1])[::-1]
    corrected[order] = np.minimum(ascending, 1.0)
    return corrected
