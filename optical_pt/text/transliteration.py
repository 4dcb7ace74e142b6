"""Texts in Latin letters, as people type them without a keyboard for their script."""

from __future__ import annotations

import re
import unicodedata

# Letters in pairs; "-" is nothing. Marks that NFD takes apart are not here: й is typed as и.
_CYRILLIC = """
а a б b в v г g ґ g д d е e є ye ж zh з z и i і i й y к k л l м m н n о o п p р r с s т t у u ф f
х kh ц ts ч ch ш sh щ shch ъ - ы y ь - э e ю yu я ya ђ dj ј j љ lj њ nj ћ c џ dz ѕ dz ў u
"""
_GREEK = """
α a β v γ g δ d ε e ζ z η i θ th ι i κ k λ l μ m ν n ξ x ο o π p ρ r σ s ς s τ t υ y φ f χ ch ψ ps
ω o
"""
_ARABIC = """
ا a ب b ت t ث th ج j ح h خ kh د d ذ dh ر r ز z س s ش sh ص s ض d ط t ظ z ع a غ gh ف f ق q ك k ل l
م m ن n ه h و w ي y ة a ى a ء - ـ - پ p چ ch ژ zh گ g ک k ی y ہ h ے e ں n ٹ t ڈ d ڑ r
\u064e a \u064f u \u0650 i \u060c , \u061b ; \u061f ?
"""
_WORDS = " ".join([_CYRILLIC, _GREEK, _ARABIC]).split()
_LETTERS = {
    letter: latin.replace("-", "") for letter, latin in zip(_WORDS[::2], _WORDS[1::2], strict=True)
}
# Their letters are named after their sounds: DEVANAGARI LETTER KHA, TAMIL VOWEL SIGN AA.
_NAMED = ("DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
          "MALAYALAM")  # fmt: skip
_SIGNS = {"ANUSVARA": "n", "CANDRABINDU": "n", "BINDI": "n", "TIPPI": "n", "VISARGA": "h",
          "DANDA": ".", "AVAGRAHA": "'"}  # fmt: skip
_DROPS_VOWEL = ("VIRAMA", "VOWEL")


def transliterate(text: str) -> str:
    """Letter by letter to Latin letters: Cyrillic, Greek, Arabic and the scripts of India.

    A rough spelling, without context: Arabic stays without its unwritten vowels, and long vowels
    and doubled letters are written once. Letters of other scripts stay as they are.

    >>> transliterate("Где живут львы?"), transliterate("शेर कहाँ रहते हैं?")
    ('Gde zhivut lvy?', 'shera kahan rahate hain?')
    """
    written: list[str] = []
    replaced = False  # whether the letter that a mark belongs to was
    for character in unicodedata.normalize("NFD", text):
        latin = _indic(character) if _is_indic(character) else _letter(character)
        if latin is not None:
            if _drops_vowel(character) and written and written[-1].endswith("a"):
                written[-1] = written[-1][:-1]
            written.append(latin)
            replaced = True
        elif not unicodedata.combining(character):
            written.append(character)
            replaced = False
        elif not replaced:
            written.append(character)
    return unicodedata.normalize("NFC", "".join(written))


def _letter(character: str) -> str | None:
    latin = _LETTERS.get(character.lower())
    # As titles are written: Ж is Zh.
    return latin if latin is None or character.lower() == character else latin.capitalize()


def _is_indic(character: str) -> bool:
    return unicodedata.name(character, "").startswith(_NAMED)


def _drops_vowel(character: str) -> bool:
    """Whether it takes the place of the a that a consonant has by itself."""
    return _is_indic(character) and any(word in _name(character) for word in _DROPS_VOWEL)


def _name(character: str) -> list[str]:
    return unicodedata.name(character).split()[1:]


def _indic(character: str) -> str | None:
    kind, sound = _name(character)[0], _name(character)[-1]
    if kind == "DIGIT":
        return str(unicodedata.digit(character))
    if sound in _SIGNS:
        return _SIGNS[sound]
    if kind not in ("LETTER", "VOWEL"):
        return ""  # nukta, virama, accents of the Vedas
    if "VOCALIC" in _name(character):
        sound += "I"  # R, as in Krishna
    return re.sub(r"(.)\1+", r"\1", sound.lower())
