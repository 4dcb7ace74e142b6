"""Distil a student query encoder from bitext: ``python -m optical_pt.training --help``."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import datetime, timezone
from importlib.metadata import version

from optical_pt.errors import InputError
from optical_pt.training.bitext_options import read_bitext_options
from optical_pt.training.options import parser, settings


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
    pairs, hashes = read_bitext_options(options, options.seed)
    print(f"{len(pairs)} sentence pairs", file=sys.stderr)

    from optical_pt.models import LateInteraction
    from optical_pt.training.distil import distil

    distil(
        LateInteraction(options.teacher, device=options.device).load(),
        pairs,
        options.output,
        vocabulary_size=options.vocabulary,
        settings=settings(options),
        release=options.release,
        resume=options.resume,
        store=options.store_folder,
        provenance={
            "command": "python -m optical_pt.training " + shlex.join(argv),
            "data_sha256": hashes,
            "data_licences": options.licences,
            "versions": {name: version(name) for name in ("torch", "sentence-transformers")},
            "date": datetime.now(timezone.utc).date().isoformat(),
        },
    )
    print(f"saved {options.output}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
