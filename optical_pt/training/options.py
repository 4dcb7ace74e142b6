"""Command-line options of distillation, grouped as one reads them."""

from __future__ import annotations

import argparse
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from optical_pt.errors import InputError
from optical_pt.training.bitext_options import add_bitext_options
from optical_pt.training.settings import LOSSES, MARGINALS, TRAINABLE, parse_losses
from optical_pt.training.settings import TrainingSettings as Settings
from optical_pt.training.start_settings import KINDS, NEW_EMBEDDINGS, StartSettings

REPORTERS = ("tensorboard",)
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
    made = argparse.ArgumentParser(
        prog="python -m optical_pt.training",
        description="Distil a query encoder for another language from an English late-interaction "
        "teacher and bitext, by optimal transport (OPTICAL, WSDM 2023) or rival losses.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_bitext_options(made.add_argument_group("sentence pairs"))
    _add_student(made.add_argument_group("student"))
    _add_start(made.add_argument_group("starting point of the student"))
    _add_loss(made.add_argument_group("loss"))
    _add_weights(made.add_argument_group("what is trained"))
    _add_schedule(made.add_argument_group("batches and epochs"))
    _add_selection(made.add_argument_group("selection of the best student"))
    _add_run(made.add_argument_group("run"))
    return made


def settings(options: argparse.Namespace) -> Settings:
    """The settings that parsed options ask for.

    Raises:
        InputError: if a value cannot be trained with.
    """
    given = vars(options)
    values: dict[str, Any] = {field.name: given[field.name] for field in fields(Settings)}
    return Settings(**{**values, "loss": parse_losses(options.loss)})


def start_settings(options: argparse.Namespace) -> StartSettings:
    """The starting point that parsed options ask for.

    Raises:
        InputError: if options do not go together.
    """
    given = vars(options)
    names = (field.name for field in fields(StartSettings) if field.name != "kind")
    return StartSettings(options.start, **{name: given[name] for name in names})


def _add_student(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--teacher", default="minilm", help="'minilm', a directory or a hub name (%(default)s)")
    add("--output", type=Path, required=True, help="the folder to make")
    add("--release", choices=("router", "vocabulary"), default="router",
        help="a whole model, or only the word embeddings that changed (%(default)s)")  # fmt: skip
    add("--licences", default="see the sources", help="licences of the data, for the model card")


def _add_start(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--start", choices=KINDS,
        help="the teacher as it is, with words added (default), with a vocabulary of the language "
        "alone, or a multilingual --encoder (train it with --train all)")  # fmt: skip
    add("--vocabulary", type=int, default=StartSettings.vocabulary, metavar="N",
        help="words added for a language, or entries of its own, at most; 0 copies the teacher "
        "(%(default)s)")  # fmt: skip
    add("--fragments", type=int, metavar="N",
        help="parts of words added, too (default: 3000 if many words are unknown)")  # fmt: skip
    add("--new-embeddings", choices=NEW_EMBEDDINGS, default=StartSettings.new_embeddings,
        help="start of new words: the average of the English ones that they align with, random, "
        "or the mean of all (%(default)s)")  # fmt: skip
    add("--encoder", metavar="NAME",
        help="its directory or hub name, such as FacebookAI/xlm-roberta-base")  # fmt: skip
    add("--encoder-layers", type=int, metavar="N", help="its lowest ones that are kept (all)")


def _add_loss(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--loss", nargs="+", default=["ot"], metavar="NAME=WEIGHT",
        help=f"losses to sum: {', '.join(LOSSES)} (ot=1)")  # fmt: skip
    add("--transport", default=Settings.transport, metavar="STRATEGY",
        help="how transport plans are found (%(default)s)")  # fmt: skip
    add("--marginals", choices=MARGINALS, default=Settings.marginals,
        help="masses of tokens in a plan (%(default)s)")  # fmt: skip
    add("--score-temperature", type=float, default=Settings.score_temperature, metavar="T",
        help="of MaxSim scores in the losses 'scores' and 'contrastive' (%(default)s)")  # fmt: skip
    add("--perturbation", type=float, default=Settings.perturbation, metavar="SIZE",
        help="of the step in the loss 'perturbed', a share of the norm (%(default)s)")  # fmt: skip
    add("--anchor", type=float, default=Settings.anchor, metavar="WEIGHT",
        help="of the pull of word embeddings to their start (%(default)s)")  # fmt: skip


def _add_weights(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--train", choices=TRAINABLE, default=Settings.train,
        help="word embeddings, those of added words only, or also low-rank adapters of the "
        "layers, or everything (%(default)s)")  # fmt: skip
    add("--layers", type=int, metavar="N",
        help="from the bottom that 'adapters' and 'all' reach (default: all)")  # fmt: skip
    add("--adapter-rank", type=int, default=Settings.adapter_rank, metavar="N",
        help="(%(default)s)")  # fmt: skip
    add("--learning-rate", type=float, default=Settings.learning_rate, metavar="RATE",
        help="at its peak (%(default)s)")  # fmt: skip
    add("--body-learning-rate", type=float, metavar="RATE",
        help="of all but word embeddings; 0 freezes them (default: --learning-rate)")  # fmt: skip
    add("--body-start", type=float, default=Settings.body_start, metavar="SHARE",
        help="of the steps after which the body begins to learn (%(default)s)")  # fmt: skip


def _add_schedule(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--epochs", type=float, default=Settings.epochs, help="(%(default)s)")
    add("--batch-size", type=int, default=Settings.batch_size, metavar="PAIRS",
        help="of sentences in a batch, of one process (%(default)s)")  # fmt: skip
    add("--accumulate", type=int, default=Settings.accumulate, metavar="BATCHES",
        help="in a step (%(default)s)")  # fmt: skip
    add("--temperature", type=float, default=Settings.temperature, metavar="T",
        help="n pairs of a language are drawn in proportion to n^(1/T) (%(default)s)")  # fmt: skip
    add("--max-length", type=int, default=Settings.max_length, metavar="TOKENS",
        help="that are read of a sentence (%(default)s)")  # fmt: skip
    add("--no-bf16", dest="bf16", action="store_false", help="train in float32")
    add("--seed", type=int, default=Settings.seed, help="(%(default)s)")


def _add_selection(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--hold-out", type=int, default=Settings.hold_out, metavar="PAIRS",
        help="of each language kept from training; the student that finds their translations "
        "best is released, by MRR (%(default)s: the last one)")  # fmt: skip
    add("--select-on", metavar="COLLECTION",
        help="select on judged queries instead: optical:NAME, irds:ID or a folder")  # fmt: skip
    add("--select-queries", metavar="SET[,SET]", help="query sets of it (default: all)")
    add("--select-measure", default=Settings.select_measure, metavar="MEASURE",
        help="on them, such as AP or nDCG@10 (%(default)s)")  # fmt: skip
    add("--evaluate-steps", type=int, default=Settings.evaluate_steps, metavar="STEPS",
        help="from one test on them to the next (%(default)s)")  # fmt: skip
    add("--patience", type=int, default=Settings.patience, metavar="TESTS",
        help="without a better score until training stops (%(default)s: never)")  # fmt: skip


def _add_run(group: argparse._ArgumentGroup) -> None:
    add = group.add_argument
    add("--device", help="cpu, cuda, … (default: a GPU where there is one)")
    add("--store", dest="store_folder", type=Path, metavar="FOLDER",
        help="of the teacher's embeddings, to share between trainings on the same pairs "
        "(default: OUTPUT.training, until it ends)")  # fmt: skip
    add("--no-store", dest="store", action="store_false",
        help="compute the teacher's embeddings in every step, rather than once")  # fmt: skip
    add("--save-steps", type=int, default=Settings.save_steps, metavar="STEPS",
        help="from one checkpoint to the next (%(default)s)")  # fmt: skip
    add("--resume", action="store_true", help="go on from the newest complete checkpoint")
    add_report(group)
    add_push(group, "student")


def add_report(group: argparse._ArgumentGroup) -> None:
    """Add ``--report-to``, which :func:`tensorboard_folder` reads."""
    group.add_argument("--report-to", nargs="+", choices=REPORTERS, default=[], metavar="WHERE",
        help=f"losses and scores go, beside the console: {', '.join(REPORTERS)} (to "
        "OUTPUT.tensorboard)")  # fmt: skip


def add_push(group: argparse._ArgumentGroup, model: str) -> None:
    """Add ``--push-to-hub``."""
    group.add_argument("--push-to-hub", metavar="REPOSITORY",
        help=f"the Hugging Face Hub gets the {model} there")  # fmt: skip


def tensorboard_folder(options: argparse.Namespace) -> Path | None:
    """Where TensorBoard's files go, beside the output; None if they are not wanted.

    Raises:
        InputError: if TensorBoard is not installed.
    """
    if "tensorboard" not in options.report_to:
        return None
    if find_spec("tensorboard") is None:
        raise InputError("--report-to tensorboard: not installed; pip install tensorboard")
    return options.output.with_name(options.output.name + ".tensorboard")
