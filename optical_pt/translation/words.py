"""Words of a text in any language, for word translation tables."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby

import regex

from optical_pt.language_codes import tells_dotless_i
from optical_pt.text import fold_lookalikes

# Scripts written without spaces, as (first, last) code points. Such a run of characters is cut
# into overlapping n-grams: pairs for ideographs and kana, where two characters often make a word,
# and the single characters as well; fours for the Indic-derived alphabets, where one syllable
# takes two or three characters.
_UNSPACED_PAIRS = (
    (0x3040, 0x30FF),  # hiragana and katakana
    (0x3400, 0x4DBF),  # ideographs, extension A
    (0x4E00, 0x9FFF),  # ideographs
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0x20000, 0x3FFFF),  # ideographs, later extensions
)
_UNSPACED_FOURS = (
    (0x0E00, 0x0EFF),  # Thai and Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
)
_FORMAT = regex.compile(r"\p{Cf}")


def words(text: str, language: str) -> list[str]:
    """Cut a text into lower-cased, NFKC-normalised words.

    A word is a run of letters, combining marks and digits of any script, so that Hindi keeps its
    vowel signs. Letters typed for others that look like them are read as these
    (:mod:`optical_pt.text.lookalikes`). Runs in scripts without spaces become overlapping character
    n-grams: 1 and 2 for Chinese and Japanese (on Chinese queries of MLQA, one-best translation with
    BM25 had MAP .128 with both, .110 with pairs alone and .084 with characters), 4 for Thai, Lao,
    Burmese and Khmer.

    Args:
        text: in any script.
        language: ISO 639 code; Turkish and Azerbaijani lower-case I to a dotless i.

    >>> words("Ina birnin ƙasar Najeriya?", "ha")
    ['ina', 'birnin', 'ƙasar', 'najeriya']
    >>> words("IRMAK", "tr"), words("北京大", "zh")
    (['ırmak'], ['北', '京', '大', '北京', '京大'])
    """
    found: list[str] = []
    for size, run in groupby(lower_case(text, language), key=_ngram_size):
        if size is not None:
            found.extend(_ngrams("".join(run), size))
    return found


def lower_case(text: str, language: str) -> str:
    """A text as :func:`words` reads it, before it is cut.

    Invisible format characters (joiners, the soft hyphen, directions) are left out, as some type
    them and others do not; the zero-width space becomes a space.

    >>> lower_case("NAJERIYA", "ha"), lower_case("IRMAK", "tr"), lower_case("ca\\u00adfé", "fr")
    ('najeriya', 'ırmak', 'café')
    """
    text = _FORMAT.sub("", text.replace("\u200b", " "))
    text = fold_lookalikes(unicodedata.normalize("NFKC", text))
    if tells_dotless_i(language):
        text = text.replace("İ", "i").replace("I", "ı")
    # Lower-casing can decompose (İ becomes i and a combining dot), so normalise again.
    return unicodedata.normalize("NFKC", text.lower())


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end; in scripts without spaces, its characters.

    >>> [("Ina Kano, 北京?")[start:end] for start, end in word_spans("Ina Kano, 北京?")]
    ['Ina', 'Kano', '北', '京']
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for size, run in groupby(_sizes(text)):
        end = start + sum(1 for _ in run)
        if size == 0:
            spans.append((start, end))
        elif size is not None:
            spans += [(place, place + 1) for place in range(start, end)]
        start = end
    return spans


def is_latin(word: str) -> bool:
    """Whether a word begins with a Latin letter, so that English text may hold it as it is.

    >>> is_latin("ƙasa"), is_latin("पानी")
    (True, False)
    """
    return unicodedata.name(word[0], "").startswith("LATIN")


def _sizes(text: str) -> Iterator[int | None]:
    """Of each character; a joiner or soft hyphen belongs to the word before it."""
    size = None
    for character in text:
        invisible = character != "\u200b" and unicodedata.category(character) == "Cf"
        if not (size == 0 and invisible):
            size = _ngram_size(character)
        yield size


@lru_cache(maxsize=1 << 16)
def _ngram_size(character: str) -> int | None:
    """Of the n-grams that its runs are cut into; 0: whole words; None: not part of a word."""
    if unicodedata.category(character)[0] not in "LMN":
        return None
    point = ord(character)
    if any(first <= point <= last for first, last in _UNSPACED_PAIRS):
        return 2
    if any(first <= point <= last for first, last in _UNSPACED_FOURS):
        return 4
    return 0


def _ngrams(run: str, size: int) -> list[str]:
    if size == 0 or len(run) < size:
        return [run]
    ngrams = [run[start : start + size] for start in range(len(run) - size + 1)]
    return [*run, *ngrams] if size == 2 else ngrams
