"""A checked batch of ragged transport problems, as all solvers take it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from optical_pt.errors import InputError
from optical_pt.ot.plan import TransportPlan


@dataclass(frozen=True, eq=False)
class Problem:
    """Costs and marginals in float32 or better, whatever autocast says.

    Attributes:
        cost: ``(batch, m, n)``, zero where ``real`` is.
        real: ``(batch, m, n)``, 1 between tokens that have mass, 0 elsewhere: numbers, since
            torch multiplies several times faster than it selects by booleans.
        source: ``(batch, m)`` masses that sum to 1, or to 0 if either side of a pair is empty.
        target: ``(batch, n)`` masses, likewise.
        source_padding: ``(batch, m)``, 1 on tokens without mass, 0 elsewhere.
        target_padding: ``(batch, n)``, likewise.
    """

    cost: Tensor
    real: Tensor
    source: Tensor
    target: Tensor
    source_padding: Tensor
    target_padding: Tensor

    def log_masses(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Logarithms of both marginals, 0 on tokens without mass."""
        return (
            (self.source + self.source_padding).to(dtype).log(),
            (self.target + self.target_padding).to(dtype).log(),
        )

    def solution(
        self, plan: Tensor, error: Tensor, *, iterations: int, tolerance: float
    ) -> TransportPlan:
        """Wrap a plan whose entries outside ``real`` are zero."""
        cost = (plan * self.cost).sum(dim=(1, 2))
        return TransportPlan(plan, cost, error, iterations, error <= tolerance)


def prepare(
    cost: Tensor,
    source_mask: Tensor,
    target_mask: Tensor,
    source_weights: Tensor | None,
    target_weights: Tensor | None,
) -> Problem:
    """Check what a solver was given, drop what stands on padding, and normalise the weights.

    Args:
        cost: ``(batch, m, n)`` floats, finite between real tokens (a NaN counts as 0, for which
            ``plan * cost`` is still NaN); padding may hold anything.
        source_mask: ``(batch, m)`` booleans, true on real tokens.
        target_mask: ``(batch, n)`` booleans.
        source_weights: ``(batch, m)`` non-negative floats; None makes real tokens equal.
        target_weights: ``(batch, n)`` floats, likewise.

    Raises:
        InputError: if shapes disagree, a mask is not boolean, or a weight is negative or not
            finite.
    """
    if cost.dim() != 3:
        raise InputError(f"cost must have shape (batch, m, n), not {tuple(cost.shape)}")
    batch, m, n = cost.shape
    if source_mask.shape != (batch, m) or target_mask.shape != (batch, n):
        raise InputError(
            f"cost {tuple(cost.shape)} wants masks {(batch, m)} and {(batch, n)}, not "
            f"{tuple(source_mask.shape)} and {tuple(target_mask.shape)}"
        )
    if not (source_mask.dtype == target_mask.dtype == torch.bool):
        raise InputError(f"masks must be boolean, not {source_mask.dtype}, {target_mask.dtype}")
    dtype = torch.promote_types(cost.dtype, torch.float32)
    source = _masses("source_weights", source_weights, source_mask, dtype)
    target = _masses("target_weights", target_weights, target_mask, dtype)
    both = ((source.sum(dim=1) > 0) & (target.sum(dim=1) > 0)).to(dtype)[:, None]
    source, target = source * both, target * both
    source_padding, target_padding = (source == 0).to(dtype), (target == 0).to(dtype)
    real = (1 - source_padding)[:, :, None] * (1 - target_padding)[:, None, :]
    clean = torch.nan_to_num(cost.to(dtype)).mul_(real)
    return Problem(clean, real, source, target, source_padding, target_padding)


def require_positive(**settings: float) -> None:
    """Check a solver's settings.

    Raises:
        InputError: if one is not a positive finite number.
    """
    for name, value in settings.items():
        if not 0 < value < float("inf"):
            raise InputError(f"{name} ({value}) must be positive")


def _masses(name: str, weights: Tensor | None, mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Weights of real tokens, divided by their sum."""
    if weights is None:
        masses = mask.to(dtype)
    elif weights.shape != mask.shape:
        raise InputError(f"{name} must have shape {tuple(mask.shape)}, not {tuple(weights.shape)}")
    else:
        masses = torch.where(mask, weights.to(dtype), 0)
        if not bool(((masses >= 0) & masses.isfinite()).all()):
            raise InputError(f"{name} must be non-negative and finite on real tokens")
    total = masses.sum(dim=1, keepdim=True)
    return masses / total.clamp(min=torch.finfo(dtype).tiny)
