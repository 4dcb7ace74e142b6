"""Distil a student query encoder from bitext: ``python -m optical_pt.training --help``."""

from __future__ import annotations

import argparse
import sys

from optical_pt.training.bitext_options import read_bitext_options
from optical_pt.training.command import run_training
from optical_pt.training.options import parser
from optical_pt.training.provenance import provenance
from optical_pt.training.settings import TrainingSettings, parse_losses
from optical_pt.training.settings_parser import read_settings
from optical_pt.training.shared_options import tensorboard_folder
from optical_pt.training.spellings import hanging_on_diacritics
from optical_pt.training.start_settings import StartSettings


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 for bad input)."""
    return run_training(parser(), _distil, argv)


def _distil(options: argparse.Namespace, argv: list[str]) -> None:
    tensorboard = tensorboard_folder(options)
    pairs, hashes = read_bitext_options(options, options.seed)
    print(f"{len(pairs)} sentence pairs", file=sys.stderr)
    start = read_settings(StartSettings, options)
    if start.for_pairs(pairs).diacritics is False and options.diacritics is None:
        for language in hanging_on_diacritics(pairs):
            print(
                f"{language}: many words differ by diacritics alone, which are dropped; if queries "
                "are written with them, try --diacritics",
                file=sys.stderr,
            )

    from optical_pt.models import LateInteraction
    from optical_pt.training.distil import distil

    distil(
        LateInteraction(options.teacher, device=options.device).load(),
        pairs,
        options.output,
        start=start,
        settings=read_settings(TrainingSettings, options, loss=parse_losses(options.loss)),
        release=options.release,
        resume=options.resume,
        store=options.store_folder,
        tensorboard=tensorboard,
        provenance=provenance("python -m optical_pt.training", argv, hashes, options.licences),
    )


if __name__ == "__main__":
    sys.exit(main())
