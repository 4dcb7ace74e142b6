"""Paired tests and corrections against hand-computed values and reference implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from optical_pt import InputError
from optical_pt.evaluation import correct_p_values, paired_p_value

P_VALUES = st.lists(st.floats(0, 1) | st.just(math.nan), max_size=20).map(np.array)
SCORES = st.lists(
    st.tuples(st.sampled_from([0, 0.25, 0.5, 1]), st.sampled_from([0, 0.25, 0.5, 1])), max_size=12
)


def test_t_test_by_hand():
    # Differences .1 .2 .3: mean .2, standard error .1/sqrt(3), t = 2 sqrt(3) with 2 degrees of
    # freedom, for which P(|T| > t) = 1 - t / sqrt(t^2 + 2).
    t = 2 * math.sqrt(3)
    expected = 1 - t / math.sqrt(t**2 + 2)
    p_value = paired_p_value(np.array([0.1, 0.4, 0.8]), np.array([0.0, 0.2, 0.5]))
    assert p_value == pytest.approx(expected)


def test_wilcoxon_by_hand():
    # Five differences, all positive: 2 of the 2^5 patterns of signs are as extreme.
    p_value = paired_p_value(np.array([0.1, 0.2, 0.3, 0.4, 0.5]), np.zeros(5), "wilcoxon")
    assert p_value == pytest.approx(2 / 32)


def test_randomization_by_hand():
    # Of the 16 sums of +-.1 +-.2 +-.4 +-.8, two are as far from 0 as .1 + .2 + .4 + .8 = 1.5, and
    # all are at least as far as .1 + .2 + .4 - .8 = -.1.
    system = np.array([0.1, 0.2, 0.4, 0.8])
    p_value = paired_p_value(system, np.zeros(4), "randomization", seed=1)
    assert p_value == pytest.approx(2 / 16, abs=0.01)
    assert p_value == paired_p_value(system, np.zeros(4), "randomization", seed=1)
    assert paired_p_value(system * [1, 1, 1, -1], np.zeros(4), "randomization") == 1.0


@pytest.mark.parametrize("test", ["t", "wilcoxon", "randomization"])
def test_no_variance(test):
    same = np.array([0.5, 0.25, 0.0])
    assert paired_p_value(same, same, test) == 1.0
    assert math.isnan(paired_p_value(same[:1], same[:1] + 1, test))
    assert math.isnan(paired_p_value(same[:0], same[:0], test))


@pytest.mark.parametrize("test", ["t", "wilcoxon", "randomization"])
def test_the_last_bits_of_differences_say_nothing(test):
    # .3 - (.1 + .2) is no difference, and .3 - .2 and .1 - .0 are the same one.
    assert paired_p_value(np.full(50, 0.3), np.full(50, 0.1 + 0.2), test) == 1.0
    hits, others = np.array([1, 3, 5, 7, 2, 6]), np.array([2, 2, 4, 6, 3, 5])
    of_counts = paired_p_value(hits.astype(float), others.astype(float), test)
    assert paired_p_value(hits / 10, others / 10, test) == pytest.approx(of_counts)


def test_constant_difference_is_certain():
    assert paired_p_value(np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.5, 2.5])) == 0.0


@given(SCORES, st.sampled_from(["t", "wilcoxon", "randomization"]))
def test_p_values_are_probabilities_and_symmetric(scores, test):
    system, baseline = np.array(scores, dtype=float).reshape(-1, 2).T
    p_value = paired_p_value(system, baseline, test)
    if len(scores) < 2:
        assert math.isnan(p_value)
    else:
        assert 0 <= p_value <= 1
        assert paired_p_value(baseline, system, test) == pytest.approx(p_value)


def test_holm_by_hand():
    # In ascending order .005*4 = .02, .01*3 = .03, .03*2 = .06, .04*1 = .04 raised to .06.
    corrected = correct_p_values(np.array([0.01, 0.04, 0.03, 0.005]))
    assert corrected == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_other_corrections_by_hand():
    p_values = np.array([0.01, math.nan, 0.04, 0.03, 0.3])
    bonferroni = correct_p_values(p_values, "bonferroni")
    assert bonferroni == pytest.approx([0.04, math.nan, 0.16, 0.12, 1.0], nan_ok=True)
    # .01*4/1 = .04, .03*4/2 = .06, .04*4/3 = .05333 (which lowers the one before), .3*4/4 = .3
    bh = correct_p_values(p_values, "bh")
    assert bh == pytest.approx([0.04, math.nan, 0.16 / 3, 0.16 / 3, 0.3], nan_ok=True)
    assert correct_p_values(p_values, "none") == pytest.approx(p_values, nan_ok=True)


@given(P_VALUES, st.sampled_from(["holm", "bonferroni", "bh", "none"]))
def test_corrections_are_monotone_and_never_help(p_values, correction):
    corrected = correct_p_values(p_values, correction)
    assert (np.isnan(corrected) == np.isnan(p_values)).all()
    tested = ~np.isnan(p_values)
    before, after = p_values[tested], corrected[tested]
    assert (after >= before).all()
    assert (after <= 1).all()
    order = np.argsort(before, kind="stable")
    assert (np.diff(after[order]) >= 0).all()


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=20).map(np.array),
    st.sampled_from([("holm", "holm"), ("bonferroni", "bonferroni"), ("bh", "fdr_bh")]),
)
def test_corrections_equal_statsmodels(p_values, names):
    ours, theirs = names
    expected = multipletests(p_values, method=theirs)[1]
    assert correct_p_values(p_values, ours) == pytest.approx(expected)


def test_unknown_names():
    with pytest.raises(InputError, match="unknown significance test 'z': use one of t, wilcoxon"):
        paired_p_value(np.ones(2), np.zeros(2), "z")
    with pytest.raises(InputError, match="unknown correction 'x': use one of holm, bonferroni"):
        correct_p_values(np.ones(2), "x")
