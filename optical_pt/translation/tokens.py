"""Text to token ids and back, with the language tokens of a translation direction."""

from __future__ import annotations

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.translation.language_tokens import language_tokens

# Tokenizers without a limit declare an astronomical one; models without one (T5) were trained so.
_NO_LIMIT = 100_000
_DEFAULT_LIMIT = 512


class TranslationTokenizer:
    """The tokenizer of a seq2seq model, set to one translation direction.

    Args:
        folder: of the model.
        model: its name in error messages.
        source: ISO 639 code, or a code of the model itself.
        target: the same.
        max_length: most tokens of an input or output, if less than the model takes.

    Attributes:
        max_length: most tokens of an input or output, special tokens included.
        first_token: the token that every output must begin with, if any.
        first_id: its id.

    Raises:
        InputError: if the tokenizer cannot be loaded or does not know a language.
    """

    def __init__(self, folder: Path, model: str, source: str, target: str, max_length: int | None):
        small100 = _declared_class(folder) == "SMALL100Tokenizer"
        self.tokenizer = _load(folder, model, small100)
        tokens = language_tokens(
            self.tokenizer, source=source, target=target, model=model, small100=small100
        )
        if tokens.encoder_language is not None:
            self.tokenizer.src_lang = tokens.encoder_language
        self._prefix = tokens.prefix
        self.first_token = tokens.first_token
        self.first_id = (
            self.tokenizer.convert_tokens_to_ids(tokens.first_token)
            if tokens.first_token is not None
            else None
        )
        limit = min(_model_limit(folder), self.tokenizer.model_max_length)
        limit = limit if limit < _NO_LIMIT else _DEFAULT_LIMIT
        self.max_length = limit if max_length is None else min(limit, max_length)

    def encode(self, texts: Sequence[str]) -> tuple[list[list[int]], list[bool]]:
        """Token ids of each text, and whether the text had to be truncated."""
        inputs = [self._prefix + text for text in texts]
        if not inputs:
            return [], []
        ids = self.tokenizer(inputs, verbose=False)["input_ids"]
        truncated = [len(sequence) > self.max_length for sequence in ids]
        for position in (position for position, long in enumerate(truncated) if long):
            ids[position] = self.tokenizer(
                inputs[position], truncation=True, max_length=self.max_length
            )["input_ids"]
        return ids, truncated

    def decode(self, ids: Sequence[int]) -> str:
        """The text of an output, without special and language tokens."""
        return self.tokenizer.decode(ids, skip_special_tokens=True).strip()


def _load(folder: Path, model: str, small100: bool):
    from transformers import AutoTokenizer, M2M100Tokenizer

    # SMaLL-100 names a tokenizer class that comes as code; only its language tokens differ.
    loader = M2M100Tokenizer if small100 else AutoTokenizer
    try:
        with warnings.catch_warnings():
            # sacremoses only normalises punctuation; models that need it say so by ImportError.
            warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
            tokenizer = loader.from_pretrained(folder)
    except ImportError as error:
        raise InputError(
            f"{model}: its tokenizer needs another package ({str(error).strip().splitlines()[0]}); "
            "pip install sentencepiece sacremoses"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{model}: cannot load its tokenizer ({str(error).strip().splitlines()[0]}); check "
            "that the tokenizer files are in the folder"
        ) from None
    if isinstance(tokenizer, M2M100Tokenizer):
        # It knows the ids of its language tokens, but not that they are special tokens, so that
        # it would write them into the text.
        tokenizer.add_tokens(list(tokenizer.lang_token_to_id), special_tokens=True)
    return tokenizer


def _declared_class(folder: Path) -> str | None:
    path = folder / "tokenizer_config.json"
    if not path.is_file():
        return None
    return json.loads(path.read_text(encoding="utf-8")).get("tokenizer_class")


def _model_limit(folder: Path) -> int:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return config.get("max_position_embeddings") or _NO_LIMIT
