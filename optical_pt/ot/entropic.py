"""Entropic transport: Sinkhorn's algorithm."""

from __future__ import annotations

import torch
from torch import Tensor

from optical_pt.ot.kernel import gibbs_kernel, reduced_cost
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.problem import prepare, require_positive
from optical_pt.ot.relaxation import alternate


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

    Sinkhorn's algorithm (Cuturi, "Sinkhorn Distances", NeurIPS 2013; Peyré and Cuturi,
    "Computational Optimal Transport", 2019, equation 4.15), overrelaxed (see
    :mod:`optical_pt.ot.relaxation`), in float32 or better whatever autocast says, because it does
    not converge in less; in the log domain (ibid., section 4.4) where the kernel would underflow.
    No gradient flows through it, as in OPTICAL (Huang, Yu and Allan, WSDM 2023, section 3.2).

    Args:
        cost: ``(batch, m, n)`` floats; what stands on padding is ignored, NaN included.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats, normalised here; None: uniform.
        target_weights: ``(batch, n)``, likewise.
        reg: weight of the entropy, in units of the cost.
        iterations: at most so many. 50 leave marginal errors (median, 95th percentile, greatest) of
            2e-7, 5e-6, 2e-5 at ``reg`` 0.1 and 5e-7, 5e-4, 1e-3 at 0.05 on 200 pairs of up to 64
            tokens of a MiniLM student and its teacher; on 300 random pairs of up to 40 tokens with
            costs uniform in [0, 2], 1e-7, 2e-6, 9e-6 and 2e-7, 2e-5, 1e-2.
        tolerance: marginal error at which a pair is left alone.

    Returns:
        Plans whose marginal error is that of the source marginal; the target marginal is exact.

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
        kernel = gibbs_kernel(problem, reduced_cost(problem), reg)
        log_source, log_target = problem.log_masses(kernel.dtype)
        scalings, done = alternate(
            lambda log_v, _: log_source - kernel.log_row_sums(log_v),
            lambda log_u, _: log_target - kernel.log_column_sums(log_u),
            problem.source.to(kernel.dtype),
            problem.target.to(kernel.dtype),
            iterations=iterations,
            tolerance=tolerance,
        )
        plan = kernel.plan(*scalings).to(problem.cost.dtype)
        error = (plan.sum(dim=2) - problem.source).abs().sum(dim=1)
        return problem.solution(plan, error, iterations=done, tolerance=tolerance)
