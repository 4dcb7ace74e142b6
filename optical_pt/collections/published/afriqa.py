"""AfriQA: questions of native speakers of African languages on English (or French) gold passages.

Ogundepo et al. 2023, https://arxiv.org/abs/2305.06897. Each file has questions in one language with
the passage that answers each, and people's translation of the question into the passages' language.
The documents are the gold passages of all files in that language. No sums of the published files
are known to us.
"""

from __future__ import annotations

import json

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, View
from optical_pt.collections.formats import Judgment
from optical_pt.collections.published.archives import read_bytes, text_lines
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.errors import InputError

_ALL = ("train", "dev", "test")
# Language, its code in the files, the passages' language, the parts that are published.
_PUBLISHED = (
    ("bem", "bem", "en", _ALL),
    ("fon", "fon", "fr", _ALL),
    ("ha", "hau", "en", _ALL),
    ("ig", "ibo", "en", _ALL),
    ("rw", "kin", "en", _ALL),
    ("sw", "swa", "en", ("test",)),
    ("tw", "twi", "en", _ALL),
    ("yo", "yor", "en", ("train", "test")),
    ("zu", "zul", "en", _ALL),
)

FILES = {
    (language, pivot, split): PublishedFile(
        path=f"afriqa/gold_span_passages.afriqa.{code}.{pivot}.{split}.json",
        url=(
            "https://github.com/masakhane-io/afriqa/raw/main/data/gold_passages/"
            f"{code}/gold_span_passages.afriqa.{code}.{pivot}.{split}.json"
        ),
    )
    for language, code, pivot, splits in _PUBLISHED
    for split in splits
}


def build(files: Files, view: View) -> Records:
    """Questions of one language, or of all that have the split, on the passages of all files."""
    documents: dict[str, dict[str, str]] = {}
    queries: dict[str, dict[str, str]] = {}
    versions: dict[str, str] = {}
    judgments: list[Judgment] = []
    pivot = view.document_language
    for (language, target, split), file in FILES.items():
        if target != pivot:
            continue
        for qid, row in _read(files, file, f"{language}-{split}").items():
            # Passages have no ids: equal texts are one document.
            document = documents.setdefault(
                row["context"],
                {
                    "docno": f"{pivot}-{len(documents):05d}",
                    "title": row.get("title") or "",
                    "text": row["context"],
                },
            )
            if split == view.split and view.query_language in (language, MULTIPLE):
                queries.setdefault(language, {})[qid] = row["question_lang"]
                judgments.append(Judgment(qid, document["docno"], 1))
                versions[qid] = row.get("question_translated") or ""
    # Translations of some questions only would be no ceiling.
    complete = all(text.strip() for text in versions.values())
    return Records(
        documents=documents.values,
        document_key=f"afriqa passages {pivot}",
        document_files=tuple(files.used),
        n_documents=len(documents),
        queries=queries,
        judgments=judgments,
        versions={pivot: versions} if complete else {},
    )


def _read(files: Files, file: PublishedFile, prefix: str) -> dict[str, dict[str, str]]:
    """Rows by qid (``ha-dev-0``)."""
    path = files.path(file)
    rows: dict[str, dict[str, str]] = {}
    # Some of the published files lack the end of their last line.
    lines = text_lines(read_bytes(path), str(path), ended=False)
    for number, line in enumerate(lines, start=1):
        where = f"{path}:{number}"
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(
                f"{where}: not JSON ({error.msg}); the file is corrupted: get it anew"
            ) from None
        if not isinstance(row, dict) or not str(row.get("id", "")).strip():
            raise InputError(f"{where}: no object with an id; get the published file anew")
        if "context" in row and row["context"] is None:
            continue  # some were published without their passage: nothing to find
        for key in ("context", "question_lang"):
            if not isinstance(row.get(key), str) or not row[key].strip():
                raise InputError(f"{where}: no text {key!r}; get the published file anew")
        for key in ("title", "question_translated"):
            if not isinstance(row.get(key) or "", str):
                raise InputError(f"{where}: {key!r} is no text; get the published file anew")
        qid = f"{prefix}-{row['id']}"
        if qid in rows and rows[qid] != row:
            raise InputError(f"{where}: id {row['id']!r} occurs a second time; get the file anew")
        rows[qid] = row
    if not rows:
        raise InputError(f"{path}: no question; get the published file anew")
    return rows


def _query_languages(view: View) -> tuple[str, ...]:
    if view.query_language != MULTIPLE:
        return (view.query_language,)
    return tuple(
        language
        for language, pivot, split in FILES
        if pivot == view.document_language and split == view.split
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, _query_languages(view), build)


def _entry(
    pairs: tuple[tuple[str, str], ...], splits: tuple[str, ...], passages: str = "English"
) -> CollectionEntry:
    return CollectionEntry(
        collection="afriqa",
        title=f"Native African questions on {passages} gold passages, with human translations",
        pairs=pairs,
        splits=splits,
        licence="CC BY-SA 4.0",
        access="free",
        source="masakhane-io/afriqa",
        url="https://arxiv.org/abs/2305.06897",
        open=_open,
        pooled=tuple(sorted({language for language, pivot, _ in FILES if pivot == "en"})),
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(tuple((code, "en") for code in ("bem", "ha", "ig", "rw", "tw", "zu", MULTIPLE)), _ALL),
    _entry((("yo", "en"),), ("train", "test")),
    _entry((("sw", "en"),), ("test",)),
    _entry((("fon", "fr"),), _ALL, "French"),
)
