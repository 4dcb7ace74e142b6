"""The processes of a data-parallel training, as ``torchrun`` starts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta


def processes() -> int:
    """How many there are; 1 without ``torchrun``."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_first() -> bool:
    """Whether this is the one that writes files."""
    return int(os.environ.get("RANK", "0")) == 0


def join(*, on_cpu: bool) -> None:
    """Let the processes find each other; alone, do nothing."""
    if processes() > 1:
        from accelerate import PartialState

        # The others wait while the first encodes a bitext or indexes a collection.
        PartialState(
            cpu=on_cpu, timeout=timedelta(days=7), **({"backend": "gloo"} if on_cpu else {})
        )


@contextmanager
def first_alone() -> Iterator[None]:
    """Let the first process go through the block before the others do."""
    if not is_first():
        wait()
    yield
    if is_first():
        wait()


def wait() -> None:
    """Go on when all processes are here."""
    if processes() > 1:
        import torch.distributed

        torch.distributed.barrier()
