"""Every transport solver against POT, pair by pair, and on what must not break it."""

from __future__ import annotations

import warnings

import numpy as np
import ot
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import optical_pt.ot.kernel
from optical_pt.errors import InputError
from optical_pt.ot import (
    STRATEGIES,
    Entropic,
    Exact,
    Ipot,
    Partial,
    Quadratic,
    Unbalanced,
    exact_plan,
    ipot_plan,
    partial_plan,
    quadratic_plan,
    unbalanced_plan,
)

torch.set_num_threads(1)

ALL = [kind() for kind in STRATEGIES.values()]
few = settings(max_examples=8)


def ragged(lengths: list[int], width: int) -> torch.Tensor:
    return torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]


class Batch:
    """Random ragged pairs with random weights, and POT's plan of each."""

    def __init__(self, lengths: list[tuple[int, int]], seed: int, *, uniform: bool = False):
        generator = torch.Generator().manual_seed(seed)
        sources, targets = [m for m, _ in lengths], [n for _, n in lengths]
        shape = len(lengths), max(sources) + 1, max(targets) + 2
        self.cost = 2 * torch.rand(shape, generator=generator, dtype=torch.float64)
        self.source, self.target = ragged(sources, shape[1]), ragged(targets, shape[2])
        self.weights = [
            torch.ones(mask.shape, dtype=torch.float64)
            if uniform
            else 0.1 + torch.rand(mask.shape, generator=generator, dtype=torch.float64)
            for mask in (self.source, self.target)
        ]
        self.lengths = lengths

    def arguments(self, dtype: torch.dtype = torch.float64) -> list[torch.Tensor]:
        return [self.cost.to(dtype), self.source, self.target, *self.weights]

    def agree(self, plan, solve, tolerance: float) -> None:
        for i, (m, n) in enumerate(self.lengths):
            a, b = self.weights[0][i, :m].numpy(), self.weights[1][i, :n].numpy()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected = solve(a / a.sum(), b / b.sum(), self.cost[i, :m, :n].numpy())
            assert plan.plan[i, :m, :n].numpy() == pytest.approx(expected, abs=tolerance)
            assert plan.plan[i, m:].count_nonzero() == plan.plan[i, :, n:].count_nonzero() == 0
            cost = (expected * self.cost[i, :m, :n].numpy()).sum()
            assert plan.cost[i].item() == pytest.approx(cost, abs=2 * m * n * tolerance)


lengths = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=1, max_size=3)
seeds = st.integers(0, 10_000)


@few
@given(lengths=lengths, seed=seeds, reg=st.sampled_from([0.05, 0.2, 1.0]))
def test_entropic_with_weights_is_that_of_pot(lengths, seed, reg):
    batch = Batch(lengths, seed)
    plan = Entropic(reg=reg, iterations=3000, tolerance=1e-10)(*batch.arguments())
    batch.agree(
        plan,
        lambda a, b, cost: ot.bregman.sinkhorn_log(
            a, b, cost, reg, numItermax=50_000, stopThr=1e-11
        ),
        1e-6,
    )
    assert plan.converged.all()


@pytest.mark.parametrize("strategy", [Entropic(reg=0.01), Entropic(), Ipot()], ids=str)
def test_padding_changes_no_plan_that_has_not_converged(strategy):
    batch = Batch([(5, 4), (2, 6)], 1)
    padded = strategy(*(tensor[:1] for tensor in batch.arguments()))
    masks = batch.source[:1, :5], batch.target[:1, :4]
    weights = batch.weights[0][:1, :5], batch.weights[1][:1, :4]
    plain = strategy(batch.cost[:1, :5, :4], *masks, *weights)
    assert torch.allclose(padded.plan[:, :5, :4], plain.plan, rtol=0, atol=1e-12)


@few
@given(
    lengths=lengths, seed=seeds, reg=st.sampled_from([0.1, 1.0]), penalty=st.sampled_from([1, 5])
)
def test_unbalanced_is_that_of_pot(lengths, seed, reg, penalty):
    batch = Batch(lengths, seed)
    plan = unbalanced_plan(
        *batch.arguments(), reg=reg, penalty=penalty, iterations=1000, tolerance=1e-12
    )
    batch.agree(
        plan,
        lambda a, b, cost: ot.unbalanced.sinkhorn_unbalanced(
            a, b, cost, reg, penalty, numItermax=20_000, stopThr=1e-13
        ),
        1e-8,
    )
    assert plan.marginal_error.max() < 1e-9


@few
@given(
    lengths=lengths, seed=seeds, reg=st.sampled_from([0.1, 1.0]), mass=st.sampled_from([0.3, 0.8])
)
def test_partial_is_that_of_pot(lengths, seed, reg, mass):
    batch = Batch(lengths, seed)
    plan = partial_plan(*batch.arguments(), reg=reg, mass=mass, iterations=2000, tolerance=1e-11)
    batch.agree(
        plan,
        lambda a, b, cost: ot.partial.entropic_partial_wasserstein(
            a, b, cost, reg, mass, numItermax=5000, stopThr=1e-14
        ),
        1e-6,
    )
    assert plan.plan.sum(dim=(1, 2)).numpy() == pytest.approx(mass)


def test_partial_with_all_the_mass_is_entropic():
    batch = Batch([(5, 4), (2, 6)], 1)
    plan = partial_plan(*batch.arguments(), reg=0.2, mass=1.0, iterations=500, tolerance=1e-10)
    balanced = Entropic(reg=0.2, iterations=500, tolerance=1e-12)(*batch.arguments())
    assert torch.allclose(plan.plan, balanced.plan, atol=1e-7)


@few
@given(lengths=lengths, seed=seeds, reg=st.sampled_from([0.5, 2.0, 10.0]))
def test_quadratic_is_that_of_pot(lengths, seed, reg):
    batch = Batch(lengths, seed)
    plan = quadratic_plan(*batch.arguments(), reg=reg, iterations=2000, tolerance=1e-9)
    batch.agree(
        plan,
        lambda a, b, cost: ot.smooth.smooth_ot_dual(
            a, b, cost, reg, reg_type="l2", numItermax=5000, stopThr=1e-14
        ),
        1e-4,  # POT minimises by L-BFGS, to about this
    )
    assert plan.marginal_error.max() < 1e-8


@few
@given(lengths=lengths, seed=seeds)
def test_exact_is_that_of_pot(lengths, seed):
    batch = Batch(lengths, seed)
    batch.agree(exact_plan(*batch.arguments()), ot.emd, 1e-12)


@few
@given(lengths=lengths, seed=seeds, beta=st.sampled_from([0.02, 0.5]))
def test_ipot_comes_to_the_exact_plan(lengths, seed, beta):
    # Not to POT's batched `proximal`, which is wrong in 0.9.7.post1.
    batch = Batch(lengths, seed)
    plan = ipot_plan(*batch.arguments(), beta=beta, iterations=3000)
    exact = exact_plan(*batch.arguments())
    assert plan.cost.numpy() == pytest.approx(exact.cost.numpy(), abs=2e-3)
    even, odd = (ipot_plan(*batch.arguments(), beta=beta, iterations=n) for n in (60, 61))
    assert (even.cost - odd.cost).abs().max() < 0.02


def test_every_domain_gives_the_same_plan(monkeypatch):
    batch = Batch([(6, 5), (3, 7), (1, 1)], 3)
    solvers = [Entropic(reg=0.1), Ipot(), Unbalanced(), Partial(mass=0.5)]
    by_limit = []
    for limit in (1e9, -1.0):
        monkeypatch.setattr(
            optical_pt.ot.kernel, "SAFE_EXPONENT", dict.fromkeys([torch.float64], limit)
        )
        by_limit.append([solver(*batch.arguments()).plan for solver in solvers])
    for scaled, logarithmic in zip(*by_limit, strict=True):
        assert torch.allclose(scaled, logarithmic, atol=1e-9)


@pytest.mark.parametrize("strategy", ALL, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_low_precision_costs_are_solved_in_float32(strategy, dtype):
    batch = Batch([(6, 5), (3, 7)], 4)
    cost = batch.cost.to(dtype)
    plan = strategy(cost, batch.source, batch.target)
    expected = strategy(cost.double(), batch.source, batch.target)
    assert plan.plan.dtype == torch.float32
    assert torch.allclose(plan.plan.double(), expected.plan, atol=2e-3)


@pytest.mark.parametrize("strategy", ALL, ids=str)
@pytest.mark.parametrize("filler", [np.nan, np.inf, -np.inf, 1e30])
def test_padding_and_empty_sides_and_single_tokens(strategy, filler):
    source, target = ragged([3, 1, 0, 2, 0, 4], 5), ragged([2, 4, 3, 0, 0, 1], 4)
    real = source[:, :, None] & target[:, None, :]
    cost = torch.where(real, 2 * torch.rand(6, 5, 4), filler)
    plan = strategy(cost, source, target)
    again = strategy(torch.where(real, cost, 0), source, target)
    for dirty, clean in ((plan.plan, again.plan), (plan.cost, again.cost)):
        assert dirty.isfinite().all()
        assert torch.equal(dirty, clean)
    assert (plan.plan >= 0).all()
    assert plan.plan[~real].count_nonzero() == 0
    assert plan.cost[2:5].tolist() == plan.marginal_error[2:5].tolist() == [0, 0, 0]
    assert plan.converged[2:5].all()
    if not isinstance(strategy, Unbalanced | Partial):
        assert plan.plan[1, 0].numpy() == pytest.approx(0.25, abs=1e-5)
        assert plan.plan[5, :4, 0].numpy() == pytest.approx(0.25, abs=1e-5)


@pytest.mark.parametrize("strategy", ALL, ids=str)
@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 3), (2, 3, 0), (2, 0, 0)])
def test_empty_dimensions(strategy, shape):
    masks = [torch.ones(shape[0], width, dtype=torch.bool) for width in shape[1:]]
    plan = strategy(torch.zeros(shape), *masks)
    assert plan.plan.shape == shape
    assert plan.cost.tolist() == plan.marginal_error.tolist() == [0] * shape[0]


@pytest.mark.parametrize(
    "strategy",
    [
        Entropic(reg=1e-3),
        Entropic(reg=1e-6),
        Entropic(reg=1e6),
        Ipot(beta=1e-3),
        Unbalanced(reg=1e-3),
        Unbalanced(reg=0.05, penalty=1e-3),
        Unbalanced(reg=0.05, penalty=1e4),
        Partial(reg=1e-3),
        Partial(mass=1e-3),
        Quadratic(reg=1e-3),
        Quadratic(reg=1e4),
    ],
    ids=str,
)
@pytest.mark.parametrize("scale", [1e-4, 1.0, 100.0])
def test_extreme_settings_give_numbers(strategy, scale):
    batch = Batch([(6, 5), (3, 7), (1, 4)], 5)
    plan = strategy(scale * batch.cost.float(), batch.source, batch.target)
    assert plan.plan.isfinite().all()
    assert (plan.plan >= 0).all()
    if not isinstance(strategy, Unbalanced):
        assert plan.plan.sum(dim=(1, 2)).max() < 1.01


def test_small_reg_converges_to_the_exact_cost():
    batch = Batch([(6, 5), (3, 7)], 6)
    plan = Entropic(reg=1e-3, iterations=5000, tolerance=1e-8)(*batch.arguments())
    exact = Exact()(*batch.arguments())
    assert plan.cost.numpy() == pytest.approx(exact.cost.numpy(), abs=5e-3)
    assert plan.marginal_error.max() < 1e-4


def test_weights_far_apart_stay_finite():
    batch = Batch([(6, 5)], 7)
    weights = torch.tensor([[1.0, 1e-30, 1e-10, 0.0, 1.0, 1e-38, 5.0]])
    plan = Entropic(reg=0.01, iterations=500)(
        batch.cost.float(), batch.source, batch.target, weights
    )
    assert plan.plan.isfinite().all()
    assert plan.plan[0, 3].count_nonzero() == 0  # no mass, as if it were padding
    assert plan.plan.sum().item() == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("strategy", ALL, ids=str)
def test_a_pair_has_the_same_plan_in_any_batch(strategy):
    batch = Batch([(6, 5), (3, 7), (1, 4), (7, 7)], 8)
    cost, *masks = batch.arguments()[:3]
    together = strategy(cost, *masks)
    for i in range(4):
        alone = strategy(cost[i : i + 1], *(mask[i : i + 1] for mask in masks))
        assert torch.allclose(together.plan[i], alone.plan[0], atol=1e-12)


@pytest.mark.parametrize("strategy", ALL, ids=str)
def test_no_gradient_and_no_low_precision_under_autocast(strategy):
    batch = Batch([(6, 5)], 9)
    cost = batch.cost.float().requires_grad_()
    outside = strategy(cost, batch.source, batch.target)
    with torch.autocast("cpu", torch.bfloat16):
        inside = strategy(cost, batch.source, batch.target)
    assert not inside.plan.requires_grad
    assert not inside.cost.requires_grad
    assert torch.equal(inside.plan, outside.plan)


def test_early_stopping_says_when_and_leaves_the_tolerance():
    batch = Batch([(6, 5), (3, 7)], 10)
    loose = Entropic(reg=0.3, iterations=1000, tolerance=1e-3)(*batch.arguments())
    tight = Entropic(reg=0.3, iterations=1000, tolerance=1e-9)(*batch.arguments())
    assert loose.iterations < tight.iterations < 1000
    assert loose.marginal_error.max() <= 1e-3
    assert tight.marginal_error.max() <= 1e-9
    cut = Entropic(reg=0.01, iterations=3, tolerance=1e-9)(*batch.arguments())
    assert cut.iterations == 3
    assert not cut.converged.any()


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (torch.tensor([[1.0, -1.0]]), "source_weights must be non-negative"),
        (torch.tensor([[1.0, torch.nan]]), "source_weights must be non-negative and finite"),
        (torch.ones(1, 3), r"source_weights must have shape \(1, 2\), not \(1, 3\)"),
    ],
)
def test_bad_weights(weights, message):
    real = torch.ones(1, 2, dtype=torch.bool)
    with pytest.raises(InputError, match=message):
        Entropic()(torch.zeros(1, 2, 2), real, real, weights)


@pytest.mark.parametrize(
    ("strategy", "median", "greatest"),
    [
        (Entropic(reg=0.1), 1e-6, 1e-3),
        (Entropic(), 1e-5, 3e-2),
        (Ipot(), 3e-3, 5e-2),
        (Unbalanced(), 1e-5, 1e-4),
        (Partial(), 1e-4, 1e-3),
        (Quadratic(), 1e-4, 1e-2),
        (Exact(), 1e-7, 1e-6),
    ],
    ids=str,
)
def test_default_iterations_leave_about_the_documented_error(strategy, median, greatest):
    generator = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 31, (2, 100, 1), generator=generator)
    source, target = torch.arange(30) < lengths
    cost = 2 * torch.rand(100, 30, 30, generator=generator)
    error = strategy(cost, source, target).marginal_error
    assert error.median() < median
    assert error.max() < greatest
