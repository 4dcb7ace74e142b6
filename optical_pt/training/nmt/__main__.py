"""Command line of the translation model's training."""

from __future__ import annotations

import argparse
import dataclasses
import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.training.bitext_options import add_bitext_options, read_bitext_options
from optical_pt.training.nmt.pipeline import build_nmt
from optical_pt.training.nmt.settings import SELECT, NmtSettings
from optical_pt.training.settings_parser import read_settings

HELP = {
    "vocab_size": "pieces of the joint SentencePiece vocabulary",
    "d_model": "width of the model",
    "ffn": "width of the feed-forward layers",
    "heads": "attention heads",
    "encoder_layers": "encoder layers",
    "decoder_layers": "decoder layers",
    "dropout": "dropout",
    "label_smoothing": "label smoothing",
    "lexical_start": "start foreign embeddings as the mean of their translations by IBM model 1",
    "guide_weight": "weight of the loss that shows the attention IBM model 1's links; 0: none",
    "epochs": "epochs, each over the repeated pairs",
    "batch_tokens": "tokens of a batch, on its longer side, padding included",
    "learning_rate": "highest learning rate; it falls as a cosine",
    "warmup_steps": "steps of linear warm-up",
    "evaluate_steps": "score the dev pairs and write a checkpoint each time after so many steps",
    "subword_alpha": "subword regularisation: a higher alpha draws the best pieces more often",
    "max_length": "pairs with more pieces than this on a side are not trained on",
    "max_repeat": "repeat a language smaller than the largest up to this many times",
    "question_repeat": "repeat pairs that are questions this many times",
    "copy_share": "share of added English-to-English pairs, which teach to copy names",
    "dev_pairs": "held-out pairs per language",
    "select": "keep the weights that are best by this: chrF or BLEU of translations, or the loss",
    "patience": "stop after so many evaluations without better weights; 0: never",
    "seed": "of the sample, the split, the weights and the order",
    "max_minutes": "stop after this time; the best weights so far are kept",
}


def parser() -> argparse.ArgumentParser:
    """The options; one for each field of `NmtSettings`, and the files."""
    result = argparse.ArgumentParser(
        prog="python -m optical_pt.training.nmt",
        description="Train one small many-to-English translation model from nothing.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add_bitext_options(result)
    result.add_argument("--output", type=Path, required=True, help="directory of the model")
    result.add_argument("--resume", action="store_true", help="go on after an interruption")
    result.add_argument("--threads", type=int, help="CPU threads")
    for field in dataclasses.fields(NmtSettings):
        result.add_argument(
            "--" + field.name.replace("_", "-"),
            default=field.default,
            help=HELP[field.name],
            **_kind(field.default),
        )
    return result


def _kind(default: float | str | None) -> dict:
    """How argparse reads an option with this default."""
    if isinstance(default, str):
        return {"choices": SELECT}
    if isinstance(default, bool):
        return {"action": argparse.BooleanOptionalAction}
    return {"type": int if isinstance(default, int) else float}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as the options say; exit code 2 and one line for bad input."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    options = parser().parse_args(arguments)
    try:
        settings = read_settings(NmtSettings, options)
        pairs, hashes = read_bitext_options(options, settings.seed)
        if options.threads is not None:
            # Read when torch is loaded, which `build_nmt` does.
            os.environ["OMP_NUM_THREADS"] = str(options.threads)
        facts = build_nmt(
            pairs,
            options.output,
            settings,
            resume=options.resume,
            command=shlex.join(["python", "-m", "optical_pt.training.nmt", *arguments]),
            data_sha256=hashes,
        )
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for language, chrf in facts["dev_chrf"].items():
        print(f"{language}\tchrF {chrf}")
    print(f"saved in {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
