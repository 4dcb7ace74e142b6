"""The file format of lexical tables."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from optical_pt.errors import InputError
from optical_pt.translation.words import lower_case

TARGET = "en"
_PREFIXES = "name prefixes: "


class TableContent(NamedTuple):
    """What a file holds.

    Attributes:
        language: Of the foreign words.
        translations: English words and their probabilities, by foreign word.
        name_prefixes: Of the language.
    """

    language: str
    translations: Mapping[str, Mapping[str, float]]
    name_prefixes: Sequence[str]


def format_table(content: TableContent) -> bytes:
    """A gzipped TSV file of three columns: foreign word, English word, probability.

    The first line names the columns by the two language codes; a fourth one lists prefixes of
    names, if there are any. Equal tables give equal bytes.
    """
    header = [content.language, TARGET, "probability"]
    if content.name_prefixes:
        header.append(_PREFIXES + " ".join(content.name_prefixes))
    lines = ["\t".join(header) + "\n"]
    for word, translations in content.translations.items():
        lines += [f"{word}\t{english}\t{p:.4g}\n" for english, p in translations.items()]
    return gzip.compress("".join(lines).encode("utf-8"), mtime=0)


def read_table(path: Path) -> TableContent:
    """Read what :func:`format_table` made, or a file written by hand in the same format.

    Raises:
        InputError: if the file is missing, broken, or has a malformed line.
    """
    header, *lines = _read_text(path).removesuffix("\n").split("\n")
    language, *columns = header.split("\t")
    prefixes = columns.pop().removeprefix(_PREFIXES).split() if _PREFIXES in header else []
    if not language or columns != [TARGET, "probability"]:
        raise InputError(
            f"{path}:1: the header is {header[:80]!r}; it must be 'LANGUAGE<TAB>{TARGET}<TAB>"
            "probability'"
        )
    translations: dict[str, dict[str, float]] = {}
    for number, line in enumerate(lines, start=2):
        word, english, probability = _parse(line, f"{path}:{number}")
        word = lower_case(word, language)  # as words of queries are looked up
        entry = translations.setdefault(word, {})
        if english in entry:
            raise InputError(f"{path}:{number}: {word!r} to {english!r} twice; remove one line")
        entry[english] = probability
    return TableContent(language, translations, prefixes)


def _read_text(path: Path) -> str:
    try:
        return gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path}: no such lexical table; learn one from bitext") from None
    except (EOFError, UnicodeDecodeError, OSError, zlib.error) as error:
        raise InputError(f"{path}: not a gzipped UTF-8 file ({error}); learn it anew") from None


def _parse(line: str, where: str) -> tuple[str, str, float]:
    columns = line.split("\t")
    if len(columns) != 3 or not columns[0] or not columns[1]:
        raise InputError(
            f"{where}: {line[:80]!r} is not 'foreign<TAB>English<TAB>probability'; fix the line"
        )
    try:
        probability = float(columns[2])
    except ValueError:
        probability = 0.0
    if not 0 < probability <= 1:
        raise InputError(f"{where}: {columns[2]!r} is not a probability in (0, 1]; fix the line")
    return columns[0], columns[1], probability
