"""Documents to token embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.models.document_text import document_texts

if TYPE_CHECKING:
    from optical_pt.models.late_interaction import LateInteraction


class DocEncoder(pt.Transformer):
    """Add token embeddings to documents.

    Adds ``doc_embs``, a ``(tokens, dim)`` float16 array, and ``embs_model``, the fingerprint of
    this encoder, which an index keeps.

    Args:
        model: the late-interaction model.
        fields: columns whose texts are joined by a space and encoded; a missing text is empty.

    Raises:
        InputError: if there is no field; in use, if a text is no string.
    """

    schematic: ClassVar = {"label": "Doc Encoder"}
    batch_size = 1024

    def __init__(self, model: LateInteraction, *, fields: str | Sequence[str] = ("text",)):
        self.model = model
        self.fields = (fields,) if isinstance(fields, str) else tuple(fields)
        if not self.fields:
            raise InputError("fields=(): name the columns with the text, such as ('text',)")

    def transform(self, documents: pd.DataFrame) -> pd.DataFrame:
        """Encode every document."""
        pt.validate.columns(documents, includes=list(self.fields))
        parts = [document_texts(documents, field) for field in self.fields]
        texts = [" ".join(filter(None, row)) for row in zip(*parts, strict=True)]
        embeddings = self.model.encode_documents(texts) if texts else []
        return documents.assign(
            doc_embs=pd.Series(embeddings, index=documents.index, dtype=object),
            embs_model=self.model.fingerprint if texts else pd.Series(dtype=object),
        )

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DocEncoder)
            and self.model == other.model
            and self.fields == other.fields
        )

    def __hash__(self) -> int:
        return hash((DocEncoder, self.model, self.fields))

    def __repr__(self) -> str:
        return f"{self.model!r}.doc_encoder(fields={self.fields!r})"
