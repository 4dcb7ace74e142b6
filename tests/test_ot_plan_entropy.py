"""Entropy of plans, from alignments to independence."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.ot import entropic_plan, plan_entropy

torch.set_num_threads(1)


def test_entropies_computed_by_hand():
    permutation = torch.tensor([[0, 0.5, 0], [0.25, 0, 0], [0, 0, 0.25]])
    halves = torch.tensor([[0.5, 0, 0], [0, 0.25, 0.25], [0, 0, 0]])  # a row of padding
    skew = torch.tensor([[0.4, 0.1, 0], [0.1, 0.4, 0], [0, 0, 0]])
    expected = 1 - (0.8 * math.log(1.6) + 0.2 * math.log(0.4)) / math.log(2)
    found = plan_entropy(torch.stack([permutation, halves, skew, 7 * skew]).double())
    assert found.tolist() == pytest.approx([0, 0, expected, expected])


def test_one_token_and_no_mass():
    one = torch.tensor([[0.5, 0.5], [0.0, 0.0]])
    found = plan_entropy(torch.stack([one, one.T, torch.zeros(2, 2)]))
    assert found[:2].tolist() == [1, 1]
    assert found[2].isnan()
    assert plan_entropy(torch.zeros(0, 2, 3)).shape == (0,)


@given(st.integers(0, 10_000), st.integers(2, 9), st.integers(2, 9))
def test_it_grows_with_the_regularisation_up_to_independence(seed, m, n):
    generator = torch.Generator().manual_seed(seed)
    cost = 2 * torch.rand((1, m, n), generator=generator, dtype=torch.float64)
    masks = torch.ones(1, m, dtype=torch.bool), torch.ones(1, n, dtype=torch.bool)
    found = [
        plan_entropy(entropic_plan(cost, *masks, reg=reg, iterations=500).plan).item()
        for reg in (0.02, 0.1, 0.5, 100.0)
    ]
    assert all(less <= more + 1e-3 for less, more in pairwise(found))
    assert found[0] >= 0
    assert found[-1] == pytest.approx(1, abs=1e-3)
