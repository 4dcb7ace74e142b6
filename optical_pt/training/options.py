"""Command-line options of distillation, grouped as one reads them."""

from __future__ import annotations

import argparse
from pathlib import Path

from optical_pt.training.bitext_options import add_bitext_options
from optical_pt.training.settings import LOSSES, MARGINALS, TRAINABLE
from optical_pt.training.settings import TrainingSettings as Settings
from optical_pt.training.settings_parser import settings_parser
from optical_pt.training.shared_options import add_push, add_shared
from optical_pt.training.start_settings import KINDS, NEW_EMBEDDINGS, StartSettings

EXAMPLE = """examples:
  python -m optical_pt.training --bitext ha=en-ha.tsv.gz --output students/ha
  python -m optical_pt.training --bitext ha=en-ha.tsv.gz --output students/ha-contrastive \\
      --loss ot=1 contrastive=0.1 --hold-out 300 --patience 5
  python -m optical_pt.training --bitext ha=en-ha.tsv.gz --output students/ha-xlmr --train all \\
      --start multilingual --encoder FacebookAI/xlm-roberta-base --body-learning-rate 3e-5
  torchrun --nproc_per_node 2 -m optical_pt.training --bitext ha=en-ha.tsv.gz --output students/ha

A line of bitext is 'tag<TAB>English<TAB>foreign' or 'English<TAB>foreign'. A training that was
stopped goes on with the same command and --resume, to the same weights."""


def parser() -> argparse.ArgumentParser:
    """The parser of ``python -m optical_pt.training``."""
    return settings_parser(
        "optical_pt.training",
        "Distil a query encoder for another language from an English late-interaction "
        "teacher and bitext, by optimal transport (OPTICAL, WSDM 2023) or rival losses.",
        EXAMPLE,
        {
            "sentence pairs": add_bitext_options,
            "student": _add_student,
            "starting point of the student": _add_start,
            "loss": _add_loss,
            "what is trained": _add_weights,
            "batches and epochs": _add_schedule,
            "selection of the best student": _add_selection,
            "run": _add_run,
        },
        Settings,
        StartSettings,
    )


def _add_student(group: argparse._ArgumentGroup) -> None:
    add_shared(group, "--teacher", "--output")
    group.add_argument("--release", choices=("router", "vocabulary"), default="router",
        help="a whole model, or only the word embeddings that changed (%(default)s)")  # fmt: skip
    add_shared(group, "--licences")


def _add_start(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--start", dest="kind", choices=KINDS,
        help="the teacher as it is, with words added (default), with a vocabulary of the language "
        "alone, or a multilingual --encoder (train it with --train all)")  # fmt: skip
    add("--vocabulary", type=int, metavar="N",
        help="words added for a language, or entries of its own, at most; 0 copies the teacher "
        "(%(default)s)")  # fmt: skip
    add("--fragments", type=int, metavar="N",
        help="parts of words added, too (default: 3000 if many words are unknown)")  # fmt: skip
    add("--new-embeddings", choices=NEW_EMBEDDINGS,
        help="start of new words: the average of the English ones that they align with, random, "
        "or the mean of all (%(default)s)")  # fmt: skip
    add("--whole-names", action="store_true",
        help="do not cut the prefixes off names that the language writes onto them, nor the "
        "article off Arabic words")  # fmt: skip
    add("--diacritics", action=argparse.BooleanOptionalAction,
        help="keep them and learn words with and without them, or drop them as BERT does "
        "(default: keep those of Vietnamese)")  # fmt: skip
    add("--encoder", metavar="NAME",
        help="its directory or hub name, such as FacebookAI/xlm-roberta-base")  # fmt: skip
    add("--encoder-layers", type=int, metavar="N", help="its lowest ones that are kept (all)")


def _add_loss(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--loss", nargs="+", default=["ot"], metavar="NAME=WEIGHT",
        help=f"losses to sum: {', '.join(LOSSES)} (ot=1)")  # fmt: skip
    add("--transport", metavar="STRATEGY",
        help="how transport plans are found (%(default)s)")  # fmt: skip
    add("--marginals", choices=MARGINALS,
        help="masses of tokens in a plan (%(default)s)")  # fmt: skip
    add("--score-temperature", type=float, metavar="T",
        help="of MaxSim scores in the losses 'scores' and 'contrastive' (%(default)s)")  # fmt: skip
    add("--perturbation", type=float, metavar="SIZE",
        help="of the step in the loss 'perturbed', a share of the norm (%(default)s)")  # fmt: skip
    add("--anchor", type=float, metavar="WEIGHT",
        help="of the pull of word embeddings to their start (%(default)s)")  # fmt: skip


def _add_weights(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--train", choices=TRAINABLE,
        help="word embeddings, those of added words only, or also low-rank adapters of the "
        "layers, or everything (%(default)s)")  # fmt: skip
    add("--layers", type=int, metavar="N",
        help="from the bottom that 'adapters' and 'all' reach (default: all)")  # fmt: skip
    add("--adapter-rank", type=int, metavar="N",
        help="(%(default)s)")  # fmt: skip
    add_shared(group, "--learning-rate")
    add("--body-learning-rate", type=float, metavar="RATE",
        help="of all but word embeddings; 0 freezes them (default: --learning-rate)")  # fmt: skip
    add("--body-start", type=float, metavar="SHARE",
        help="of the steps after which the body begins to learn (%(default)s)")  # fmt: skip


def _add_schedule(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add_shared(group, "--epochs")
    add("--batch-size", type=int, metavar="PAIRS",
        help="of sentences in a batch, of one process (%(default)s)")  # fmt: skip
    add_shared(group, "--accumulate")
    add("--temperature", type=float, metavar="T",
        help="n pairs of a language are drawn in proportion to n^(1/T) (%(default)s)")  # fmt: skip
    add("--max-length", type=int, metavar="TOKENS",
        help="that are read of a sentence (%(default)s)")  # fmt: skip
    add_shared(group, "--no-bf16", "--seed")


def _add_selection(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--hold-out", type=int, metavar="PAIRS",
        help="of each language kept from training; the student that finds their translations "
        "best is released, by MRR (%(default)s: the last one)")  # fmt: skip
    add("--select-on", metavar="COLLECTION",
        help="select on judged queries instead: optical:NAME, irds:ID or a folder")  # fmt: skip
    add("--select-queries", metavar="SET[,SET]", help="query sets of it (default: all)")
    add("--select-measure", metavar="MEASURE",
        help="on them, such as AP or nDCG@10 (%(default)s)")  # fmt: skip
    add("--evaluate-steps", type=int, metavar="STEPS",
        help="from one test on them to the next (%(default)s)")  # fmt: skip
    add_shared(group, "--patience")


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add_shared(group, "--device")
    add("--store", dest="store_folder", type=Path, metavar="FOLDER",
        help="of the teacher's embeddings, to share between trainings on the same pairs "
        "(default: OUTPUT.training, until it ends)")  # fmt: skip
    add("--no-store", dest="store", action="store_false",
        help="compute the teacher's embeddings in every step, rather than once")  # fmt: skip
    add_shared(group, "--save-steps", "--resume", "--report-to")
    add_push(group, "student")
