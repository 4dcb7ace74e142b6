"""The words of documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from optical_pt.errors import InputError
from optical_pt.text.diacritics import without_diacritics
from optical_pt.translation.words import words


def document_words(texts: Iterable[str], language: str = "en") -> Counter[str]:
    """In how many texts each word occurs; words are lower-cased and without diacritics.

    Args:
        texts: Of the documents, each once.
        language: ISO 639 code of them.

    Raises:
        InputError: if a text is none, or one text is given instead of many.

    >>> sorted(document_words(["Kano is a city.", "Lagos, a city: Lagos!"]).items())
    [('a', 2), ('city', 2), ('is', 1), ('kano', 1), ('lagos', 1)]
    """
    if isinstance(texts, str):
        raise InputError(f"documents: {texts[:40]!r} is one text; give a list of them")
    counts: Counter[str] = Counter()
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"document {position} is {text!r}, which is no text; leave it out")
        counts.update({without_diacritics(word) for word in words(text, language)})
    return counts
