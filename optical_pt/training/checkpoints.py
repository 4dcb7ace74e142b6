"""Which checkpoint a training goes on from."""

from __future__ import annotations

import json
from pathlib import Path

WEIGHTS = ("model.safetensors", "0_Transformer/model.safetensors")
NEEDED = ("optimizer.pt", "scheduler.pt", "trainer_state.json")


def newest_complete_checkpoint(directory: str | Path) -> str | None:
    """Return the newest checkpoint that a kill did not cut short, or None.

    The trainer writes ``trainer_state.json`` last; a checkpoint without it, or without the
    optimizer (from which it would resume silently with a fresh one), does not count.
    """
    found = sorted(
        Path(directory).glob("checkpoint-*"),
        key=lambda path: int(path.name.removeprefix("checkpoint-")),
        reverse=True,
    )
    return next((str(path) for path in found if _is_complete(path)), None)


def _is_complete(checkpoint: Path) -> bool:
    if not all((checkpoint / name).is_file() for name in NEEDED):
        return False
    if not any((checkpoint / name).is_file() for name in WEIGHTS):
        return False
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
    except ValueError:
        return False
    return True
