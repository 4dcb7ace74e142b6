"""Whether a text is in the script that its language is written in."""

from __future__ import annotations

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LETTERS = {
    "Latn": "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1e00-\u1eff",
    "Cyrl": "\u0400-\u052f",
    "Grek": "\u0370-\u03ff\u1f00-\u1fff",
    "Armn": "\u0530-\u058f",
    "Hebr": "\u0590-\u05ff",
    "Arab": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufeff",
    "Deva": "\u0900-\u097f",
    "Beng": "\u0980-\u09ff",
    "Guru": "\u0a00-\u0a7f",
    "Gujr": "\u0a80-\u0aff",
    "Orya": "\u0b00-\u0b7f",
    "Taml": "\u0b80-\u0bff",
    "Telu": "\u0c00-\u0c7f",
    "Knda": "\u0c80-\u0cff",
    "Mlym": "\u0d00-\u0d7f",
    "Sinh": "\u0d80-\u0dff",
    "Thai": "\u0e00-\u0e7f",
    "Laoo": "\u0e80-\u0eff",
    "Tibt": "\u0f00-\u0fff",
    "Mymr": "\u1000-\u109f",
    "Geor": "\u10a0-\u10ff\u1c90-\u1cbf",
    "Hang": "\u1100-\u11ff\u3130-\u318f\uac00-\ud7af",
    "Ethi": "\u1200-\u139f",
    "Khmr": "\u1780-\u17ff",
    "Hans": _HAN,
    "Hant": _HAN,
    "Jpan": _HAN + "\u3040-\u30ff",
}
_PATTERNS = {code: re.compile(f"[{letters}]") for code, letters in _LETTERS.items()}
_ANY_LETTER = re.compile(r"[^\W\d_]")

#: ISO 15924 codes of the scripts that can be told.
SCRIPTS = frozenset(_LETTERS)


def has_letters_of(text: str, script: str) -> bool:
    """Whether a letter of the text is of the script, which is one of :data:`SCRIPTS`.

    >>> has_letters_of("Москва 2020", "Cyrl"), has_letters_of("Москва", "Latn")
    (True, False)
    """
    return _PATTERNS[script].search(text) is not None


def lacks(text: str, script: str) -> bool:
    """Whether the text has letters and none is of the script; names may be in another.

    >>> lacks("Москва", "Latn"), lacks("NATO и Москва", "Latn"), lacks("1984.", "Latn")
    (True, False, False)
    """
    return not has_letters_of(text, script) and _ANY_LETTER.search(text) is not None
