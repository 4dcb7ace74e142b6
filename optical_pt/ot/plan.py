"""What every transport solver returns."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class TransportPlan:
    """The transport plans of a batch of sentence pairs; no gradient flows through them.

    Attributes:
        plan: ``(batch, m, n)`` masses, non-negative, float32 or float64, zero on padding. A pair
            with an empty side (no token, or no mass) has a plan of zeros.
        cost: ``(batch,)``, the transport cost ``<plan, cost>`` without any regularisation.
        marginal_error: ``(batch,)``, L1 distance of the plan's marginals to those that the
            problem asks for; each solver says which.
        iterations: how many the batch took; 0 where a problem is solved exactly.
        converged: ``(batch,)`` booleans, whether the error is within the solver's tolerance.
    """

    plan: Tensor
    cost: Tensor
    marginal_error: Tensor
    iterations: int
    converged: Tensor
