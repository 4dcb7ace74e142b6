"""A training's time limit, and the learning rate that minds it."""

from __future__ import annotations

import math
import time


class Clock:
    """How much of the time limit is used up, counted over all resumed runs."""

    def __init__(self, max_minutes: float | None, spent_seconds: float = 0) -> None:
        self.limit = math.inf if max_minutes is None else 60 * max_minutes
        self.start = time.monotonic() - spent_seconds

    def spent(self) -> float:
        """Seconds of training so far."""
        return time.monotonic() - self.start

    def used(self) -> float:
        """Share of the limit that has passed, at most 1."""
        return min(1.0, self.spent() / self.limit) if self.limit > 0 else 1.0


def learning_rate_factor(step: int, warmup: int, total: int, time_used: float = 0.0) -> float:
    """Linear warm-up, then half a cosine down to 0 at the last step or when the time is up.

    A run that its time limit cuts short would otherwise end at a high learning rate, which costs
    more quality than the missing epochs.

    >>> [learning_rate_factor(step, 10, 110) for step in (0, 5, 10, 60, 110)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    >>> learning_rate_factor(60, 10, 110, time_used=1.0)
    0.0
    """
    if step < warmup:
        return step / warmup
    progress = max((step - warmup) / max(1, total - warmup), time_used)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))
