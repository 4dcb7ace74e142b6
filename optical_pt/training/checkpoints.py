"""The folder of an unfinished training, and which checkpoint it goes on from."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optical_pt.errors import InputError
from optical_pt.files import write_text
from optical_pt.training.processes import is_first, wait

STARTED = "started.json"
WEIGHTS = "model.safetensors"
NEEDED = (WEIGHTS, "optimizer.pt", "scheduler.pt", "trainer_state.json")


def open_checkpoints(directory: str | Path, facts: Mapping[str, Any], *, resume: bool) -> None:
    """Make the folder for a training's checkpoints, or check that it is of the same training.

    Args:
        directory: for checkpoints.
        facts: all that decides the result, as JSON values; kept in ``started.json``.
        resume: go on with what the folder holds.

    Raises:
        InputError: if the folder exists and ``resume`` is not set, or it is of another training.
    """
    directory = Path(directory)
    if directory.exists() and not resume:
        raise InputError(f"{directory}: an unfinished training; use --resume or delete it")
    started = directory / STARTED
    if not started.is_file():
        if _checkpoints(directory):
            raise InputError(f"{directory}: it does not say what was trained; delete it")
        write_text(started, json.dumps(dict(facts), indent=2) + "\n")
        return
    before = json.loads(started.read_text(encoding="utf-8"))
    changed = [name for name, value in facts.items() if before.get(name) != value]
    if changed:
        raise InputError(
            f"{directory}: started with another {', '.join(changed)}; resume with the same or "
            "delete it"
        )


def was_finished(output: Path, directory: Path) -> bool:
    """Whether a training was killed after its output was written, before :func:`discard`."""
    return output.is_dir() and (directory / STARTED).is_file()


def discard(directory: Path) -> None:
    """Delete the folder of a finished training, if there is one, when no process reads it any more.

    It gets another name first, so that a kill leaves it whole, or no training to go on with.
    """
    wait()
    if is_first():
        trash = directory.with_name(f"{directory.name}.finished")
        shutil.rmtree(trash, ignore_errors=True)
        if directory.is_dir():
            directory.rename(trash)
            shutil.rmtree(trash, ignore_errors=True)
    wait()


def newest_complete_checkpoint(directory: str | Path) -> str | None:
    """Return the newest checkpoint that a kill did not cut short, or None.

    The trainer writes ``trainer_state.json`` last; a checkpoint without it, or without the
    optimizer (from which it would resume silently with a fresh one), does not count, nor one with
    a file that ends too soon.
    """
    return next((str(path) for path in _checkpoints(directory) if _is_complete(path)), None)


def _checkpoints(directory: str | Path) -> list[Path]:
    """Folders of checkpoints, the newest first."""
    step = {
        path: int(path.name.removeprefix("checkpoint-"))
        for path in Path(directory).glob("checkpoint-*")
        if path.name.removeprefix("checkpoint-").isdecimal()
    }
    return sorted(step, key=lambda path: step[path], reverse=True)


def _is_complete(checkpoint: Path) -> bool:
    from safetensors import SafetensorError, safe_open

    if not all((checkpoint / name).is_file() for name in NEEDED):
        return False
    try:
        json.loads((checkpoint / "trainer_state.json").read_text(encoding="utf-8"))
        for weights in checkpoint.rglob("*.safetensors"):
            with safe_open(weights, "pt"):  # compares the file's size with its header
                pass
    except (ValueError, SafetensorError):
        return False
    # torch writes zip files, whose directory of contents stands at the end.
    return all(zipfile.is_zipfile(state) for state in checkpoint.glob("*.pt*"))
