"""Sentence pairs from TSV files."""

from __future__ import annotations

import gzip
import hashlib
import unicodedata
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.training.bitext_checks import check_pairs
from optical_pt.training.bitext_report import BitextReport, Problem
from optical_pt.training.sampling import sample_in_order


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
    report: BitextReport | None = None,
) -> list[SentencePair]:
    """Read sentence pairs from a (gzipped) UTF-8 TSV file, NFC-normalised, in file order.

    A line is ``tag<TAB>English<TAB>foreign`` or ``English<TAB>foreign``. Without a report, the
    first line that cannot be used is an error. With one, such lines are noted there and left out;
    pairs that can be used but are doubtful (:func:`~optical_pt.training.bitext_checks.check_pairs`)
    are noted and kept.

    Args:
        path: the TSV file; a name that ends in ``.gz`` is decompressed.
        language: ISO 639 code of the foreign side.
        tags: keep only pairs with one of these source tags (licences go by source).
        limit: keep a random sample of at most this many pairs.
        seed: of that sample.
        report: takes the problems of all lines with a wanted tag, sampled or not.

    Raises:
        InputError: if the file is missing or no pair is left and, without a report, if it is not
            UTF-8 or has a line with an empty side or a number of columns that is not 2 or 3.
    """
    path = Path(path)
    numbered = [
        (line, pair)
        for line, pair in _parse(path, language, report)
        if tags is None or pair.tag in tags
    ]
    pairs = [pair for _, pair in numbered]
    if tags is None:
        _require_tags(path, pairs)
    if report is not None:
        check_pairs(numbered, language, report)
    return choose_pairs(pairs, str(path), tags=tags, limit=limit, seed=seed)


def choose_pairs(
    pairs: Sequence[SentencePair],
    where: str,
    *,
    tags: Collection[str] | None = None,
    limit: int | None = None,
    seed: int = 0,
) -> list[SentencePair]:
    """The pairs with one of some tags, at most so many, in their order.

    Args:
        pairs: of a bitext.
        where: its name, for messages.
        tags: keep only pairs with one of these.
        limit: keep a random sample of at most this many.
        seed: of that sample.

    Raises:
        InputError: if no pair is left, or the limit is less than 1.
    """
    if limit is not None and limit < 1:
        raise InputError(f"limit {limit}: keep at least one sentence pair")
    kept = [pair for pair in pairs if tags is None or pair.tag in tags]
    if not kept:
        wanted = f" with a tag in {sorted(tags)}" if tags is not None else ""
        raise InputError(f"{where}: no sentence pair{wanted}; check the file and the tags")
    return sample_in_order(kept, limit, seed)


def hash_pairs(pairs: Iterable[SentencePair]) -> str:
    """SHA-256 of the texts and languages of sentence pairs, in their order."""
    digest = hashlib.sha256()
    for pair in pairs:
        digest.update(f"{pair.language}\t{pair.english}\t{pair.foreign}\n".encode())
    return digest.hexdigest()


def _require_tags(path: Path, pairs: Sequence[SentencePair]) -> None:
    """Refuse three columns whose first is a sentence, as in "English, foreign, score".

    Then most of them differ, and they are of several words, or nothing stands in the last column
    but numbers. Names of sources recur, and numbers of sentences or verses are short.
    """
    tags = [pair.tag for pair in pairs if pair.tag]
    if 2 * len(set(tags)) <= len(pairs) or len(tags) < 2:
        return
    words = sum(len(tag.split()) for tag in tags) / len(tags)
    numbers = sum(not any(map(str.isalpha, pair.foreign)) for pair in pairs)
    if words >= 3 or 2 * numbers > len(pairs):
        raise InputError(
            f"{path}: the first of its three columns has sentences (such as {tags[0][:60]!r}) "
            "instead of tags; write 'tag<TAB>English<TAB>foreign', or leave the other column out: "
            "'English<TAB>foreign'"
        )


def _is_blank(text: str) -> bool:
    """Whether nothing in a text is seen: zero-width characters are no sentence."""
    return not any(character.isprintable() and not character.isspace() for character in text)


class _UnusableLine(InputError):
    def __init__(self, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.problem = problem


def _parse(
    path: Path, language: str, report: BitextReport | None
) -> Iterator[tuple[int, SentencePair]]:
    if not path.is_file():
        raise InputError(f"{path}: no such bitext file; give a TSV of sentence pairs")
    opener = gzip.open if path.suffix == ".gz" else open
    number = 0
    try:
        # Bytes, because a text file decodes ahead and would not know the line of a wrong byte.
        with opener(path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                where = f"{path}:{number}"
                try:
                    yield number, _parse_line(_decode(line, where), language, where)
                except _UnusableLine as unusable:
                    if report is None:
                        raise
                    report.add(unusable.problem, number)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{path}:{number + 1}: broken gzip file ({error}); fetch it anew"
        ) from None


def _decode(line: bytes, where: str) -> str:
    try:
        # A byte order mark, which some editors put at the start, is no part of a sentence.
        text = line.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise _UnusableLine(
            Problem.ENCODING, f"{where}: not UTF-8 ({error.reason}); re-encode it"
        ) from None
    if "\0" in text:
        raise _UnusableLine(
            Problem.ENCODING, f"{where}: a NUL character, as UTF-16 has; re-encode it as UTF-8"
        )
    return text


def _parse_line(line: str, language: str, where: str) -> SentencePair:
    columns = [unicodedata.normalize("NFC", column).strip() for column in line.split("\t")]
    if len(columns) not in (2, 3):
        raise _UnusableLine(
            Problem.COLUMNS,
            f"{where}: {len(columns)} columns; a pair is 'tag<TAB>English<TAB>foreign' or "
            "'English<TAB>foreign'",
        )
    tag = columns[0] if len(columns) == 3 else ""
    english, foreign = columns[-2:]
    if _is_blank(english) or _is_blank(foreign):
        raise _UnusableLine(Problem.EMPTY, f"{where}: an empty sentence; remove the line")
    return SentencePair(english, foreign, language, tag)
