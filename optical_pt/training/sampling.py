"""A part of the data, in the order of the whole."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def sample_in_order(items: Sequence[Item], limit: int | None, seed: int = 0) -> list[Item]:
    """Draw at most ``limit`` items; None, and as many as there are, keep all of them.

    >>> sample_in_order("abcdef", 3)
    ['a', 'd', 'f']
    >>> sample_in_order("abc", None)
    ['a', 'b', 'c']
    """
    if limit is None or limit >= len(items):
        return list(items)
    kept = sorted(random.Random(seed).sample(range(len(items)), limit))
    return [items[position] for position in kept]
