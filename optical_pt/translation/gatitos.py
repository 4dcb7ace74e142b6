"""GATITOS: lexicons of English to some 170 languages, translated by people."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from optical_pt.collections.published.archives import (
    read_bytes,
    text_lines,
    zip_member,
    zip_members,
)
from optical_pt.errors import InputError
from optical_pt.translation.word_lexicon import WordLexicon

#: Languages that GATITOS has under the code of their macrolanguage.
_CODES = {"tw": "ak"}
_NAME = re.compile(r"(?:.*/)?en_([\w-]+)\.tsv")


def gatitos_languages(path: str | Path) -> tuple[str, ...]:
    """The codes of the lexicons in a folder or zip file, sorted.

    Raises:
        InputError: if it is neither.
    """
    return tuple(sorted(_members(Path(path))))


def read_gatitos(path: str | Path, language: str) -> WordLexicon | None:
    """Read a lexicon from English into a language (:meth:`WordLexicon.reversed` turns it).

    The lexicons (Jones et al., "GATITOS: Using a New Multilingual Lexicon for Low-resource Machine
    Translation", EMNLP 2023) have some 4,000 frequent English words and phrases each, and are
    published at https://github.com/google-research/url-nlp, in the folder ``gatitos`` (CC BY 4.0).

    Args:
        path: That folder, or a zip file of it: ``en_XX.tsv`` of English, tab, translation.
        language: ISO 639 code; Twi is read from Akan, ``ak``.

    Returns:
        The lexicon, or None if there is none of the language.

    Raises:
        InputError: if there is no such folder or file, or a line is not two texts.
    """
    path = Path(path)
    member = _members(path).get(_CODES.get(language, language))
    if member is None:
        return None
    where = f"{path}: {member}" if path.is_file() else str(path / member)
    contents = zip_member(path, member) if path.is_file() else read_bytes(path / member)
    entries: dict[str, list[str]] = {}
    for number, line in enumerate(text_lines(contents, where), start=1):
        columns = [unicodedata.normalize("NFC", column).strip() for column in line.split("\t")]
        if len(columns) != 2 or not all(columns):
            raise InputError(
                f"{where}:{number}: {line[:80]!r} is not 'English<TAB>translation'; fix the line"
            )
        entries.setdefault(columns[0], []).append(columns[1])
    if not entries:
        raise InputError(f"{where}: no entry; get the published file anew")
    return WordLexicon("en", language, entries)


def _members(path: Path) -> dict[str, str]:
    """File names by language code."""
    if path.is_dir():
        names = [file.name for file in path.iterdir()]
    elif path.is_file():
        names = list(zip_members(path))
    else:
        raise InputError(f"{path}: no such lexicons; give a folder or zip file with en_XX.tsv")
    found = {match[1]: name for name in sorted(names) if (match := _NAME.fullmatch(name))}
    if not found:
        raise InputError(f"{path}: no file en_XX.tsv in it; give the folder gatitos or a zip of it")
    return found
