"""Beam search with CTranslate2, several times faster than transformers on CPUs."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.translation.tokens import TranslationTokenizer

_WORKER = "optical_pt.translation.ctranslate2_worker"
DTYPES = ("float32", "int8", "bfloat16", "float16")


class CTranslate2Engine:
    """A converted seq2seq model that turns token ids into token ids, in a process of its own.

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
        if importlib.util.find_spec("ctranslate2") is None:
            raise InputError(
                "engine 'ctranslate2' needs the package: pip install 'optical-pt[ctranslate2]'"
            )
        self._model = model
        self._tokenizer = tokenizer
        self._num_beams = num_beams
        kind, _, index = (device or "auto").partition(":")
        converted = _converted(folder, model, identity, dtype, tokenizer)
        self._worker = subprocess.Popen(
            [sys.executable, "-m", _WORKER, str(converted), kind, index or "0", dtype],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        weakref.finalize(self, _stop, self._worker)

    def generate(self, inputs: Sequence[Sequence[int]], max_new_tokens: int) -> list[list[int]]:
        """The best output for each input, each with at most ``max_new_tokens`` ids."""
        tokenizer = self._tokenizer.tokenizer
        first = self._tokenizer.first_token
        answer = self._ask(
            {
                "source": [tokenizer.convert_ids_to_tokens(ids) for ids in inputs],
                "target_prefix": None if first is None else [[first]] * len(inputs),
                "beam_size": self._num_beams,
                "max_decoding_length": max_new_tokens,
                "max_input_length": 0,
            }
        )
        return [tokenizer.convert_tokens_to_ids(tokens) for tokens in answer]

    def _ask(self, job: dict[str, object]) -> list[list[str]]:
        try:
            print(json.dumps(job), file=self._worker.stdin, flush=True)
            line = self._worker.stdout.readline()
        except BrokenPipeError:
            line = self._worker.stdout.readline()
        answer = json.loads(line or '{"error": "its process ended"}')
        if "error" in answer:
            raise InputError(
                f"{self._model}: CTranslate2 failed ({answer['error'].strip().splitlines()[0]}); "
                "check device and dtype, or use engine='transformers'"
            )
        return answer["outputs"]


def _stop(worker: subprocess.Popen) -> None:
    """Close the pipes, which ends the process, and wait for that."""
    with suppress(BrokenPipeError):
        worker.stdin.close()
    worker.stdout.close()
    worker.wait()


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
