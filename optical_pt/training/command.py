"""What every training command does around its training."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from optical_pt.errors import InputError
from optical_pt.training.hub import check_repository, push_to_hub
from optical_pt.training.processes import is_first


def run_training(
    parser: argparse.ArgumentParser,
    train: Callable[[argparse.Namespace, list[str]], None],
    argv: list[str] | None,
) -> int:
    """Train as a command line says, and push the model to the hub where it says so.

    The first process reports on stderr what was saved and pushed; bad input is one line there.

    Args:
        parser: has ``--output`` and ``--push-to-hub``.
        train: makes the output, given the parsed options and the words that they came from.
        argv: the words of the command line; None takes the program's own.

    Returns:
        The exit code: 2 for bad input, else 0.

    >>> parser = argparse.ArgumentParser()
    >>> _ = parser.add_argument("--output"), parser.add_argument("--push-to-hub")
    >>> run_training(parser, lambda options, argv: print(argv), ["--output", "students/ha"])
    ['--output', 'students/ha']
    0
    """
    argv = sys.argv[1:] if argv is None else argv
    options = parser.parse_args(argv)
    try:
        if options.push_to_hub:
            check_repository(options.push_to_hub)
        train(options, argv)
        if is_first():
            _publish(options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _publish(options: argparse.Namespace) -> None:
    print(f"saved {options.output}", file=sys.stderr)
    if options.push_to_hub:
        print(f"pushed to {push_to_hub(options.output, options.push_to_hub)}", file=sys.stderr)
