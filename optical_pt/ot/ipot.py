"""Transport without regularisation, by the inexact proximal point method."""

from __future__ import annotations

import torch
from torch import Tensor

from optical_pt.ot.kernel import (
    LogKernel,
    ScaledKernel,
    gibbs_kernel,
    reduced_cost,
    weighted_sums,
)
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.problem import Problem, prepare, require_positive


@torch.no_grad()
def ipot_plan(
    cost: Tensor,
    source_mask: Tensor,
    target_mask: Tensor,
    source_weights: Tensor | None = None,
    target_weights: Tensor | None = None,
    *,
    beta: float = 0.5,
    iterations: int = 50,
    tolerance: float = 1e-3,
) -> TransportPlan:
    """Approach ``min <plan, cost>`` with the given marginals, sharper with every iteration.

    IPOT (Xie, Wang, Wang and Zha, "A Fast Proximal Point Method for Computing Exact Wasserstein
    Distance", UAI 2019, algorithm 1 with one inner iteration): each iteration multiplies the plan
    by ``exp(-cost / beta)`` and scales its rows and columns once. For any ``beta`` it converges to
    an exact plan. Where one such factor could underflow, this computes with logarithms: the plan
    after t iterations is ``exp(-t cost / beta)``, scaled.

    Args:
        cost: ``(batch, m, n)`` floats; what stands on padding is ignored, NaN included.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats, normalised here; None: uniform.
        target_weights: ``(batch, n)``, likewise.
        beta: weight of the proximal term, in units of the cost: small is fast and less stable.
        iterations: all are taken, since more of them keep sharpening the plan. 50 leave marginal
            errors (median, 95th percentile, greatest) of 7e-4, 7e-3, 2e-2 on 200 pairs of up to 64
            tokens of a MiniLM student and its teacher, with a mean cost 0.5% above the exact one;
            1e-3, 5e-3, 2e-2 and 0.2% on 300 random pairs of up to 40 tokens.
        tolerance: marginal error at which a pair counts as converged.

    Returns:
        Plans whose marginal error is that of the source marginal; the target marginal is exact.

    Raises:
        InputError: if shapes disagree, a mask is not boolean, a weight is negative, or ``beta`` or
            ``iterations`` is not positive.

    >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> ipot_plan(cost, real, real).plan.round(decimals=4)
    tensor([[[0.5000, 0.0000], [0.0000, 0.5000]]])
    """
    require_positive(beta=beta, iterations=iterations)
    with torch.autocast(cost.device.type, enabled=False):
        problem = prepare(cost, source_mask, target_mask, source_weights, target_weights)
        cost = reduced_cost(problem)
        kernel = gibbs_kernel(problem, cost, beta, exponents=2)
        if isinstance(kernel, ScaledKernel):
            plan = _plan(kernel.kernel, problem, iterations)
        else:
            plan = _plan_by_logarithms(LogKernel.of(problem, cost, beta), problem, iterations)
        error = (plan.sum(dim=2) - problem.source).abs().sum(dim=1)
        return problem.solution(plan, error, iterations=iterations, tolerance=tolerance)


def _plan(kernel: Tensor, problem: Problem, iterations: int) -> Tensor:
    """The algorithm as it is written in the paper."""
    source, target = problem.source.to(kernel.dtype), problem.target.to(kernel.dtype)
    plan = problem.real.to(kernel.dtype, copy=True)
    target_factor = (target > 0).to(kernel.dtype)
    for _ in range(iterations):
        plan *= kernel
        sums = weighted_sums(target_factor, plan.transpose(1, 2), torch.zeros_like(source))
        source_factor = torch.where(source > 0, source / sums, 0)
        sums = weighted_sums(source_factor, plan, torch.zeros_like(target))
        target_factor = torch.where(target > 0, target / sums, 0)
        plan *= source_factor[:, :, None]
        plan *= target_factor[:, None, :]
    return plan.to(problem.cost.dtype)


def _plan_by_logarithms(step: LogKernel, problem: Problem, iterations: int) -> Tensor:
    """The same, with the products of all factors so far as logarithms."""
    log_source, log_target = problem.log_masses(step.dtype)
    source_scaling, target_scaling = torch.zeros_like(log_source), torch.zeros_like(log_target)
    target_factor = torch.zeros_like(log_target)
    kernel = step
    for iteration in range(1, iterations + 1):
        kernel = step.power(iteration)
        source_scaling = log_source - kernel.log_row_sums(target_scaling + target_factor)
        scaling = log_target - kernel.log_column_sums(source_scaling)
        target_scaling, target_factor = scaling, scaling - target_scaling
    return kernel.plan(source_scaling, target_scaling).to(problem.cost.dtype)
