"""Tune an English teacher: ``python -m optical_pt.training.teacher --help``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from optical_pt.files import hash_bytes
from optical_pt.training.command import run_training
from optical_pt.training.provenance import provenance
from optical_pt.training.settings_parser import read_settings
from optical_pt.training.shared_options import tensorboard_folder
from optical_pt.training.teacher.options import parser
from optical_pt.training.teacher.settings import TeacherSettings


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 for bad input)."""
    return run_training(parser(), _tune, argv)


def _tune(options: argparse.Namespace, argv: list[str]) -> None:
    tensorboard = tensorboard_folder(options)
    settings = read_settings(TeacherSettings, options)

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
        settings=settings,
        keep_anyway=options.keep_anyway,
        resume=options.resume,
        tensorboard=tensorboard,
        provenance=provenance(
            "python -m optical_pt.training.teacher", argv, _hashes(options), options.licences
        ),
    )


def _hashes(options: argparse.Namespace) -> dict[str, str]:
    """SHA-256 of the files among the sources; sets and triples are named in the command."""
    files = [source for source in options.questions if Path(source).is_file()]
    return {file: hash_bytes(Path(file).read_bytes()) for file in files}


if __name__ == "__main__":
    sys.exit(main())
