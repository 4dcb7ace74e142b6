"""Distil a student query encoder from bitext: ``python -m optical_pt.training --help``."""

from __future__ import annotations

import argparse
import shlex
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.training.bitext_options import add_bitext_options, read_bitext_options

EXAMPLE = """example:
  python -m optical_pt.training --bitext ha=en-ha.tsv.gz --output students/ha

A line of bitext is 'tag<TAB>English<TAB>foreign' or 'English<TAB>foreign'. A training that was
stopped goes on with the same command and --resume, to the same weights."""


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 for bad input)."""
    options = _parser().parse_args(argv)
    try:
        _distil(options, argv if argv is not None else sys.argv[1:])
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m optical_pt.training",
        description="Distil a query encoder for another language from an English late-interaction "
        "teacher and bitext, by optimal transport (OPTICAL, WSDM 2023).",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add_bitext_options(parser)
    add("--output", type=Path, required=True, help="the folder to make")
    add("--teacher", default="minilm", help="'minilm', a directory or a hub name (%(default)s)")
    add("--vocabulary", type=int, default=8000, metavar="N",
        help="foreign words added to the teacher's vocabulary, at most (%(default)s)")  # fmt: skip
    add("--release", choices=("router", "vocabulary"), default="router",
        help="a whole model, or only the word embeddings that changed (%(default)s)")  # fmt: skip
    add("--train", choices=("embeddings", "all"), default="embeddings",
        help="what is trained (%(default)s)")  # fmt: skip
    add("--epochs", type=float, default=3, help="(%(default)s)")
    add("--batch-size", type=int, default=64, help="sentence pairs a step (%(default)s)")
    add("--learning-rate", type=float, default=1e-3, help="at its peak (%(default)s)")
    add("--reg", type=float, default=0.05, help="entropy weight of the plan (%(default)s)")
    add("--max-length", type=int, default=96, help="tokens read of a sentence (%(default)s)")
    add("--save-steps", type=int, default=200, help="steps between checkpoints (%(default)s)")
    add("--seed", type=int, default=0, help="(%(default)s)")
    add("--device", help="cpu, cuda, … (default: a GPU where there is one)")
    add("--no-bf16", action="store_true", help="train in float32")
    add("--resume", action="store_true", help="go on from the newest complete checkpoint")
    add("--licences", default="see the sources", help="licences of the data, for the model card")
    return parser


def _distil(options: argparse.Namespace, argv: list[str]) -> None:
    pairs, hashes = read_bitext_options(options, options.seed)
    print(f"{len(pairs)} sentence pairs", file=sys.stderr)

    from optical_pt.models import LateInteraction
    from optical_pt.training.distil import distil
    from optical_pt.training.trainer import TrainingSettings

    distil(
        LateInteraction(options.teacher, device=options.device).load(),
        pairs,
        options.output,
        vocabulary_size=options.vocabulary,
        settings=TrainingSettings(
            epochs=options.epochs,
            batch_size=options.batch_size,
            learning_rate=options.learning_rate,
            train=options.train,
            reg=options.reg,
            max_length=options.max_length,
            bf16=not options.no_bf16,
            save_steps=options.save_steps,
            seed=options.seed,
        ),
        release=options.release,
        resume=options.resume,
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
