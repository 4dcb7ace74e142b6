"""Noise in queries: the same text always gets the same."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import regex

from optical_pt.text.diacritics import WHOLE_LETTERS
from optical_pt.text.transliteration import transliterate

EDITS = ("swap", "delete", "insert", "substitute")
# Scripts whose marks may be left out and the text still be read; in those of India and in Thai
# they are vowels.
_STRIPPED = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")


@dataclass(frozen=True)
class Noise:
    """A way in which queries are spoilt.

    Attributes:
        name: In tables.
        apply: From a text to its noisy version; the text itself where there is nothing to spoil.
    """

    name: str
    apply: Callable[[str], str]


def noises(rate: float = 0.1, seed: int = 0) -> tuple[Noise, ...]:
    """Spelling noise, dropped diacritics, transliteration, shuffled words.

    Args:
        rate: Of letters with a spelling error.
        seed: Of errors and of orders.
    """
    return (
        Noise("spelling noise", lambda text: misspell(text, rate, seed)),
        Noise("diacritics dropped", drop_diacritics),
        Noise("transliterated", transliterate),
        Noise("words shuffled", lambda text: shuffle_words(text, seed)),
    )


def misspell(text: str, rate: float = 0.1, seed: int = 0) -> str:
    """Spoil letters: swap with the next, delete, insert before, or substitute.

    A letter is what a reader takes for one (a grapheme cluster: a Devanagari consonant with its
    vowel sign). New ones are drawn from the letters of the same script in the text.

    Args:
        text: If nothing but white space would be left of it, it stays as it is.
        rate: Probability of an error, for each letter.
        seed: Together with the text, decides the errors.

    >>> misspell("lions live in prides", rate=0.2) == misspell("lions live in prides", rate=0.2)
    True
    >>> misspell("1984?", rate=1.0)
    '1984?'
    """
    rng = random.Random(f"{seed} {text}")
    clusters = regex.findall(r"\X", text)
    alphabets: dict[str, set[str]] = {}
    for cluster in filter(_is_letter, clusters):
        alphabets.setdefault(_script(cluster), set()).add(cluster)
    written: list[str] = []
    place = 0
    while place < len(clusters):
        letter, place = clusters[place], place + 1
        if not _is_letter(letter) or rng.random() >= rate:
            written.append(letter)
            continue
        edit = rng.choice(EDITS)
        following = clusters[place] if place < len(clusters) else ""
        alphabet = sorted(alphabets[_script(letter)])
        if edit == "swap" and _is_letter(following):
            written += [following, letter]
            place += 1
        elif edit == "insert":
            written += [rng.choice(alphabet), letter]
        elif edit != "delete":  # there may be none to swap with
            written.append(rng.choice(alphabet))
    spoilt = "".join(written)
    return spoilt if spoilt.strip() else text


def drop_diacritics(text: str) -> str:
    """Latin, Greek, Cyrillic, Arabic and Hebrew letters without their marks.

    >>> drop_diacritics("Löwen ở đâu? Где живёт? أين"), drop_diacritics("कहाँ")
    ('Lowen o dau? Где живет? اين', 'कहाँ')
    """
    written: list[str] = []
    stripped = False  # whether the letter that a mark belongs to loses it
    for character in unicodedata.normalize("NFD", text).translate(WHOLE_LETTERS):
        if unicodedata.category(character) != "Mn":
            stripped = _script(character) in _STRIPPED
        elif stripped:
            continue
        written.append(character)
    return unicodedata.normalize("NFC", "".join(written))


def shuffle_words(text: str, seed: int = 0) -> str:
    """Words, as white space parts them, in another order; a text without two of them stays.

    >>> sorted(shuffle_words("lions live in prides").split())
    ['in', 'lions', 'live', 'prides']
    >>> shuffle_words("lions")
    'lions'
    """
    words = text.split()
    if len(set(words)) < 2:
        return text
    rng = random.Random(f"{seed} {text}")
    shuffled = list(words)
    while shuffled == words:
        rng.shuffle(shuffled)
    return " ".join(shuffled)


def _is_letter(cluster: str) -> bool:
    return cluster[:1].isalpha()


def _script(cluster: str) -> str:
    """First word of the Unicode name: LATIN, DEVANAGARI, CJK, …"""
    return unicodedata.name(cluster[0], "?").split()[0]
