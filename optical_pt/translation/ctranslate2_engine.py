"""Beam search with CTranslate2, several times faster than transformers on CPUs."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.translation.tokens import TranslationTokenizer

DTYPES = ("float32", "int8", "bfloat16", "float16")


class CTranslate2Engine:
    """A converted seq2seq model that turns token ids into token ids.

    The model is converted at its first use into ``~/.pyterrier/optical/ctranslate2`` (PyTerrier's
    home, ``PYTERRIER_HOME``), in a folder named by its identity and dtype.

    Args:
        folder: of the transformers model.
        model: its name in error messages.
        identity: what identifies the model's content.
        tokenizer: set to the translation direction.
        num_beams: of the beam search; 1 is greedy search.
        dtype: the weights are converted to this; ``int8`` is the fastest on CPUs.
        device: ``cpu``, ``cuda`` or ``cuda:1``; None: the GPU if there is one.

    Raises:
        InputError: if ctranslate2 is missing or cannot convert the model.
    """

    def __init__(
        self,
        folder: Path,
        model: str,
        identity: str,
        tokenizer: TranslationTokenizer,
        *,
        num_beams: int,
        dtype: str,
        device: str | None,
    ):
        try:
            import ctranslate2
        except ImportError:
            raise InputError(
                "engine 'ctranslate2' needs the package: pip install 'optical-pt[ctranslate2]'"
            ) from None
        self._tokenizer = tokenizer
        self._num_beams = num_beams
        kind, _, index = (device or "auto").partition(":")
        self._translator = ctranslate2.Translator(
            str(_converted(folder, model, identity, dtype, tokenizer)),
            device=kind,
            device_index=int(index or 0),
            compute_type=dtype,
        )

    def generate(self, inputs: Sequence[Sequence[int]], max_new_tokens: int) -> list[list[int]]:
        """The best output for each input, each with at most ``max_new_tokens`` ids."""
        tokenizer = self._tokenizer.tokenizer
        first = self._tokenizer.first_token
        results = self._translator.translate_batch(
            [tokenizer.convert_ids_to_tokens(ids) for ids in inputs],
            target_prefix=None if first is None else [[first]] * len(inputs),
            beam_size=self._num_beams,
            max_decoding_length=max_new_tokens,
            max_input_length=0,
        )
        return [tokenizer.convert_tokens_to_ids(result.hypotheses[0]) for result in results]


def _converted(
    folder: Path, model: str, identity: str, dtype: str, tokenizer: TranslationTokenizer
) -> Path:
    """The folder of the converted model, which appears there only when it is complete."""
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
