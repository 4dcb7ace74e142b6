"""Files of a model's weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from safetensors.torch import load_file, save_file

if TYPE_CHECKING:
    from torch import Tensor, nn


def save_weights(model: nn.Module, path: Path) -> None:
    """Write every weight of a model, one that goes by several names once."""
    written: set[tuple[int, tuple[int, ...], tuple[int, ...]]] = set()
    weights: dict[str, Tensor] = {}
    for name, value in model.state_dict().items():
        place = value.data_ptr(), tuple(value.shape), tuple(value.stride())
        if value.numel() and place in written:
            continue
        written.add(place)
        weights[name] = value.contiguous()
    save_file(weights, path)


def load_weights(model: nn.Module, path: Path) -> None:
    """Give a model the weights of a file that :func:`save_weights` made of it."""
    # Other names of a weight are given what they have: the same memory.
    model.load_state_dict({**model.state_dict(), **load_file(path)})
