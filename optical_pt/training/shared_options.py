"""Command-line options that the trainings of students and of teachers share."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from optical_pt.errors import InputError

REPORTERS = ("tensorboard",)
#: What argparse is told of each; numbers get their defaults from the settings.
SHARED: dict[str, dict[str, Any]] = {
    "--teacher": {
        "default": "minilm",
        "help": "'minilm', a directory or a hub name (%(default)s)",
    },
    "--output": {"type": Path, "required": True, "help": "the folder to make"},
    "--licences": {
        "default": "see the sources",
        "help": "licences of the data, for the model card",
    },
    "--learning-rate": {"type": float, "metavar": "RATE", "help": "at its peak (%(default)s)"},
    "--epochs": {"type": float, "help": "(%(default)s)"},
    "--accumulate": {"type": int, "metavar": "BATCHES", "help": "in a step (%(default)s)"},
    "--no-bf16": {"dest": "bf16", "action": "store_false", "help": "train in float32"},
    "--seed": {"type": int, "help": "(%(default)s)"},
    "--patience": {
        "type": int,
        "metavar": "TESTS",
        "help": "without a better score until training stops (%(default)s: never)",
    },
    "--device": {"help": "cpu, cuda, … (default: a GPU where there is one)"},
    "--save-steps": {
        "type": int,
        "metavar": "STEPS",
        "help": "from one checkpoint to the next (%(default)s)",
    },
    "--resume": {
        "action": "store_true",
        "help": "go on from the newest complete checkpoint",
    },
    "--report-to": {
        "nargs": "+",
        "choices": REPORTERS,
        "default": [],
        "metavar": "WHERE",
        "help": f"losses and scores go, beside the console: {', '.join(REPORTERS)} (to "
        "OUTPUT.tensorboard)",
    },
}


def add_shared(group: argparse._ArgumentGroup, *names: str) -> None:
    """Add shared options, in the order of their names.

    >>> parser = argparse.ArgumentParser()
    >>> add_shared(parser, "--output", "--no-bf16")
    >>> options = parser.parse_args(["--output", "students/ha"])
    >>> options.output.name, options.bf16
    ('ha', True)
    """
    for name in names:
        group.add_argument(name, **SHARED[name])


def add_push(group: argparse._ArgumentGroup, model: str) -> None:
    """Add ``--push-to-hub`` for a model that is a student or a teacher."""
    group.add_argument("--push-to-hub", metavar="REPOSITORY",
        help=f"the Hugging Face Hub gets the {model} there")  # fmt: skip


def tensorboard_folder(options: argparse.Namespace) -> Path | None:
    """Where TensorBoard's files go, beside the output; None if they are not wanted.

    Raises:
        InputError: if TensorBoard is not installed.
    """
    if "tensorboard" not in options.report_to:
        return None
    if find_spec("tensorboard") is None:
        raise InputError("--report-to tensorboard: not installed; pip install tensorboard")
    return options.output.with_name(options.output.name + ".tensorboard")
