"""Documents to token embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import pandas as pd
import pyterrier as pt

if TYPE_CHECKING:
    from optical_pt.models.late_interaction import LateInteraction


class DocEncoder(pt.Transformer):
    """Add token embeddings to documents.

    Adds ``doc_embs``, a ``(tokens, dim)`` float16 array, and ``embs_model``, the fingerprint of
    this encoder, which an index keeps.

    Args:
        model: the late-interaction model.
        fields: columns whose texts are joined by a space and encoded; a missing text is empty.
    """

    schematic: ClassVar = {"label": "Doc Encoder"}
    batch_size = 1024

    def __init__(self, model: LateInteraction, *, fields: Sequence[str] = ("text",)):
        self.model = model
        self.fields = tuple(fields)

    def transform(self, documents: pd.DataFrame) -> pd.DataFrame:
        """Encode every document."""
        pt.validate.columns(documents, includes=list(self.fields))
        texts = [
            " ".join(text for text in row if not pd.isna(text) and text)
            for row in documents[list(self.fields)].itertuples(index=False)
        ]
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
