"""From a transformers model to one of CTranslate2."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyterrier as pt

from optical_pt.errors import InputError

if TYPE_CHECKING:
    from optical_pt.translation.tokens import TranslationTokenizer


def converted_model(
    folder: Path, model: str, identity: str, dtype: str, tokenizer: TranslationTokenizer
) -> Path:
    """The folder of the converted model, which appears there only when it is complete.

    Args:
        folder: Of the transformers model.
        model: Its name in error messages.
        identity: What identifies its content.
        dtype: Of the weights, in CTranslate2's words.
        tokenizer: Of the model.

    Raises:
        InputError: if CTranslate2 cannot convert it.
    """
    _require_last_pad(folder, model)
    name = hashlib.sha256(identity.encode()).hexdigest()[:24]
    home = Path(pt.io.pyterrier_home()) / "optical" / "ctranslate2"
    converted = home / f"{name}-{dtype}"
    if not converted.is_dir():
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=home) as draft:
            _convert(folder, model, Path(draft) / "model", dtype, tokenizer)
            # Another process may have finished first: its folder is as good as this one.
            with suppress(OSError):
                os.rename(Path(draft) / "model", converted)
    return converted


def _convert(
    folder: Path, model: str, output: Path, dtype: str, tokenizer: TranslationTokenizer
) -> None:
    from ctranslate2.converters import TransformersConverter

    class Converter(TransformersConverter):
        def load_tokenizer(self, tokenizer_class, model_name_or_path, **kwargs):
            # The vocabulary comes from it: the one that has all language tokens.
            return tokenizer.tokenizer

    try:
        Converter(str(folder)).convert(str(output), quantization=dtype)
    except (ValueError, KeyError, AttributeError, RuntimeError, NotImplementedError) as error:
        raise InputError(
            f"{model}: CTranslate2 cannot convert it ({str(error).strip().splitlines()[0]}); use "
            "engine='transformers'"
        ) from None


def _require_last_pad(folder: Path, model: str) -> None:
    """CTranslate2 cuts the last row off Marian models, and starts from a zero embedding."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if config.get("model_type") != "marian":
        return
    if config["pad_token_id"] != config["vocab_size"] - 1:
        raise InputError(
            f"{model}: CTranslate2 takes a Marian model's last token to be its padding; here it is "
            "another one; use engine='transformers'"
        )
