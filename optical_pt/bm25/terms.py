"""Index terms: what both engines store and look up for the words of a text.

All analysis happens here and the engines index the result as it stands, without stemming or
stopwords of their own. So both see the same terms, and no query language can misread a query.
"""

from __future__ import annotations

import hashlib
import math
from base64 import b32encode
from collections.abc import Iterable, Mapping

from optical_pt.bm25.stopwords import ENGLISH_STOPWORDS
from optical_pt.bm25.tokenise import words

# Terrier cuts terms at 20 characters. Shorter plain words stay readable; all others become codes
# of exactly 20 characters, so that a code can never be mistaken for a word.
_CODE_LENGTH = 20


def index_terms(text: str, language: str = "en") -> list[str]:
    """Terms of ``text`` (a document or a query), made of a-z and 0-9 only, at most 20 characters.

    English loses its stopwords and is stemmed (Porter2, by PISA); other languages keep every word
    unstemmed. A word that is not plain ASCII, or is longer than 19 characters, is stored as a hash
    of 95 bits: equal words keep equal terms. The order of terms means nothing.

    >>> index_terms("The running cats")
    ['run', 'cat']
    >>> index_terms("nyumba kubwa", "sw")
    ['nyumba', 'kubwa']
    >>> [len(term) for term in index_terms("हिन्दी में", "hi")]
    [20, 20]
    """
    found = words(text, language)
    if language == "en":
        kept = [word for word in found if word not in ENGLISH_STOPWORDS]
        plain = [word for word in kept if word.isascii()]
        found = _porter2(plain) + [word for word in kept if not word.isascii()]
    return [_engine_safe(word) for word in found]


def weighted_terms(weights: Mapping[str, float], language: str = "en") -> dict[str, float]:
    """Terms of a weighted bag of plain words, e.g. ``{"houses": 0.7, "homes": 0.3}``.

    Each key is analysed like text; every term of it gets the key's whole weight, and weights of
    words that share a term are added. Zero weights are left out.

    Raises:
        ValueError: if a weight is negative, infinite or not a number.

    >>> weighted_terms({"house": 0.5, "houses": 0.25, "red": 0})
    {'hous': 0.75}
    """
    total: dict[str, float] = {}
    for word, weight in weights.items():
        if not math.isfinite(weight) or weight < 0:
            raise ValueError(f"word {word!r} has weight {weight}")
        if weight > 0:
            for term in index_terms(word, language):
                total[term] = total.get(term, 0.0) + float(weight)
    return total


def _porter2(plain_words: Iterable[str]) -> list[str]:
    import pyterrier_pisa

    text = " ".join(plain_words)
    return pyterrier_pisa.tokenize(text, "porter2") if text else []


def _engine_safe(word: str) -> str:
    if word.isascii() and len(word) < _CODE_LENGTH:
        return word
    digest = hashlib.blake2b(word.encode("utf-8"), digest_size=15).digest()
    return "x" + b32encode(digest).decode("ascii").lower()[: _CODE_LENGTH - 1]
