"""Low-rank adapters of a student's layers."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize


class LowRank(nn.Module):
    """A weight matrix W plus a product of two thin ones.

    ``W + B A`` with A ``(rank, inputs)`` random and B ``(outputs, rank)`` zero at the start (Hu et
    al., "LoRA: Low-Rank Adaptation of Large Language Models", ICLR 2022, equation 3).

    >>> layer = nn.Linear(3, 2)
    >>> start = layer.weight.detach().clone()
    >>> add_adapters(layer, rank=1)
    >>> torch.equal(layer.weight, start)
    True
    >>> [name for name, weight in layer.named_parameters() if weight.requires_grad]
    ['parametrizations.weight.0.a', 'parametrizations.weight.0.b']
    """

    def __init__(self, weight: Tensor, rank: int):
        super().__init__()
        outputs, inputs = weight.shape
        self.a = nn.Parameter(torch.randn(rank, inputs, device=weight.device) / inputs**0.5)
        self.b = nn.Parameter(torch.zeros(outputs, rank, device=weight.device))

    def forward(self, weight: Tensor) -> Tensor:
        """Return the sum."""
        return weight + self.b @ self.a


def add_adapters(layers: nn.Module, rank: int) -> None:
    """Freeze a module's weights, and give each of its linear maps an adapter."""
    layers.requires_grad_(False)
    linear = [module for module in layers.modules() if isinstance(module, nn.Linear)]
    for module in linear:
        parametrize.register_parametrization(module, "weight", LowRank(module.weight, rank))
        module.parametrizations.weight.original.requires_grad_(False)


def merge_adapters(model: nn.Module) -> None:
    """Add adapters to the weights that they adapt, and take them away."""
    for module in list(model.modules()):
        if isinstance(module, nn.Linear) and parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)
