"""Command-line options of a teacher's tuning."""

from __future__ import annotations

import argparse

from optical_pt.training.settings_parser import settings_parser
from optical_pt.training.shared_options import add_push, add_shared
from optical_pt.training.teacher.settings import TeacherSettings

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
    return settings_parser(
        "optical_pt.training.teacher",
        "Tune an English late-interaction teacher on questions and passages that "
        "answer them, by the multi-vector losses of sentence-transformers.",
        EXAMPLE,
        {
            "questions and passages": _add_data,
            "teacher": _add_teacher,
            "training": _add_training,
            "selection and release": _add_selection,
            "run": _add_run,
        },
        TeacherSettings,
    )


def _add_data(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--questions", action="append", required=True, metavar="SOURCE",
        help="a file (.tsv or .tsv.gz) of question<TAB>passage; COLLECTION=SET, a set of judged "
        "queries; or irds:ID of triples; repeat for several")  # fmt: skip
    add("--limit", type=int, metavar="N", help="at most this many of each source")
    add_shared(group, "--licences")


def _add_teacher(group: argparse._ArgumentGroup) -> None:
    add_shared(group, "--teacher", "--output")
    group.add_argument("--dim", type=int, metavar="N",
        help="width of a projection that is learnt with it (default: none)")  # fmt: skip


def _add_training(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--scale", type=float,
        help="of MaxSim scores in the softmax over a batch (%(default)s)")  # fmt: skip
    add_shared(group, "--learning-rate", "--epochs")
    add("--batch-size", type=int, metavar="QUESTIONS",
        help="that are negatives of each other, in one process (%(default)s)")  # fmt: skip
    add("--mini-batch", type=int, metavar="TEXTS",
        help="encoded at a time, to save memory (default: all of a batch)")  # fmt: skip
    add_shared(group, "--accumulate", "--no-bf16", "--seed")


def _add_selection(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--hold-out", type=int, metavar="QUESTIONS",
        help="to select weights, and as many to tell what was won (%(default)s)")  # fmt: skip
    add("--evaluate-steps", type=int, metavar="STEPS",
        help="from one selection to the next (%(default)s)")  # fmt: skip
    add_shared(group, "--patience")
    add("--keep-anyway", action="store_true", help="release a teacher that got worse")


def _add_run(group: argparse._ArgumentGroup) -> None:
    add_shared(group, "--device", "--save-steps", "--resume", "--report-to")
    add_push(group, "teacher")
