"""Diacritics that some write and others leave out.

Vietnamese is always written with its tone marks; Yoruba in books and in our bitext, but in the
questions that its speakers asked for AfriQA with the dots below its letters alone. Without them
many words look alike. A student that is to read all of these spellings learns from all of them.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

import regex

#: Languages (ISO 639-1) that everyone writes with diacritics, and whose words hang on them.
ALWAYS_WRITTEN = frozenset({"vi"})

_DIACRITIC = regex.compile("[\u0300-\u036f]")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_ABOVE = 230  # Unicode's combining class of marks above a letter


def spellings(text: str) -> list[str]:
    """A text as it is, without the diacritics above its letters, and without any.

    Those of Latin, Greek and Cyrillic letters (U+0300 to U+036F), in this order, NFC, each
    spelling once; vowel signs of other scripts are no diacritics.

    >>> spellings("ọ̀rọ̀")
    ['ọ̀rọ̀', 'ọrọ', 'oro']
    >>> spellings("ruwa"), spellings("हिन्दी")
    (['ruwa'], ['हिन्दी'])
    """
    apart = unicodedata.normalize("NFD", text)
    below = _DIACRITIC.sub(lambda m: "" if unicodedata.combining(m[0]) == _ABOVE else m[0], apart)
    written = (apart, below, _DIACRITIC.sub("", apart))
    return list(dict.fromkeys(unicodedata.normalize("NFC", spelling) for spelling in written))


def without_diacritics(text: str) -> str:
    """The last of its :func:`spellings`.

    >>> without_diacritics("ọ̀rọ̀")
    'oro'
    """
    return unicodedata.normalize("NFC", _DIACRITIC.sub("", unicodedata.normalize("NFD", text)))


def information(sentences: Iterable[str]) -> float:
    """How much a language's diacritics tell of its words, in bits a running word.

    It is the entropy of the written word given the word without diacritics: 0 where no two words
    differ by them alone. Of the first 10,000 sentences of our bitext it is .83 in Vietnamese, .61
    in Yoruba, .20 in Igbo, .16 in Romanian, and below .06 in 22 other languages.

    >>> information(["oko ọkọ", "oko ọkọ"]), information(["ruwa ọkọ"])
    (1.0, 0.0)
    """
    texts = (unicodedata.normalize("NFKC", sentence).lower() for sentence in sentences)
    counts = Counter(word for text in texts for word in _WORD.findall(text))
    written: dict[str, list[int]] = defaultdict(list)
    for word, count in counts.items():
        written[without_diacritics(word)].append(count)
    bits = sum(
        count * math.log2(sum(alike) / count) for alike in written.values() for count in alike
    )
    return bits / max(1, counts.total())
