"""Words of a text in any script, the same for documents and for queries.

Neither PISA's nor Terrier's own tokeniser can be used for this: both keep ASCII letters and digits
only, so Hindi or Chinese text becomes empty and Yoruba words fall apart at their diacritics.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import regex

from optical_pt.language_codes import tells_dotless_i

# Scripts written without spaces, and Hangul, whose words carry particles: character bigrams.
_UNSPACED = (
    r"[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
    # Diacritics count as kana's and as Thai's, too, by Unicode's list of scripts that use them.
    r"&&[[\p{L}\p{M}\p{N}]--[\u0300-\u036F]]]"
)
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_SCRIPT_RUN = regex.compile(
    rf"(?V1)(?P<unspaced>{_UNSPACED}+)|(?P<spaced>[\p{{Any}}--{_UNSPACED}]+)"
)
_HAN = regex.compile(r"\p{Han}")
_CLUSTER = regex.compile(r"\X")
_ACRONYM = regex.compile(r"\b(?:\p{L}\.){2,}")
_ENGLISH_CLITIC = regex.compile(r"(?<=\p{L})'(?:s|t|d|m|ll|re|ve)\b")
_LATIN_ACCENTS = regex.compile(r"(?<=\p{Latin}\p{M}*)\p{M}")
_FOREIGN_DIGIT = regex.compile(r"(?V1)[\p{Nd}--[0-9]]")
# Signs that ordinary writing leaves out or puts in at will: Arabic tatweel and vowel points, Hebrew
# points, and invisible format characters (joiners, soft hyphen).
_OPTIONAL_SIGNS = regex.compile(r"[\u0640\u064B-\u065F\u0670\u0591-\u05BD\u05BF\u05C1\u05C2\p{Cf}]")


def words(text: str, language: str = "en") -> list[str]:
    """Split ``text`` into words: NFKC, caseless, in the order of the text.

    Words are maximal runs of letters, combining marks and digits, so Indic vowel signs and African
    tone marks stay in place. Runs of Han, kana, Thai, Lao, Khmer, Burmese and Hangul become
    overlapping bigrams of user-perceived characters (a run of one character stays as it is), and
    each Han character is a word as well (bigrams with single characters: Nie et al., IRAL 2000).
    Decimal digits of all scripts become ASCII digits, so that years and counts match across
    languages. ``language`` ("en", "tr", ...) only decides what is particular to it: English loses
    the accents of Latin letters ("café" is "cafe") and clitics ("the city's" is "the city"),
    Turkish and Azerbaijani tell dotted from dotless i.

    >>> words("The U.S.A.'s naïve Cafés, 1947!")
    ['the', 'usa', 'naive', 'cafes', '1947']
    >>> words("हिन्दी में १९४७", "hi")
    ['हिन्दी', 'में', '1947']
    >>> words("中国人 iPhone", "zh")
    ['中', '国', '人', '中国', '国人', 'iphone']
    """
    if tells_dotless_i(language):
        text = unicodedata.normalize("NFC", text).replace("İ", "i").replace("I", "ı")
    text = _normalise(text)
    if language == "en":
        text = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", text))
        text = _ENGLISH_CLITIC.sub("", unicodedata.normalize("NFC", text))
    found: list[str] = []
    for word in _WORD.findall(text):
        if word.isascii():
            found.append(word)
        else:
            for run in _SCRIPT_RUN.finditer(word):
                found.extend(_bigrams(run[0]) if run["unspaced"] else [run[0]])
    return found


def _normalise(text: str) -> str:
    # Case folding can undo the normal form (and the other way round): the order of NFKC_Casefold.
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = text.replace("\u200b", " ")  # the zero-width space separates, other format signs do not
    text = _OPTIONAL_SIGNS.sub("", text).replace("’", "'")
    # Digits newer than Python's tables stay as they are.
    text = _FOREIGN_DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0], digit[0])), text)
    return _ACRONYM.sub(lambda acronym: acronym[0].replace(".", ""), text)


def _bigrams(run: str) -> list[str]:
    characters = _CLUSTER.findall(run)
    if len(characters) == 1:
        return characters
    singles = [character for character in characters if _HAN.match(character)]
    return singles + [a + b for a, b in pairwise(characters)]
