"""The three file formats of a collection: documents, queries and qrels, one record a line.

All are UTF-8 text, plain or gzipped (by a name that ends in ``.gz``); a byte order mark, CRLF line
ends and empty lines are accepted. Each reader yields records as it reads, and raises
:class:`~optical_pt.errors.InputError` at the first line that is wrong, with its number.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from optical_pt.errors import InputError


class Judgment(NamedTuple):
    """One line of TREC qrels, without the unused iteration column."""

    qid: str
    docno: str
    label: int


def whole_text(document: Mapping[str, str]) -> str:
    """A document as systems read it: its title, if any, and its text.

    >>> whole_text({"docno": "1", "title": "Lions", "text": "They live."})
    'Lions They live.'
    """
    return f"{document['title']} {document['text']}".strip()


def numbered_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Yield ``("path:number", line)`` for the lines that are not empty, without their line ends.

    Raises:
        InputError: if the file is missing, unreadable, not UTF-8, or a broken or truncated gzip.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; check the name")
    number = 0
    try:
        # Bytes are split at \n only: str.splitlines would also split at U+2028 within a text.
        with gzip.open(path, "rb") if path.suffix == ".gz" else open(path, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                text = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
                if text:
                    yield f"{path}:{number}", text
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}:{number}: not UTF-8 ({error.reason}); convert the file to UTF-8"
        ) from None
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}:{number + 1}: cannot read on ({error}); get it anew") from None


def read_documents(path: Path) -> Iterator[dict[str, str]]:
    """Stream documents, ``dict(docno, title, text)``, from a TSV file.

    The columns are ``docno, text``, ``docno, title, text`` or ``docno, origin, title, text``: as
    many on each line as on the first. The origin is not used. Only the docnos seen so far are
    kept in memory, to find a repeated one.

    Raises:
        InputError: for a line with another number of columns, an empty or repeated docno, or a
            header.
    """
    columns = 0
    seen: set[str] = set()
    for where, line in numbered_lines(path):
        fields = line.split("\t")
        if len(fields) not in (2, 3, 4) or len(fields) != (columns or len(fields)):
            expected = f"the {columns} of the first line" if columns else "2, 3 or 4"
            raise InputError(
                f"{where}: {len(fields)} columns instead of {expected}; write "
                "docno<TAB>[[origin<TAB>]title<TAB>]text with no tab or line break in a field"
            )
        columns = len(fields)
        _refuse_header(fields[0], ("docno", "doc_id", "docid"), where, seen)
        docno = _identifier(fields[0], "docno", where, seen)
        yield {"docno": docno, "title": fields[-2] if columns > 2 else "", "text": fields[-1]}


def read_queries(path: Path) -> Iterator[tuple[str, str]]:
    """Yield ``(qid, query)`` from a TSV file of two columns.

    Raises:
        InputError: for a line without two columns, an empty query, an empty or repeated qid, or a
            header.
    """
    seen: set[str] = set()
    for where, line in numbered_lines(path):
        fields = line.split("\t")
        if len(fields) != 2:
            raise InputError(
                f"{where}: {len(fields)} columns instead of 2; write qid<TAB>query with no tab or "
                "line break in the query"
            )
        _refuse_header(fields[0], ("qid", "query_id", "queryid"), where, seen)
        qid = _identifier(fields[0], "qid", where, seen)
        if not fields[1].strip():
            raise InputError(f"{where}: query {qid!r} is empty; write its text or delete the line")
        yield qid, fields[1]


def read_judgments(path: Path) -> Iterator[Judgment]:
    """Yield judgments from TREC qrels: ``qid iteration docno label``, split at white space.

    Labels are whole numbers; a negative one (TREC's mark for junk) counts as not relevant.

    Raises:
        InputError: for a line without four columns, a label that is not a whole number, or a
            pair of qid and docno that was judged on an earlier line.
    """
    seen: set[tuple[str, str]] = set()
    for where, line in numbered_lines(path):
        fields = line.split()
        if len(fields) != 4:
            raise InputError(
                f"{where}: {len(fields)} columns instead of 4; write 'qid 0 docno label'"
            )
        qid, _, docno, label = fields
        try:
            judgment = Judgment(qid, docno, int(label))
        except ValueError:
            raise InputError(
                f"{where}: label {label!r} of query {qid!r} is not a whole number; write 0, 1, ..."
            ) from None
        if (qid, docno) in seen:
            raise InputError(
                f"{where}: query {qid!r} and docno {docno!r} were judged on an earlier line; "
                "keep one of the two lines"
            )
        seen.add((qid, docno))
        yield judgment


def _refuse_header(value: str, names: tuple[str, ...], where: str, seen: set[str]) -> None:
    if not seen and value.strip().lower() in names:
        raise InputError(
            f"{where}: a header, which would be read as a record; delete the line, the columns are "
            "known by their order"
        )


def _identifier(value: str, kind: str, where: str, seen: set[str]) -> str:
    if not value:
        raise InputError(f"{where}: empty {kind}; give each line one")
    if len(value.split()) != 1 or value != value.strip():
        raise InputError(
            f"{where}: white space in {kind} {value!r}; remove it, TREC files are split at it"
        )
    if value in seen:
        raise InputError(f"{where}: {kind} {value!r} occurs a second time; make each unique")
    seen.add(value)
    return value
