"""Exact transport, pair by pair, through POT."""

from __future__ import annotations

import torch
from torch import Tensor

from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.problem import prepare, require_positive


@torch.no_grad()
def exact_plan(
    cost: Tensor,
    source_mask: Tensor,
    target_mask: Tensor,
    source_weights: Tensor | None = None,
    target_weights: Tensor | None = None,
    *,
    tolerance: float = 1e-6,
) -> TransportPlan:
    """Solve ``min <plan, cost>`` with the given marginals by the network simplex method.

    POT's ``ot.emd`` (Flamary et al., JMLR 2021; Bonneel et al., "Displacement interpolation using
    Lagrangian mass transport", 2011), one pair after the other, on the CPU in float64. Where
    several plans are optimal it returns a vertex, with at most ``m + n - 1`` masses.

    Args:
        cost: ``(batch, m, n)`` floats, finite between real tokens; padding may hold anything.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats, normalised here; None: uniform.
        target_weights: ``(batch, n)``, likewise.
        tolerance: marginal error, of the source marginal and the target's, at which a pair counts
            as converged: what rounding to float32 leaves is less (1e-7 at most on 500 pairs of up
            to 64 tokens).

    Raises:
        InputError: if shapes disagree, a mask is not boolean, or a weight is negative.

    >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> exact_plan(cost, real, real).plan
    tensor([[[0.5000, 0.0000], [0.0000, 0.5000]]])
    """
    import ot

    require_positive(tolerance=tolerance)
    problem = prepare(cost, source_mask, target_mask, source_weights, target_weights)
    plan = torch.zeros_like(problem.cost)
    parts = [part.cpu().double() for part in (problem.cost, problem.source, problem.target)]
    for pair, (costs, source, target) in enumerate(zip(*parts, strict=True)):
        rows, columns = source.nonzero()[:, 0], target.nonzero()[:, 0]
        if len(rows) and len(columns):
            a, b = source[rows] / source.sum(), target[columns] / target.sum()
            found = ot.emd(a.numpy(), b.numpy(), costs[rows[:, None], columns].numpy())
            rows, columns = rows.to(plan.device), columns.to(plan.device)
            plan[pair, rows[:, None], columns] = torch.from_numpy(found).to(plan)
    error = (plan.sum(dim=2) - problem.source).abs().sum(dim=1)
    error = error + (plan.sum(dim=1) - problem.target).abs().sum(dim=1)
    return problem.solution(plan, error, iterations=0, tolerance=tolerance)
