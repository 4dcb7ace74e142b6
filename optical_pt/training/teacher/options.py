"""Command-line options of a teacher's tuning."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from optical_pt.training.options import add_push, add_report
from optical_pt.training.teacher.settings import TeacherSettings as Settings

EXAMPLE = """examples:
  python -m optical_pt.training.teacher --questions squad-questions.tsv.gz --output teachers/squad
  python -m optical_pt.training.teacher --questions passages=tydiqa-train --dim 128 \\
      --output teachers/tydiqa-128
  python -m optical_pt.training.teacher --output teachers/msmarco --limit 500000 \\
      --questions irds:msmarco-passage/train/triples-small --batch-size 128 --mini-batch 32

It is released only if it answers questions that it never saw no worse than before. A training that
was stopped goes on with the same command and --resume, to the same weights."""


def parser() -> argparse.ArgumentParser:
    """The parser of ``python -m optical_pt.training.teacher``."""
    made = argparse.ArgumentParser(
        prog="python -m optical_pt.training.teacher",
        description="Tune an English late-interaction teacher on questions and passages that "
        "answer them, by the multi-vector losses of sentence-transformers.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_data(made.add_argument_group("questions and passages"))
    _add_teacher(made.add_argument_group("teacher"))
    _add_training(made.add_argument_group("training"))
    _add_selection(made.add_argument_group("selection and release"))
    _add_run(made.add_argument_group("run"))
    return made


def settings(options: argparse.Namespace) -> Settings:
    """The settings that parsed options ask for.

    Raises:
        InputError: if a value cannot be trained with.
    """
    return Settings(**{field.name: vars(options)[field.name] for field in fields(Settings)})


def _add_data(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--questions", action="append", required=True, metavar="SOURCE",
        help="a file (.tsv or .tsv.gz) of question<TAB>passage; COLLECTION=SET, a set of judged "
        "queries; or irds:ID of triples; repeat for several")  # fmt: skip
    add("--limit", type=int, metavar="N", help="at most this many of each source")
    add("--licences", default="see the sources", help="licences of the data, for the model card")


def _add_teacher(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--teacher", default="minilm", help="'minilm', a directory or a hub name (%(default)s)")
    add("--output", type=Path, required=True, help="the folder to make")
    add("--dim", type=int, metavar="N",
        help="width of a projection that is learnt with it (default: none)")  # fmt: skip


def _add_training(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--scale", type=float, default=Settings.scale,
        help="of MaxSim scores in the softmax over a batch (%(default)s)")  # fmt: skip
    add("--learning-rate", type=float, default=Settings.learning_rate, metavar="RATE",
        help="at its peak (%(default)s)")  # fmt: skip
    add("--epochs", type=float, default=Settings.epochs, help="(%(default)s)")
    add("--batch-size", type=int, default=Settings.batch_size, metavar="QUESTIONS",
        help="that are negatives of each other, in one process (%(default)s)")  # fmt: skip
    add("--mini-batch", type=int, metavar="TEXTS",
        help="encoded at a time, to save memory (default: all of a batch)")  # fmt: skip
    add("--accumulate", type=int, default=Settings.accumulate, metavar="BATCHES",
        help="in a step (%(default)s)")  # fmt: skip
    add("--no-bf16", dest="bf16", action="store_false", help="train in float32")
    add("--seed", type=int, default=Settings.seed, help="(%(default)s)")


def _add_selection(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--hold-out", type=int, default=Settings.hold_out, metavar="QUESTIONS",
        help="to select weights, and as many to tell what was won (%(default)s)")  # fmt: skip
    add("--evaluate-steps", type=int, default=Settings.evaluate_steps, metavar="STEPS",
        help="from one selection to the next (%(default)s)")  # fmt: skip
    add("--patience", type=int, default=Settings.patience, metavar="TESTS",
        help="without a better score until training stops (%(default)s: never)")  # fmt: skip
    add("--keep-anyway", action="store_true", help="release a teacher that got worse")


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--device", help="cpu, cuda, … (default: a GPU where there is one)")
    add("--save-steps", type=int, default=Settings.save_steps, metavar="STEPS",
        help="from one checkpoint to the next (%(default)s)")  # fmt: skip
    add("--resume", action="store_true", help="go on from the newest complete checkpoint")
    add_report(group)
    add_push(group, "teacher")
