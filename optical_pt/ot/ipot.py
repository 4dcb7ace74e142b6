"""Transport without regularisation, by the inexact proximal point method."""

from __future__ import annotations

import torch
from torch import Tensor

from optical_pt.ot.kernel import LogKernel, reduced_cost
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.problem import prepare, require_positive


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
    by ``exp(-cost / beta)`` and scales its rows and columns once. The plan after t iterations is
    ``exp(-t cost / beta)``, scaled: this keeps the logarithms of the scalings, in which nothing
    underflows. For any ``beta`` it converges to an exact plan.

    Args:
        cost: ``(batch, m, n)`` floats; what stands on padding is ignored, NaN included.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats, normalised here; None: uniform.
        target_weights: ``(batch, n)``, likewise.
        beta: weight of the proximal term, in units of the cost: small is fast and less stable.
        iterations: all are taken, since more of them keep sharpening the plan.
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
        step = LogKernel.of(problem, reduced_cost(problem), beta)
        log_source, log_target = problem.log_masses()
        source_scaling, target_scaling = torch.zeros_like(log_source), torch.zeros_like(log_target)
        last_factor = torch.zeros_like(log_target)
        kernel = step
        for iteration in range(1, iterations + 1):
            kernel = step.power(iteration)
            source_scaling = log_source - kernel.log_row_sums(target_scaling + last_factor)
            scaling = log_target - kernel.log_column_sums(source_scaling)
            target_scaling, last_factor = scaling, scaling - target_scaling
        plan = kernel.plan(source_scaling, target_scaling)
        error = (plan.sum(dim=2) - problem.source).abs().sum(dim=1)
        return problem.solution(plan, error, iterations=iterations, tolerance=tolerance)
