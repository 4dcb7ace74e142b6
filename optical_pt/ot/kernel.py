"""The Gibbs kernel ``exp(-cost / reg)``, held as numbers or as logarithms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from optical_pt.ot.problem import Problem

# exp of less is held exactly zero; products of a few such numbers must not come near it.
SAFE_EXPONENT = {torch.float32: 40.0, torch.float64: 300.0}
# Stands for log 0 where minus infinity would meet another one and give NaN.
LOG_ZERO = -1e30


class Kernel(Protocol):
    """A kernel K; scalings are logarithms, and 0 on padding, where log sums are 0 as well."""

    @property
    def dtype(self) -> torch.dtype:
        """Of sums and plans."""

    def log_row_sums(self, log_target: Tensor) -> Tensor:
        """``(batch, m)``: log of K times the target scaling."""

    def log_column_sums(self, log_source: Tensor) -> Tensor:
        """``(batch, n)``: log of the source scaling times K."""

    def plan(self, log_source: Tensor, log_target: Tensor) -> Tensor:
        """``(batch, m, n)``: K times both scalings, zero on padding."""


@dataclass(frozen=True, eq=False)
class ScaledKernel(Kernel):
    """K itself and its transpose, both contiguous: a product reads memory in order."""

    kernel: Tensor
    transposed: Tensor
    source_padding: Tensor
    target_padding: Tensor

    @property
    def dtype(self) -> torch.dtype:  # noqa: D102
        return self.kernel.dtype

    def log_row_sums(self, log_target: Tensor) -> Tensor:  # noqa: D102
        return self._log_product(log_target, self.transposed, self.source_padding)

    def log_column_sums(self, log_source: Tensor) -> Tensor:  # noqa: D102
        return self._log_product(log_source, self.kernel, self.target_padding)

    def plan(self, log_source: Tensor, log_target: Tensor) -> Tensor:  # noqa: D102
        source, target = self._exp(log_source), self._exp(log_target)
        return self.kernel * source[:, :, None] * target[:, None, :]

    def _log_product(self, log_scaling: Tensor, kernel: Tensor, padding: Tensor) -> Tensor:
        """Log of each pair's scaling times its kernel, 0 on padding."""
        return weighted_sums(self._exp(log_scaling), kernel, padding).log_()

    def _exp(self, log_scaling: Tensor) -> Tensor:
        """Overrelaxed scalings can overshoot on their way; none leaves the range of numbers."""
        limit = 2 * SAFE_EXPONENT[self.dtype]
        return log_scaling.clamp(-limit, limit).exp_()


@dataclass(frozen=True, eq=False)
class LogKernel(Kernel):
    """The logarithm of K: never out of range, and some five times slower."""

    log_kernel: Tensor
    source_real: Tensor
    target_real: Tensor

    @classmethod
    def of(cls, problem: Problem, cost: Tensor, reg: float) -> LogKernel:
        """Logarithms of ``exp(-cost / reg)``, in double precision: they are large numbers."""
        log_kernel = -cost.double() / reg + (1 - problem.real.double()) * LOG_ZERO
        return cls(log_kernel, problem.source > 0, problem.target > 0)

    def power(self, exponent: float) -> LogKernel:
        """The kernel with every entry raised to a power."""
        return replace(self, log_kernel=self.log_kernel * exponent)

    @property
    def dtype(self) -> torch.dtype:  # noqa: D102
        return self.log_kernel.dtype

    def log_row_sums(self, log_target: Tensor) -> Tensor:  # noqa: D102
        sums = torch.logsumexp(self.log_kernel + log_target[:, None, :], dim=2)
        return torch.where(self.source_real, sums, 0)

    def log_column_sums(self, log_source: Tensor) -> Tensor:  # noqa: D102
        sums = torch.logsumexp(self.log_kernel + log_source[:, :, None], dim=1)
        return torch.where(self.target_real, sums, 0)

    def plan(self, log_source: Tensor, log_target: Tensor) -> Tensor:  # noqa: D102
        return (self.log_kernel + log_source[:, :, None] + log_target[:, None, :]).exp()


def weighted_sums(weights: Tensor, kernel: Tensor, start: Tensor) -> Tensor:
    """Add to ``(n,)`` numbers each pair's ``(m, n)`` rows with ``(m,)`` weights: ``(batch, n)``."""
    if weights.is_cuda:  # no matrix product: TF32 would round it
        return (weights[:, :, None] * kernel).sum(dim=1) + start
    return torch.baddbmm(start[:, None, :], weights[:, None, :], kernel)[:, 0]


def gibbs_kernel(problem: Problem, cost: Tensor, reg: float, *, exponents: float = 1) -> Kernel:
    """Hold ``exp(-cost / reg)`` as numbers if they are safe, in double precision if need be.

    What decides is the largest exponent that scalings can reach: the range of ``cost / reg`` and of
    the logarithms of the masses. On CUDA this is the one wait for the device before the loop.

    Args:
        problem: gives the masses and the padding.
        cost: ``(batch, m, n)``, zero on padding; :func:`reduced_cost` makes its range small.
        reg: weight of the entropy, in units of the cost.
        exponents: how many times the range of ``cost / reg`` must be safe.
    """
    spread = float(exponents * _largest(cost.abs()) / reg + _log_range(problem))
    for dtype, limit in SAFE_EXPONENT.items():
        if torch.promote_types(dtype, cost.dtype) == dtype and spread <= limit:
            kernel = (cost.to(dtype) / -reg).exp_().mul_(problem.real)
            return ScaledKernel(
                kernel,
                kernel.transpose(1, 2).contiguous(),
                # Sums start from this: 1 has logarithm 0, next to nothing keeps log 0 away.
                problem.source_padding.to(dtype) + torch.finfo(dtype).tiny,
                problem.target_padding.to(dtype) + torch.finfo(dtype).tiny,
            )
    return LogKernel.of(problem, cost, reg)


def reduced_cost(problem: Problem) -> Tensor:
    """Costs less the minima of their rows, then of their columns: the same plan, a smaller range.

    It is the first step of the Hungarian method (Kuhn 1955); where marginals are hard, constants
    on rows and columns change no plan.
    """
    if problem.cost.numel() == 0:
        return problem.cost
    # Beside numbers this large, costs are lost in rounding: padding has no minimum of its own.
    dear = (1 - problem.real) * (torch.finfo(problem.cost.dtype).max / 4)
    least = (problem.cost + dear).amin(dim=2, keepdim=True)
    cost = (problem.cost - least).mul_(problem.real)
    least = (cost + dear).amin(dim=1, keepdim=True)
    return cost.sub_(least).mul_(problem.real)


def _largest(values: Tensor) -> Tensor:
    return values.amax() if values.numel() else values.new_zeros(())


def _log_range(problem: Problem) -> Tensor:
    """Logs of the largest over the smallest positive mass of a token, summed over both sides."""
    if problem.cost.numel() == 0:
        return problem.cost.new_zeros(())
    source = problem.source.amax(dim=1) / (problem.source + problem.source_padding).amin(dim=1)
    target = problem.target.amax(dim=1) / (problem.target + problem.target_padding).amin(dim=1)
    return (source.clamp(min=1).log() + target.clamp(min=1).log()).amax()
