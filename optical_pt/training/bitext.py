"""Sentence pairs from TSV files."""

from __future__ import annotations

import gzip
import random
import unicodedata
import zlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from optical_pt.errors import InputError


@dataclass(frozen=True)
class SentencePair:
    """An English sentence and its translation, with the tag of the source it came from."""

    english: str
    foreign: str
    language: str
    tag: str = ""


def parse_tags(words: Sequence[str] | None) -> set[str] | None:
    """Source tags given as words, as comma-separated lists, or both; None stays None.

    >>> sorted(parse_tags(["tico19,xcopa", "flores-dev"]))
    ['flores-dev', 'tico19', 'xcopa']
    """
    if words is None:
        return None
    return {tag.strip() for word in words for tag in word.split(",") if tag.strip()}


def read_bitext(
    path: str | Path,
    language: str,
    *,
    tags: Collection[str] | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> list[SentencePair]:
    """Read sentence pairs from a (gzipped) UTF-8 TSV file, NFC-normalised, in file order.

    A line is ``tag<TAB>English<TAB>foreign`` or ``English<TAB>foreign``.

    Args:
        path: the TSV file; a name that ends in ``.gz`` is decompressed.
        language: ISO 639 code of the foreign side.
        tags: keep only pairs with one of these source tags (licences go by source).
        limit: keep a random sample of at most this many pairs.
        seed: of that sample.

    Raises:
        InputError: if the file is missing, is not UTF-8, has a line with an empty side or a
            number of columns that is not 2 or 3, or no pair is left.
    """
    if limit is not None and limit < 1:
        raise InputError(f"limit {limit}: keep at least one sentence pair")
    path = Path(path)
    pairs = [pair for pair in _parse(path, language) if tags is None or pair.tag in tags]
    if not pairs:
        wanted = f" with a tag in {sorted(tags)}" if tags is not None else ""
        raise InputError(f"{path}: no sentence pair{wanted}; check the file and the tags")
    if limit is not None and limit < len(pairs):
        kept = sorted(random.Random(seed).sample(range(len(pairs)), limit))
        pairs = [pairs[position] for position in kept]
    return pairs


def _parse(path: Path, language: str) -> Iterator[SentencePair]:
    if not path.is_file():
        raise InputError(f"{path}: no such bitext file; give a TSV of sentence pairs")
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        # Bytes, because a text file decodes ahead and would not know the line of a wrong byte.
        with opener(path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                yield _parse_line(_decode(line, f"{path}:{number}"), language, f"{path}:{number}")
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path}:{number + 1}: broken gzip file ({error}); fetch it anew"
        ) from None


def _decode(line: bytes, where: str) -> str:
    try:
        # A byte order mark, which some editors put at the start, is no part of a sentence.
        return line.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 ({error.reason}); re-encode it") from None


def _parse_line(line: str, language: str, where: str) -> SentencePair:
    columns = [unicodedata.normalize("NFC", column).strip() for column in line.split("\t")]
    if len(columns) not in (2, 3):
        raise InputError(
            f"{where}: {len(columns)} columns; a pair is 'tag<TAB>English<TAB>foreign' or "
            "'English<TAB>foreign'"
        )
    tag = columns[0] if len(columns) == 3 else ""
    english, foreign = columns[-2:]
    if not english or not foreign:
        raise InputError(f"{where}: an empty sentence; remove the line")
    return SentencePair(english, foreign, language, tag)
