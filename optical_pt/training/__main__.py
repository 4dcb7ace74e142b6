"""Distil a student query encoder from bitext: ``python -m optical_pt.training --help``."""

from __future__ import annotations

import argparse
import sys

from optical_pt.errors import InputError
from optical_pt.training.bitext_options import read_bitext_options
from optical_pt.training.hub import check_repository, push_to_hub
from optical_pt.training.options import parser, settings, start_settings, tensorboard_folder
from optical_pt.training.processes import is_first
from optical_pt.training.provenance import provenance


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 for bad input)."""
    options = parser().parse_args(argv)
    try:
        _distil(options, argv if argv is not None else sys.argv[1:])
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _distil(options: argparse.Namespace, argv: list[str]) -> None:
    if options.push_to_hub:
        check_repository(options.push_to_hub)
    tensorboard = tensorboard_folder(options)
    pairs, hashes = read_bitext_options(options, options.seed)
    print(f"{len(pairs)} sentence pairs", file=sys.stderr)

    from optical_pt.models import LateInteraction
    from optical_pt.training.distil import distil

    distil(
        LateInteraction(options.teacher, device=options.device).load(),
        pairs,
        options.output,
        start=start_settings(options),
        settings=settings(options),
        release=options.release,
        resume=options.resume,
        store=options.store_folder,
        tensorboard=tensorboard,
        provenance=provenance("python -m optical_pt.training", argv, hashes, options.licences),
    )
    if not is_first():
        return
    print(f"saved {options.output}", file=sys.stderr)
    if options.push_to_hub:
        print(f"pushed to {push_to_hub(options.output, options.push_to_hub)}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
