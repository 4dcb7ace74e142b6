"""Entropic transport plans of a batch of ragged sentence pairs."""

from __future__ import annotations

import torch
from torch import Tensor

from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.problem import prepare, require_positive

# Stands for log 0 where minus infinity would meet another one and give NaN.
LOG_ZERO = -1e30


@torch.no_grad()
def entropic_plan(
    cost: Tensor,
    source_mask: Tensor,
    target_mask: Tensor,
    source_weights: Tensor | None = None,
    target_weights: Tensor | None = None,
    *,
    reg: float = 0.1,
    iterations: int = 50,
    tolerance: float = 1e-5,
) -> TransportPlan:
    """Solve ``min <plan, cost> - reg * entropy(plan)`` with the given marginals.

    Sinkhorn's algorithm in the log domain (Cuturi, "Sinkhorn Distances", NeurIPS 2013; Peyré and
    Cuturi, "Computational Optimal Transport", 2019, section 4.4), in float32 or better whatever
    autocast says, because it does not converge in less. No gradient flows through it, as in
    OPTICAL (Huang, Yu and Allan, WSDM 2023, section 3.2).

    Args:
        cost: ``(batch, m, n)`` floats; what stands on padding is ignored, NaN included.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats, normalised here; None: uniform.
        target_weights: ``(batch, n)``, likewise.
        reg: weight of the entropy, in units of the cost.
        iterations: 50 leave a marginal error of about 1e-3 at ``reg`` 0.1.
        tolerance: marginal error at which a pair counts as converged.

    Raises:
        InputError: if shapes disagree, a mask is not boolean, a weight is negative, or ``reg`` or
            ``iterations`` is not positive.

    >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> entropic_plan(cost, real, real, reg=0.01).plan.round(decimals=4)
    tensor([[[0.5000, 0.0000], [0.0000, 0.5000]]])
    """
    require_positive(reg=reg, iterations=iterations)
    with torch.autocast(cost.device.type, enabled=False):
        problem = prepare(cost, source_mask, target_mask, source_weights, target_weights)
        kernel = -problem.cost / reg
        log_source, log_target = problem.source.log(), problem.target.log()
        source_potential = torch.zeros_like(log_source)
        target_potential = torch.where(problem.target > 0, 0, -torch.inf).to(kernel.dtype)
        for _ in range(iterations):
            score = torch.logsumexp(kernel + target_potential[:, None, :], dim=2)
            source_potential = log_source - score.clamp(min=LOG_ZERO)
            score = torch.logsumexp(kernel + source_potential[:, :, None], dim=1)
            target_potential = log_target - score.clamp(min=LOG_ZERO)
        plan = (kernel + source_potential[:, :, None] + target_potential[:, None, :]).exp()
        plan = torch.where(problem.real, plan, 0)
        error = (plan.sum(dim=2) - problem.source).abs().sum(dim=1)
        return problem.solution(plan, error, iterations=iterations, tolerance=tolerance)
