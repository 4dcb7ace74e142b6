"""What document encoders ask of a text."""

from __future__ import annotations

import pandas as pd

from optical_pt.errors import InputError


def document_texts(documents: pd.DataFrame, field: str) -> list[str]:
    """The texts of a column, a missing one (None, NaN) as the empty text.

    Raises:
        InputError: if one is something else.

    >>> document_texts(pd.DataFrame({"docno": ["d1", "d2"], "text": ["ruwa", None]}), "text")
    ['ruwa', '']
    """
    texts = []
    for row, text in enumerate(documents[field]):
        if not isinstance(text, str) and not (pd.api.types.is_scalar(text) and pd.isna(text)):
            docno = documents["docno"].iloc[row] if "docno" in documents else f"in row {row}"
            raise InputError(f"document {docno}: its {field} is {text!r}, which is no text")
        texts.append(text if isinstance(text, str) else "")
    return texts
