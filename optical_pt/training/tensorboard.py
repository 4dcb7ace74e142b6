"""Losses and scores of a training for TensorBoard."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from transformers import TrainerCallback


class ScalarWriter(Protocol):
    """What TensorBoard's ``SummaryWriter`` has."""

    def add_scalar(self, tag: str, scalar_value: float, global_step: int) -> Any:
        """Take one number."""

    def flush(self) -> Any:
        """Write what was taken."""


class ScalarLog(TrainerCallback):
    """Send each number that the trainer logs to a writer: ``train/ot``, ``eval/mrr``, …

    Args:
        writer: where numbers go.
    """

    def __init__(self, writer: ScalarWriter):
        self.writer = writer

    def on_log(self, args: Any, state: Any, control: Any, logs: dict | None = None, **_: Any):
        """Take the newest entry."""
        if not state.is_world_process_zero:
            return
        for name, value in (logs or {}).items():
            if isinstance(value, (int, float)):
                kind, _, rest = name.partition("_")
                tag = f"eval/{rest}" if kind == "eval" else f"train/{name}"
                self.writer.add_scalar(tag, value, state.global_step)
        self.writer.flush()  # else a process that ends soon takes the last numbers with it


def tensorboard_log(folder: str | Path) -> ScalarLog:
    """A callback that writes TensorBoard's files into a folder; needs ``tensorboard``."""
    from torch.utils.tensorboard import SummaryWriter

    return ScalarLog(SummaryWriter(str(folder)))
