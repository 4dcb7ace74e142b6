"""What is left of a word's spelling when letters that are used for each other are made one."""

from __future__ import annotations

import unicodedata
from itertools import groupby

_ALIKE = (
    ("ph", "f"), ("ck", "k"), ("c", "k"), ("q", "k"), ("x", "ks"), ("z", "s"), ("j", "g"),
    ("w", "u"), ("y", "i"), ("ɓ", "b"), ("ɗ", "d"), ("ƙ", "k"), ("ƴ", "i"), ("ŋ", "n"), ("ɔ", "o"),
    ("ɛ", "e"), ("ə", "e"), ("ı", "i"), ("ß", "s"),
)  # fmt: skip
_VOWELS = str.maketrans("", "", "aeiou")


def only_letters(word: str) -> bool:
    """Whether a word is of letters and their marks alone, such as the vowel signs of Hindi.

    >>> only_letters("पानी"), only_letters("covid19"), only_letters("")
    (True, False, False)
    """
    kinds = {unicodedata.category(character)[0] for character in word}
    return "L" in kinds and kinds <= {"L", "M"}


def sound_key(word: str) -> str:
    """A lower-cased word with like-sounding Latin letters made one, and doubled ones single.

    Accents go, too. Words of other scripts lose only combining diacritics and doubled letters.

    >>> sound_key("nijeriya"), sound_key("nigeria"), sound_key("mịnịsịta")
    ('nigeria', 'nigeria', 'minisita')
    """
    letters = unicodedata.normalize("NFD", word)
    key = "".join(letter for letter in letters if not "\u0300" <= letter <= "\u036f")
    for found, kept in _ALIKE:
        key = key.replace(found, kept)
    return "".join(letter for letter, _ in groupby(key))


def consonants(key: str) -> str:
    """A key without its vowels, which languages change most when they borrow a word.

    >>> consonants(sound_key("nijeriya")), consonants(sound_key("nigeria"))
    ('ngr', 'ngr')
    """
    return key.translate(_VOWELS)
