"""Read and check the documents of a BM25 index, and write their terms to a file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from optical_pt.bm25.terms import index_terms
from optical_pt.errors import InputError


def documents_sha256(documents: Iterable[Mapping[str, Any]], fields: Iterable[str]) -> str:
    """Fingerprint of the docnos and the named fields of a collection, in their order.

    The same as the one in an index's metadata: compare them to see whether an index is up to date.

    Raises:
        InputError: as :func:`write_terms` does.
    """
    sha256 = hashlib.sha256()
    for docno, texts in _checked(documents, tuple(fields)):
        _update(sha256, docno, texts)
    return sha256.hexdigest()


def write_terms(
    documents: Iterable[Mapping[str, Any]], fields: tuple[str, ...], language: str, path: Path
) -> tuple[int, str]:
    """Write a line ``docno term term ...`` a document; return their number and fingerprint.

    Raises:
        InputError: if a document lacks docno or a field, has a docno that is not a word or that
            another document has, or if there are no documents, or no words in any of them.
    """
    sha256, count, terms_seen = hashlib.sha256(), 0, 0
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for docno, texts in _checked(documents, fields):
            terms = index_terms("\n".join(texts), language)
            out.write(" ".join([docno, *terms]) + "\n")
            _update(sha256, docno, texts)
            count += 1
            terms_seen += len(terms)
    if count == 0:
        raise InputError("the collection has no documents: give at least one dict with a docno")
    if terms_seen == 0:
        raise InputError(f"no words in field {' or '.join(fields)} of any of {count} documents")
    return count, sha256.hexdigest()


def _update(sha256: Any, docno: str, texts: list[str]) -> None:
    sha256.update(json.dumps([docno, *texts]).encode("ascii") + b"\n")


def _checked(
    documents: Iterable[Mapping[str, Any]], fields: tuple[str, ...]
) -> Iterator[tuple[str, list[str]]]:
    seen: set[str] = set()
    for number, document in enumerate(documents, start=1):
        docno = document.get("docno")
        if not isinstance(docno, str):
            has = "no docno" if docno is None else f"the docno {docno!r}, which is no string"
            raise InputError(f"document {number} has {has}: every dict needs a docno string")
        if not docno or docno.split() != [docno]:
            raise InputError(f"document {number} has docno {docno!r}: use one without white space")
        if docno in seen:
            raise InputError(f"docno {docno!r} occurs again as document {number}: make it unique")
        seen.add(docno)
        for field in fields:
            if not isinstance(document.get(field), str):
                raise InputError(
                    f"document {docno!r} has no text in field {field!r}: add it "
                    "or name the fields to index, e.g. fields=('text',)"
                )
        yield docno, [document[field] for field in fields]
