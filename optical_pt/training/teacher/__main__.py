"""Tune an English teacher: ``python -m optical_pt.training.teacher --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.training.hub import check_repository, push_to_hub
from optical_pt.training.options import tensorboard_folder
from optical_pt.training.processes import is_first
from optical_pt.training.provenance import provenance
from optical_pt.training.teacher.options import parser, settings


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 for bad input)."""
    options = parser().parse_args(argv)
    try:
        _tune(options, argv if argv is not None else sys.argv[1:])
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _tune(options: argparse.Namespace, argv: list[str]) -> None:
    if options.push_to_hub:
        check_repository(options.push_to_hub)
    tensorboard, chosen = tensorboard_folder(options), settings(options)

    from optical_pt.training.teacher.questions import read_questions

    questions = [
        question
        for source in options.questions
        for question in read_questions(source, limit=options.limit, seed=options.seed)
    ]
    print(f"{len(questions)} questions", file=sys.stderr)

    from optical_pt.models import LateInteraction
    from optical_pt.training.teacher.tune import tune_teacher

    tune_teacher(
        LateInteraction(options.teacher, device=options.device).load(),
        questions,
        options.output,
        settings=chosen,
        keep_anyway=options.keep_anyway,
        resume=options.resume,
        tensorboard=tensorboard,
        provenance=provenance(
            "python -m optical_pt.training.teacher", argv, _hashes(options), options.licences
        ),
    )
    if not is_first():
        return
    print(f"saved {options.output}", file=sys.stderr)
    if options.push_to_hub:
        print(f"pushed to {push_to_hub(options.output, options.push_to_hub)}", file=sys.stderr)


def _hashes(options: argparse.Namespace) -> dict[str, str]:
    """SHA-256 of the files among the sources; sets and triples are named in the command."""
    files = [source for source in options.questions if Path(source).is_file()]
    return {file: hash_bytes(Path(file).read_bytes()) for file in files}


if __name__ == "__main__":
    sys.exit(main())
