"""Alternating updates of two dual potentials, overrelaxed as far as each pair bears it."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

# Iterations between two looks at the error: a look costs little, but waits for the device.
BLOCK = 10
# A factor of 1.91 at most: nearer to 2 the iteration forgets too slowly what it did wrong.
MAX_CONTRACTION = 0.998
# A new factor makes errors rise for a while; if by more than this, in ten iterations ninefold, it
# was too large.
MAX_RISE = 1.25


def relative_error(potential: Tensor, best: Tensor, masses: Tensor) -> Tensor:
    """What the potentials' distance to their optimum means in mass, if they are logarithms."""
    return masses * (potential - best).expm1().abs()


def alternate(
    best_source: Callable[[Tensor, Tensor], Tensor],
    best_target: Callable[[Tensor, Tensor], Tensor],
    source: Tensor,
    target: Tensor,
    *,
    error: Callable[[Tensor, Tensor, Tensor], Tensor] = relative_error,
    ceiling: float | None = None,
    iterations: int,
    tolerance: float,
) -> tuple[tuple[Tensor, Tensor], int]:
    """Maximise a concave dual in two blocks of variables in turn, from zero.

    Each block moves ``relaxation`` times as far as to its optimum (successive overrelaxation:
    Thibault, Chizat, Dossal and Papadakis, "Overrelaxed Sinkhorn-Knopp Algorithm for Regularized
    Optimal Transport", Algorithms 2021). The best factor, 2 / (1 + sqrt(1 - c)), depends on the
    contraction c of plain iterations (Lehmann, von Renesse, Sambale and Uschmajew, "A note on
    overrelaxation in the Sinkhorn algorithm", Optimization Letters 2022, section 3), which
    is estimated for each pair from how its error fell in the last ten iterations, by Young's
    relation. Where the error rose steeply, the next ten are plain. Pairs within the tolerance stand
    still, so that no pair's result depends on its batch; the last iteration is plain for all.

    Args:
        best_source: gives the optimal ``(batch, m)`` source potentials for the target's, and gets
            the present ones as well, to start from.
        best_target: gives the optimal ``(batch, n)`` target potentials, likewise.
        source: ``(batch, m)`` masses, for ``error``.
        target: ``(batch, n)`` masses.
        error: of each token, for potentials, their optimum and the masses; its sum over a pair's
            tokens is the L1 error of both marginals.
        ceiling: no potential may be greater, if there is one.
        iterations: at most so many.
        tolerance: of that sum.

    Returns:
        Both potentials and the number of iterations.
    """
    first, second = torch.zeros_like(source), torch.zeros_like(target)
    relaxation = source.new_ones(len(source), 1)
    previous = None
    done = 0
    while done < iterations - 1:
        best = best_source(second, first)
        if done % BLOCK == 0 and done > 0:
            now = error(first, best, source).sum(dim=1, keepdim=True)
            now = now + error(second, best_target(first, second), target).sum(dim=1, keepdim=True)
            if bool((now <= tolerance).all()):
                break
            if previous is not None:
                relaxation = _relaxation(relaxation, (now / previous) ** (1 / BLOCK))
            relaxation = torch.where(now <= tolerance, 0, relaxation)
            previous = now
        first = torch.lerp(first, best, relaxation)
        if ceiling is not None:
            first.clamp_(max=ceiling)
        second = torch.lerp(second, best_target(first, second), relaxation)
        if ceiling is not None:
            second.clamp_(max=ceiling)
        done += 1
    first = best_source(second, first)
    return (first, best_target(first, second)), done + 1


def _relaxation(now: Tensor, contraction: Tensor) -> Tensor:
    """The best factor, given the contraction that an iteration had with the factor ``now``."""
    seen = torch.maximum(contraction, now - 1).clamp(min=1e-6)
    plain = ((seen + now - 1) ** 2 / (seen * now**2)).clamp(max=MAX_CONTRACTION)
    best = 2 / (1 + (1 - plain).sqrt())
    return torch.where(contraction < 1, best, torch.where(contraction < MAX_RISE, now, 1))
