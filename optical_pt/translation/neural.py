"""Neural machine translation of queries and documents."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.translation import ctranslate2_engine, transformers_engine
from optical_pt.translation.cache import TranslationCache
from optical_pt.translation.columns import DocumentTranslation, QueryTranslation
from optical_pt.translation.model_files import find_model
from optical_pt.translation.tokens import TranslationTokenizer

_DTYPES = {"transformers": transformers_engine.DTYPES, "ctranslate2": ctranslate2_engine.DTYPES}


class NeuralTranslator:
    """A seq2seq translation model and one direction, with a factory of transformers.

    ``queries()`` translates queries, ``documents()`` documents. Models: Marian (OPUS-MT), NLLB,
    M2M100, SMaLL-100, mBART-50, MADLAD-400, and models of one direction of any other transformers
    seq2seq architecture. The model is loaded when the first text is translated.

    Beam search is deterministic. Texts are batched with others of like length; a text that occurs
    several times is translated once; an empty text stays empty. An output has at most four times
    the tokens of its input (rounded up to a power of two, at least 64), so that a model that
    repeats itself ends soon. Longer inputs than the model takes are truncated, with a warning
    that names them (not again when the translation comes from the cache).

    Args:
        model: a local folder or a name on the Hugging Face hub, with safetensors weights.
        source: language of the texts, an ISO 639-1 or -3 code (``ha``, ``hau``) or a code of the
            model (``hau_Latn``).
        target: language to translate into.
        batch_size: texts at a time.
        num_beams: of the beam search; 1 is greedy search.
        max_length: most tokens of an input and of an output; None: as many as the model takes.
        device: torch device, such as ``cpu`` or ``cuda:0``; None: the GPU if there is one.
        revision: branch, tag or commit of a hub model.
        engine: ``transformers`` or ``ctranslate2`` (faster; the ``ctranslate2`` extra).
        dtype: number format of the weights, whatever they were stored in: ``float32``,
            ``bfloat16``, ``float16`` (GPU only), and with CTranslate2 also ``int8``.
        cache: keeps translations on disk: a :class:`TranslationCache` or a path; None: no cache.

    Raises:
        InputError: at once on options that do not exist; on the first text if the model cannot be
            loaded, is no seq2seq model or does not know a language.

    >>> NeuralTranslator("facebook/nllb-200-distilled-600M", source="ha").queries()
    NeuralTranslator('facebook/nllb-200-distilled-600M', source='ha', target='en').queries()
    """

    def __init__(
        self,
        model: str | Path,
        *,
        source: str,
        target: str = "en",
        batch_size: int = 16,
        num_beams: int = 4,
        max_length: int | None = None,
        device: str | None = None,
        revision: str | None = None,
        engine: str = "transformers",
        dtype: str = "float32",
        cache: TranslationCache | str | Path | None = None,
    ):
        if engine not in _DTYPES:
            raise InputError(f"engine {engine!r} does not exist; use one of {', '.join(_DTYPES)}")
        if dtype not in _DTYPES[engine]:
            raise InputError(
                f"dtype {dtype!r} does not exist for engine {engine!r}; use one of "
                f"{', '.join(_DTYPES[engine])}"
            )
        for name, value in (("batch_size", batch_size), ("num_beams", num_beams)):
            if value < 1:
                raise InputError(f"{name} is {value}; give at least 1")
        if max_length is not None and max_length < 8:
            raise InputError(f"max_length is {max_length}; give at least 8 tokens")
        self.model = str(model)
        self.source = source
        self.target = target
        self.batch_size = batch_size
        self.num_beams = num_beams
        self.max_length = max_length
        self.device = device
        self.revision = revision
        self.engine = engine
        self.dtype = dtype
        self.cache = TranslationCache(cache) if isinstance(cache, str | Path) else cache

    def queries(self) -> QueryTranslation:
        """A transformer that translates ``query`` and keeps the original in ``query_0``."""
        return QueryTranslation(self)

    def documents(self, fields: Sequence[str] = ("text",)) -> DocumentTranslation:
        """A transformer that translates ``fields`` and keeps the originals in ``text_0`` etc."""
        return DocumentTranslation(self, fields)

    def translate(self, texts: Sequence[str], names: Sequence[str] | None = None) -> list[str]:
        """Translate texts, in their order.

        Args:
            texts: in the source language.
            names: what to call each text in a warning, such as ``docno d7``; None: its position.
        """
        names = names or [f"text {position}" for position in range(len(texts))]
        wanted = {text: name for text, name in zip(texts, names, strict=True) if text.strip()}
        done: dict[str, str] = {}
        if wanted and self.cache is not None:
            done = self.cache.get(self._how, wanted)
        missing = [text for text in wanted if text not in done]
        if missing:
            for translations in self._batches(missing, wanted):
                done |= translations
                if self.cache is not None:
                    self.cache.put(self._how, translations)
        return [done.get(text, "") for text in texts]

    def _batches(self, texts: list[str], names: dict[str, str]) -> Iterator[dict[str, str]]:
        """Translate distinct texts batch by batch, each batch with one limit of output tokens."""
        inputs, truncated = self._tokenizer.encode(texts)
        self._warn([names[text] for text, long in zip(texts, truncated, strict=True) if long])
        order = sorted(range(len(texts)), key=lambda position: len(inputs[position]), reverse=True)
        for limit, group in groupby(order, key=lambda position: self._limit(len(inputs[position]))):
            positions = list(group)
            for start in range(0, len(positions), self.batch_size):
                batch = positions[start : start + self.batch_size]
                outputs = self._engine.generate([inputs[position] for position in batch], limit)
                decoded = map(self._tokenizer.decode, outputs)
                yield dict(zip([texts[position] for position in batch], decoded, strict=True))

    def _limit(self, n_tokens: int) -> int:
        rounded_up = 1 << (max(n_tokens, 16) - 1).bit_length()
        # One token less than the model takes: the decoder's start token counts.
        return min(4 * rounded_up, self._tokenizer.max_length - 1)

    def _warn(self, names: list[str]) -> None:
        if names:
            others = f" and {len(names) - 5} others" if len(names) > 5 else ""
            warnings.warn(
                f"truncated to {self._tokenizer.max_length} tokens before translation: "
                f"{', '.join(names[:5])}{others}",
                stacklevel=5,
            )

    @cached_property
    def _found(self) -> tuple[Path, str]:
        return find_model(self.model, self.revision)

    @cached_property
    def _how(self) -> str:
        """All that decides a translation besides its text: the cache's key."""
        settings = ("source", "target", "num_beams", "max_length", "engine", "dtype")
        key = {"model": self._found[1]} | {name: getattr(self, name) for name in settings}
        if self.engine == "ctranslate2":
            key["engine_revision"] = ctranslate2_engine.REVISION
        return json.dumps(key)

    @cached_property
    def _tokenizer(self) -> TranslationTokenizer:
        return TranslationTokenizer(
            self._found[0], self.model, self.source, self.target, self.max_length
        )

    @cached_property
    def _engine(
        self,
    ) -> transformers_engine.TransformersEngine | ctranslate2_engine.CTranslate2Engine:
        folder, identity = self._found
        search = {"num_beams": self.num_beams, "dtype": self.dtype, "device": self.device}
        if self.engine == "ctranslate2":
            return ctranslate2_engine.CTranslate2Engine(
                folder, self.model, identity, self._tokenizer, **search
            )
        return transformers_engine.TransformersEngine(folder, self.model, self._tokenizer, **search)

    def _options(self) -> tuple[object, ...]:
        return (
            self.model,
            self.source,
            self.target,
            self.batch_size,
            self.num_beams,
            self.max_length,
            self.device,
            self.revision,
            self.engine,
            self.dtype,
            self.cache,
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NeuralTranslator) and self._options() == other._options()

    def __hash__(self) -> int:
        return hash(self._options())

    def __repr__(self) -> str:
        return f"NeuralTranslator({self.model!r}, source={self.source!r}, target={self.target!r})"
