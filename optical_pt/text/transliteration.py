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
# Letters and marks that need none: Latin ones, and what goes with them.
_LATIN = ("LATIN", "COMBINING", "MODIFIER", "SUPERSCRIPT", "SUBSCRIPT", "VULGAR", "ROMAN")
_DROPS_VOWEL = ("VIRAMA", "VOWEL")


def transliterate(text: str) -> str:
    """Letter by letter to Latin letters.

    A rough spelling, without context: Arabic and Hebrew stay without their unwritten vowels, and
    Chinese characters are read as in Mandarin, without tones. Cyrillic, Greek, Arabic and the
    scripts of India are written as people type them, with long vowels and doubled letters once;
    other letters by the tables of anyascii, which know nothing of the a that an Indian consonant
    has by itself. What no table has stays as it is.

    >>> transliterate("Где живут львы?"), transliterate("शेर कहाँ रहते हैं?")
    ('Gde zhivut lvy?', 'shera kahan rahate hain?')
    >>> transliterate("ኢትዮጵያ"), transliterate("ნიკოლა"), transliterate("北京")
    ('ityopya', 'nikola', 'beijing')
    """
    written: list[str] = []
    replaced = False  # whether the letter that a mark belongs to was
    # Composed, a Korean syllable or a Japanese letter with a voicing mark is one letter.
    for letter in unicodedata.normalize("NFC", text):
        borrowed = _by_library(letter)
        if borrowed or (borrowed == "" and replaced):
            written.append(borrowed)
            replaced = True
            continue
        for character in unicodedata.normalize("NFD", letter):
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


def _by_library(letter: str) -> str | None:
    """The Latin letters and digits of a letter that has no place in the tables above.

    None where it needs none, or anyascii has none; nothing for marks of tone and length.
    """
    if letter.isascii() or unicodedata.category(letter)[0] not in "LMN":
        return None
    base = unicodedata.normalize("NFD", letter)[0]
    own = _is_indic(base) or base.lower() in _LETTERS
    if own or unicodedata.name(letter, "").startswith(_LATIN):
        return None
    from anyascii import anyascii

    found = anyascii(letter)
    if not found and unicodedata.category(letter) not in ("Mn", "Mc", "Lm"):
        return None
    latin = "".join(filter(str.isalnum, found))
    return latin.capitalize() if letter.lower() != letter else latin.lower()


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
