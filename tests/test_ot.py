"""Transport plans against POT, pair by pair."""

from __future__ import annotations

import numpy as np
import ot
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.ot import cosine_cost, entropic_plan

torch.set_num_threads(1)


def mask(lengths: list[int], width: int) -> torch.Tensor:
    return torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]


def random_cost(seed: int, *shape: int, dtype: torch.dtype = torch.float64) -> torch.Tensor:
    """Cosine-like costs in [0, 2]."""
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.rand(shape, generator=generator, dtype=torch.float64)).to(dtype)


def pot_plan(cost: torch.Tensor, reg: float) -> np.ndarray:
    m, n = cost.shape
    return ot.bregman.sinkhorn_log(
        np.full(m, 1 / m),
        np.full(n, 1 / n),
        cost.double().numpy(),
        reg,
        numItermax=20_000,
        stopThr=1e-12,
        warn=False,
    )


lengths = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7)), min_size=1, max_size=4)


@given(
    lengths=lengths,
    seed=st.integers(0, 10_000),
    reg=st.sampled_from([0.1, 0.3, 1.0, 5.0]),
    padding=st.integers(0, 2),
    dtype=st.sampled_from([torch.float64, torch.float32, torch.bfloat16, torch.float16]),
)
def test_plans_equal_pot_pair_by_pair(lengths, seed, reg, padding, dtype):
    sources, targets = [m for m, _ in lengths], [n for _, n in lengths]
    width, height = max(sources) + padding, max(targets) + padding
    cost = random_cost(seed, len(lengths), width, height, dtype=dtype)
    iterations = 2000
    solved = entropic_plan(
        cost, mask(sources, width), mask(targets, height), reg=reg, iterations=iterations
    )
    exact = dtype == torch.float64
    assert solved.plan.dtype == (torch.float64 if exact else torch.float32)
    for plan, c, m, n in zip(solved.plan, cost, sources, targets, strict=True):
        expected = pot_plan(c[:m, :n], reg)
        assert plan[:m, :n].numpy() == pytest.approx(expected, abs=1e-7 if exact else 1e-4)
        assert plan[m:].count_nonzero() == plan[:, n:].count_nonzero() == 0


@pytest.mark.parametrize("reg", [0.05, 0.01])
def test_small_reg_comes_close_to_the_exact_transport(reg):
    cost = random_cost(3, 1, 6, 6)
    real = torch.ones(1, 6, dtype=torch.bool)
    solved = entropic_plan(cost, real, real, reg=reg, iterations=3000)
    uniform = np.full(6, 1 / 6)
    assert (solved.plan * cost).sum().item() == pytest.approx(
        ot.emd2(uniform, uniform, cost[0].numpy()), abs=2 * reg
    )
    assert solved.marginal_error.item() < 1e-3


def test_two_by_two_by_hand():
    # By symmetry P = [[x, y], [y, x]] with x + y = 1/2 and y / x = exp(-1 / reg).
    real = torch.ones(1, 2, dtype=torch.bool)
    cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]], dtype=torch.float64)
    ratio = np.exp(-1 / 0.5)
    x = 0.5 / (1 + ratio)
    solved = entropic_plan(cost, real, real, reg=0.5)
    assert solved.plan[0].numpy() == pytest.approx(np.array([[x, 0.5 - x], [0.5 - x, x]]))


@given(seed=st.integers(0, 1000), filler=st.sampled_from([np.nan, np.inf, -np.inf, 1e30, -5.0]))
def test_padding_content_is_irrelevant(seed, filler):
    source, target = mask([3, 1, 0], 4), mask([2, 4, 3], 5)
    real = source[:, :, None] & target[:, None, :]
    cost = random_cost(seed, 3, 4, 5, dtype=torch.float32)
    clean = entropic_plan(torch.where(real, cost, 0), source, target)
    dirty = entropic_plan(torch.where(real, cost, filler), source, target)
    assert torch.equal(clean.plan, dirty.plan)
    assert torch.equal(clean.marginal_error, dirty.marginal_error)


def test_masks_may_have_holes():
    source = torch.tensor([[True, False, True, False]])
    target = torch.tensor([[False, True, True]])
    cost = random_cost(5, 1, 4, 3)
    plan = entropic_plan(cost, source, target, iterations=2000).plan[0]
    whole = torch.ones(1, 2, dtype=torch.bool)
    dense = entropic_plan(cost[:, source[0]][:, :, target[0]], whole, whole, iterations=2000).plan
    assert torch.allclose(plan[source[0]][:, target[0]], dense[0])
    assert plan.sum().item() == pytest.approx(1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_pairs_with_an_empty_side_get_an_empty_plan(dtype):
    source, target = mask([0, 2, 0, 2], 3), mask([2, 0, 0, 2], 3)
    solved = entropic_plan(random_cost(0, 4, 3, 3, dtype=dtype), source, target)
    assert solved.plan[:3].count_nonzero() == 0
    assert solved.plan[3].sum().item() == pytest.approx(1)
    assert solved.marginal_error[:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 3), (2, 3, 0), (2, 0, 0)])
def test_empty_dimensions(shape):
    batch, m, n = shape
    real = torch.ones(batch, m, dtype=torch.bool), torch.ones(batch, n, dtype=torch.bool)
    solved = entropic_plan(torch.zeros(shape), *real)
    assert solved.plan.shape == shape
    assert solved.marginal_error.tolist() == [0] * batch


@given(seed=st.integers(0, 1000), iterations=st.integers(1, 30))
def test_marginal_error_is_the_stated_one(seed, iterations):
    source, target = mask([4, 2], 4), mask([3, 5], 5)
    solved = entropic_plan(
        random_cost(seed, 2, 4, 5), source, target, reg=0.1, iterations=iterations
    )
    wanted = source / source.sum(dim=1, keepdim=True)
    error = (solved.plan.sum(dim=2) - wanted).abs().sum(dim=1)
    assert torch.allclose(solved.marginal_error, error)
    # The target marginal is exact whatever the number of iterations.
    assert torch.allclose(
        solved.plan.sum(dim=1), (target / target.sum(dim=1, keepdim=True)).double()
    )


def test_fifty_iterations_leave_the_documented_error():
    cost = cosine_cost(torch.randn(8, 20, 32), torch.randn(8, 25, 32))
    real = torch.ones(8, 20, dtype=torch.bool), torch.ones(8, 25, dtype=torch.bool)
    assert entropic_plan(cost, *real, reg=0.1).marginal_error.max() < 2e-3


@given(seed=st.integers(0, 1000))
def test_permuting_tokens_permutes_the_plan(seed):
    generator = torch.Generator().manual_seed(seed)
    rows, columns = torch.randperm(5, generator=generator), torch.randperm(4, generator=generator)
    source, target = mask([3], 5), mask([4], 4)
    cost = random_cost(seed, 1, 5, 4)
    plan = entropic_plan(cost, source, target).plan
    permuted = entropic_plan(cost[:, rows][:, :, columns], source[:, rows], target[:, columns])
    assert torch.allclose(permuted.plan, plan[:, rows][:, :, columns])


def test_batching_changes_no_plan():
    cost, source, target = random_cost(1, 3, 6, 5), mask([6, 2, 4], 6), mask([1, 5, 3], 5)
    batch = entropic_plan(cost, source, target).plan
    for i in range(3):
        single = entropic_plan(cost[i : i + 1], source[i : i + 1], target[i : i + 1]).plan
        assert torch.allclose(batch[i], single[0])


def test_no_gradient_and_no_low_precision_under_autocast():
    cost = random_cost(2, 1, 4, 4, dtype=torch.float32).requires_grad_()
    real = torch.ones(1, 4, dtype=torch.bool)
    outside = entropic_plan(cost, real, real)
    with torch.autocast("cpu", torch.bfloat16):
        inside = entropic_plan(cost, real, real)
    assert not inside.plan.requires_grad
    assert torch.equal(inside.plan, outside.plan)


@pytest.mark.parametrize(
    ("cost", "source", "target", "options", "message"),
    [
        ((2, 3, 4), (2, 4), (2, 4), {}, r"wants masks \(2, 3\) and \(2, 4\), not \(2, 4\)"),
        ((2, 3, 4), (2, 3), (1, 4), {}, r"not \(2, 3\) and \(1, 4\)"),
        ((3, 4), (1, 3), (1, 4), {}, r"cost must have shape \(batch, m, n\), not \(3, 4\)"),
        ((1, 3, 4), (1, 3), (1, 4), {"reg": 0.0}, r"reg \(0.0\).*must be positive"),
        ((1, 3, 4), (1, 3), (1, 4), {"reg": float("nan")}, r"reg \(nan\).*must be positive"),
        ((1, 3, 4), (1, 3), (1, 4), {"iterations": 0}, r"iterations \(0\) must be positive"),
    ],
)
def test_bad_arguments(cost, source, target, options, message):
    masks = torch.ones(source, dtype=torch.bool), torch.ones(target, dtype=torch.bool)
    with pytest.raises(ValueError, match=message):
        entropic_plan(torch.zeros(cost), *masks, **options)


def test_integer_masks_are_refused():
    ones = torch.ones(1, 2, dtype=torch.long)
    with pytest.raises(ValueError, match=r"masks must be boolean, not torch\.int64"):
        entropic_plan(torch.zeros(1, 2, 2), ones, ones)


@given(seed=st.integers(0, 1000), scale=st.floats(0.01, 100))
def test_cosine_cost_is_the_cosine_distance(seed, scale):
    generator = torch.Generator().manual_seed(seed)
    source = torch.randn(2, 3, 4, generator=generator, dtype=torch.float64)
    target = torch.randn(2, 5, 4, generator=generator, dtype=torch.float64)
    expected = 1 - torch.cosine_similarity(source[:, :, None], target[:, None, :], dim=-1)
    assert torch.allclose(cosine_cost(scale * source, target), expected)


def test_cosine_cost_of_a_zero_vector_is_one_and_has_a_finite_gradient():
    source = torch.zeros(1, 1, 3, requires_grad=True)
    cost = cosine_cost(source, torch.randn(1, 2, 3))
    cost.sum().backward()
    assert cost.tolist() == [[[1, 1]]]
    assert source.grad.isfinite().all()
