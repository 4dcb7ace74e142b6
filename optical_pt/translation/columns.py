"""The translator's two roles as PyTerrier transformers: queries and documents."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.query_text import replace_query

if TYPE_CHECKING:
    from optical_pt.translation.neural import NeuralTranslator


class QueryTranslation(pt.Transformer):
    """Translates the column ``query``; the original goes to ``query_0`` (and that to ``query_1``).

    Args:
        translator: does the work.
    """

    def __init__(self, translator: NeuralTranslator):
        super().__init__()
        self.translator = translator

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Translate ``query`` of a frame with ``qid`` and ``query``."""
        pt.validate.columns(inp, includes=["qid", "query"])
        translated = _translate(inp, "query", "qid", self.translator)
        return replace_query(inp, translated)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QueryTranslation) and self.translator == other.translator

    def __hash__(self) -> int:
        return hash((QueryTranslation, self.translator))

    def __repr__(self) -> str:
        return f"{self.translator!r}.queries()"


class DocumentTranslation(pt.Transformer):
    """Translates text columns of documents; the original of ``text`` goes to ``text_0``.

    Works in indexing pipelines (``translator.documents() >> index``) and on results.

    Args:
        translator: does the work.
        fields: the columns to translate.
    """

    def __init__(self, translator: NeuralTranslator, fields: Sequence[str] = ("text",)):
        super().__init__()
        self.translator = translator
        self.fields = (fields,) if isinstance(fields, str) else tuple(fields)
        # Indexing pipelines hand over this many documents at a time: enough to sort by length.
        self.batch_size = 32 * translator.batch_size

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Translate the fields of a frame with ``docno`` and these fields."""
        pt.validate.columns(inp, includes=["docno", *self.fields])
        out = inp
        for field in self.fields:
            translated = _translate(inp, field, "docno", self.translator)
            out = _push(out, field).assign(**{field: translated})
        return out

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DocumentTranslation)
            and self.translator == other.translator
            and self.fields == other.fields
        )

    def __hash__(self) -> int:
        return hash((DocumentTranslation, self.translator, self.fields))

    def __repr__(self) -> str:
        return f"{self.translator!r}.documents(fields={self.fields!r})"


def _translate(
    frame: pd.DataFrame, column: str, name_column: str, translator: NeuralTranslator
) -> pd.Series:
    names = [f"{name_column} {name}" for name in frame[name_column]]
    texts = frame[column].tolist()
    for name, text in zip(names, texts, strict=True):
        if not isinstance(text, str):
            raise InputError(f"{name}: column {column!r} holds {text!r}, which is no text; fill it")
    translated = translator.translate(texts, names)
    return pd.Series(translated, index=frame.index, dtype=object)


def _push(frame: pd.DataFrame, field: str) -> pd.DataFrame:
    """Rename ``field`` to ``field_0``, an older ``field_0`` to ``field_1``, and so on."""
    names, level = [field], 0
    while names[-1] in frame.columns:
        names.append(f"{field}_{level}")
        level += 1
    return frame.rename(columns=dict(pairwise(names)))
