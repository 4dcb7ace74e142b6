"""The cost of matching one token with another."""

from __future__ import annotations

import torch
from torch import Tensor


def cosine_cost(source: Tensor, target: Tensor) -> Tensor:
    """Cosine distance of every source token to every target token (OPTICAL, section 3.2).

    Args:
        source: ``(batch, m, dim)`` floats of any norm.
        target: ``(batch, n, dim)`` floats of any norm.

    Returns:
        ``(batch, m, n)`` costs in [0, 2], differentiable in both.

    >>> cosine_cost(torch.tensor([[[2.0, 0.0]]]), torch.tensor([[[1.0, 0.0], [0.0, 1.0]]]))
    tensor([[[0., 1.]]])
    """
    normalize = torch.nn.functional.normalize
    return 1 - normalize(source, dim=-1) @ normalize(target, dim=-1).transpose(1, 2)
