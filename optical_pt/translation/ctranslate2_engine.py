"""Beam search with CTranslate2, several times faster than transformers on CPUs."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.translation.ctranslate2_conversion import converted_model
from optical_pt.translation.tokens import TranslationTokenizer

_WORKER = "optical_pt.translation.ctranslate2_worker"
DTYPES = ("float32", "int8", "bfloat16", "float16")
#: Raised with every change of how translations come about, so that no cache has the old ones.
REVISION = 3
# CTranslate2 stops when as many hypotheses have ended as there are beams, transformers when no
# other one can be better: with twice as many (Kasai et al., arXiv 2204.05424) they mostly agree.
_PATIENCE = 2


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
        converted = converted_model(folder, model, identity, dtype, tokenizer)
        self._no_repeat = _no_repeat_ngram_size(folder)
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
                "patience": _PATIENCE,
                "no_repeat_ngram_size": self._no_repeat,
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


def _no_repeat_ngram_size(folder: Path) -> int:
    """What the model's generation settings say, as transformers follows them; 0 for nothing."""
    path = folder / "generation_config.json"
    settings = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return settings.get("no_repeat_ngram_size") or 0
