"""From sentence pairs to a finished model directory."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair, hash_pairs
from optical_pt.training.checkpoints import STARTED, discard
from optical_pt.training.nmt.card import write_card
from optical_pt.training.nmt.data import hold_out, rebalance, short_enough
from optical_pt.training.nmt.settings import NmtSettings
from optical_pt.training.nmt.tokenizer import learn_vocabulary, load_processor

_IDENTITY = "training.sha256"


def build_nmt(
    pairs: Sequence[SentencePair],
    output: Path,
    settings: NmtSettings,
    *,
    resume: bool = False,
    command: str = "",
    data_sha256: dict[str, str] | None = None,
) -> dict:
    """Train a many-to-English model and write it, with its card, into the directory `output`.

    Checkpoints and the tokenizer live in ``<output>.training`` until the model is whole; `output`
    appears in one step. The weights are stored in fp16; `config.json` says float32, so that
    `from_pretrained` computes in fp32 (fp16 products are very slow on a CPU).

    Args:
        pairs: sentence pairs of all languages.
        output: a directory that does not exist yet.
        settings: what to train, and for how long.
        resume: go on with an interrupted training of the same pairs and settings; where its model
            is written already, only delete the checkpoints.
        command: the command line, for the card.
        data_sha256: SHA-256 of the files that the pairs come from, for the card.

    Returns:
        The content of `nmt.json`: settings, pair counts, dev chrF and BLEU per language, …

    Raises:
        InputError: if `output` exists, if there is a training to resume and `resume` is not set,
            or if it is a training of other pairs or settings.
    """
    work = output.with_name(output.name + ".training")
    # Killed after the model was written, before its checkpoints were deleted.
    finished = resume and output.is_dir() and (work / _IDENTITY).is_file()
    if output.exists() and not finished:
        raise InputError(f"{output}: exists already; choose another --output or remove it")
    train_pairs, dev = hold_out(pairs, settings.dev_pairs, settings.seed)
    _prepare_work(work, train_pairs, settings, resume)
    if finished:
        discard(work)
        return json.loads((output / "nmt.json").read_text(encoding="utf-8"))

    fitting = short_enough(train_pairs, load_processor(work).encode, settings.max_length)
    examples = rebalance(
        fitting,
        max_repeat=settings.max_repeat,
        question_repeat=settings.question_repeat,
        copy_share=settings.copy_share,
        seed=settings.seed,
    )
    # transformers and torch are wanted only from here on: bad input is reported at once.
    from transformers import MarianMTModel, MarianTokenizer

    from optical_pt.training.nmt.evaluate import scores_by_language, translate
    from optical_pt.training.nmt.train import EVALUATED, train

    model, log = train(examples, dev, work, settings, resume=resume)
    partial = output.with_name(output.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    model.half().save_pretrained(partial)
    config = json.loads((partial / "config.json").read_text(encoding="utf-8"))
    config["dtype"] = "float32"
    (partial / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    for name in ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json"):
        shutil.copyfile(work / name, partial / name)
    # Measure what users will load: the weights as they are stored.
    tokenizer = MarianTokenizer.from_pretrained(partial)
    model = MarianMTModel.from_pretrained(partial)
    translations = translate(model, tokenizer, [pair.foreign for pair in dev])
    facts = {
        "languages": list(dict.fromkeys(pair.language for pair in pairs)),
        "tags": sorted({pair.tag for pair in pairs}),
        "pairs": dict(Counter(pair.language for pair in pairs)),
        "training_pairs": dict(Counter(pair.language for pair in fitting)),
        "examples_per_epoch": len(examples),
        "dev_chrf": _rounded(scores_by_language(dev, translations)),
        "dev_bleu": _rounded(scores_by_language(dev, translations, "bleu")),
        "evaluations": [
            {key: entry[key] for key in ("epoch", "step", *EVALUATED) if key in entry}
            for entry in log
            if "eval_loss" in entry
        ],
        "parameters": sum(p.numel() for p in model.parameters()),
        "settings": dataclasses.asdict(settings),
        "command": command,
        "data_sha256": data_sha256 or {},
    }
    write_card(partial, facts)
    os.replace(partial, output)
    discard(work)
    return facts


def _rounded(scores: dict[str, float]) -> dict[str, float]:
    return {language: round(score, 1) for language, score in scores.items()}


def _prepare_work(
    work: Path, train_pairs: Sequence[SentencePair], settings: NmtSettings, resume: bool
) -> None:
    """Make the work directory with its tokenizer, or check that it belongs to this training."""
    digest = hashlib.sha256(b"padding last\n")
    # A resumed training may have another time limit.
    digest.update(repr(dataclasses.replace(settings, max_minutes=None)).encode())
    digest.update(hash_pairs(train_pairs).encode())
    identity = work / _IDENTITY
    if identity.exists():
        if not resume:
            raise InputError(f"{work}: an unfinished training; add --resume, or remove it")
        if identity.read_text() != digest.hexdigest():
            raise InputError(
                f"{work}: a training of other pairs or settings; give those, or remove it"
            )
        return
    if (work / STARTED).exists():
        raise InputError(
            f"{work}: an unfinished training of a student; name another --output, or remove it"
        )
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    sentences = [s for pair in train_pairs for s in (pair.english, pair.foreign)]
    learn_vocabulary(sentences, settings.vocab_size, work)
    # Written last: without it the directory counts as not begun.
    identity.write_text(digest.hexdigest())
