"""Entropic transport of a given share of the mass: the rest matches nothing."""

from __future__ import annotations

import torch
from torch import Tensor

from optical_pt.errors import InputError
from optical_pt.ot.kernel import LOG_ZERO, gibbs_kernel
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.problem import prepare, require_positive
from optical_pt.ot.relaxation import alternate


@torch.no_grad()
def partial_plan(
    cost: Tensor,
    source_mask: Tensor,
    target_mask: Tensor,
    source_weights: Tensor | None = None,
    target_weights: Tensor | None = None,
    *,
    reg: float = 0.05,
    mass: float = 0.8,
    iterations: int = 100,
    tolerance: float = 1e-4,
) -> TransportPlan:
    """Solve ``min <P, cost> - reg entropy(P)`` with ``P1 <= a``, ``P'1 <= b``, ``sum P = mass``.

    Benamou, Carlier, Cuturi, Nenna and Peyré, "Iterative Bregman projections for regularized
    transportation problems", SIAM Journal on Scientific Computing 2015, section 5. Dykstra's
    corrections of the three projections are multipliers u <= 1 of rows, v <= 1 of columns and s of
    all: the plan is ``s diag(u) exp(-cost / reg) diag(v)``. Here u and v are found in turn, each
    together with s, overrelaxed (see :mod:`optical_pt.ot.relaxation`).

    Args:
        cost: ``(batch, m, n)`` floats; what stands on padding is ignored, NaN included.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats, normalised here; None: uniform.
        target_weights: ``(batch, n)``, likewise.
        reg: weight of the entropy, in units of the cost.
        mass: share of the mass to transport, in (0, 1].
        iterations: at most so many. 100 leave marginal errors (median, 95th percentile, greatest)
            of 4e-7, 9e-6, 1e-4 on 200 pairs of up to 64 tokens of a MiniLM student and its teacher,
            and 2e-7, 3e-6, 7e-6 on 300 random pairs of up to 40 tokens, if the tolerance is 1e-5.
        tolerance: marginal error at which a pair is left alone.

    Returns:
        Plans of the wanted mass that take no more than b from the target. Their marginal error is
        the distance of the source marginal to the one that is optimal for v, ``min(a, s K v)``.

    Raises:
        InputError: if shapes disagree, a mask is not boolean, a weight is negative, ``reg`` or
            ``iterations`` is not positive, or ``mass`` is not in (0, 1].

    >>> cost = torch.tensor([[[0.0, 1.0], [1.0, 0.5]]])
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> partial_plan(cost, real, real, mass=0.5).plan.round(decimals=3)
    tensor([[[0.5000, 0.0000], [0.0000, 0.0000]]])
    """
    require_positive(reg=reg, mass=mass, iterations=iterations)
    if mass > 1:
        raise InputError(f"mass ({mass}) must be at most 1, all of the mass")
    with torch.autocast(cost.device.type, enabled=False):
        problem = prepare(cost, source_mask, target_mask, source_weights, target_weights)
        kernel = gibbs_kernel(problem, problem.cost, reg)
        source = _Side(problem.source.to(kernel.dtype), mass)
        target = _Side(problem.target.to(kernel.dtype), mass)
        (log_u, log_v), done = alternate(
            lambda log_v, _: source.best(kernel.log_row_sums(log_v))[0],
            lambda log_u, _: target.best(kernel.log_column_sums(log_u))[0],
            source.masses,
            target.masses,
            ceiling=0.0,
            iterations=iterations,
            tolerance=tolerance,
        )
        log_s = target.best(kernel.log_column_sums(log_u))[1]
        plan = kernel.plan(log_u + log_s, log_v).to(problem.cost.dtype)
        unbound = (log_s + kernel.log_row_sums(log_v)).exp().to(plan.dtype)
        error = (plan.sum(dim=2) - torch.minimum(unbound, problem.source)).abs().sum(dim=1)
        return problem.solution(plan, error, iterations=done, tolerance=tolerance)


class _Side:
    """One marginal, of which a share of the mass is to be transported."""

    def __init__(self, masses: Tensor, mass: float):
        self.masses = masses
        self.real = masses > 0
        self.log_masses = torch.where(self.real, masses, 1).log()
        self.mass = mass

    def best(self, log_sums: Tensor) -> tuple[Tensor, Tensor]:
        """Find s and u <= 1 with ``s u sums <= masses`` and ``sum(s u sums) = mass``.

        If a set of tokens is full, s is the mass that is left over the sum of the others. The
        right set makes this the largest, and is among the first k by ``masses / sums``.

        Args:
            log_sums: ``(batch, tokens)``, log of the kernel times the other side's multipliers.

        Returns:
            Logarithms of u, ``(batch, tokens)``, and of s, ``(batch, 1)``.
        """
        if log_sums.numel() == 0:
            return log_sums, log_sums.new_zeros(len(log_sums), 1)
        order = torch.where(self.real, self.log_masses - log_sums, torch.inf).argsort(dim=1)
        filled = self.masses.gather(1, order).cumsum(dim=1)
        left = self.mass - torch.nn.functional.pad(filled, (1, -1))
        others = torch.where(self.real, log_sums, LOG_ZERO).gather(1, order)
        others = others.flip(1).logcumsumexp(dim=1).flip(1)
        log_s = torch.where(
            self.real.gather(1, order), left.clamp(min=0).log() - others, -torch.inf
        ).amax(dim=1, keepdim=True)
        log_u = (self.log_masses - log_s - log_sums).clamp(max=0)
        return torch.where(self.real, log_u, 0), log_s
