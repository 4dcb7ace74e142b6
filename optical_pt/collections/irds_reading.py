"""Datasets of ir_datasets, with one line of explanation for whatever goes wrong."""

from __future__ import annotations

import difflib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from optical_pt.collections.formats import Judgment
from optical_pt.errors import InputError

ADVICE = "check the network, or see https://ir-datasets.com how to get the files"


def load_dataset(dataset_id: str, parts: Sequence[str], advice: str = ADVICE) -> Any:
    """The dataset of that id, which has all of ``parts`` (docs, queries, qrels).

    Raises:
        InputError: for an unknown id, or a dataset without one of the parts.
    """
    import ir_datasets

    with reading(f"irds:{dataset_id}", advice):
        try:
            dataset = ir_datasets.load(dataset_id)
        except KeyError:
            raise unknown_dataset(dataset_id) from None
    lacks = [part for part in parts if not dataset.has(part)]
    if lacks:
        below = [name for name in ir_datasets.registry if name.startswith(f"{dataset_id}/")]
        hint = f"one of its parts, such as {below[0]}" if below else "another dataset"
        raise InputError(f"irds:{dataset_id}: has no {' and no '.join(lacks)}; name {hint}")
    return dataset


def unknown_dataset(dataset_id: str) -> InputError:
    """The error for an id that ir_datasets does not have, with near matches."""
    import ir_datasets

    close = difflib.get_close_matches(dataset_id, list(ir_datasets.registry))
    hint = f"did you mean {' or '.join(close)}?" if close else "see https://ir-datasets.com"
    return InputError(f"irds:{dataset_id}: ir_datasets has no such dataset; {hint}")


def read_docs(dataset: Any) -> Iterator[dict[str, str]]:
    """Stream a dataset's documents as ``dict(docno, title, text)``."""
    for doc in dataset.docs_iter():
        if hasattr(doc, "text"):
            title, text = getattr(doc, "title", ""), doc.text
        else:
            title, text = "", doc.default_text()
        yield {"docno": doc.doc_id, "title": title, "text": text}


def read_topics(where: str, records: Iterable[Any], field: str) -> dict[str, str]:
    """One field of query records by qid.

    Raises:
        InputError: for an empty query, or two of the same qid; ``where`` is named.
    """
    topics: dict[str, str] = {}
    for record in records:
        qid, query = record.query_id, getattr(record, field) or ""
        if not query.strip():
            raise InputError(
                f"{where}: query {qid!r} is empty (field {field}); use another split or field"
            )
        if topics.setdefault(qid, query) != query:
            raise InputError(
                f"{where}: two queries {qid!r}; use another split or a corrected version"
            )
    return topics


def read_qrels(where: str, dataset: Any) -> Iterator[Judgment]:
    """Stream a dataset's judgments; one that is there several times is given once.

    Raises:
        InputError: if two judgments of a document differ; ``where`` is named.
    """
    labels: dict[tuple[str, str], int] = {}
    for qrel in dataset.qrels_iter():
        judged, label = (qrel.query_id, qrel.doc_id), int(qrel.relevance)
        if judged not in labels:
            labels[judged] = label
            yield Judgment(*judged, label)
        elif labels[judged] != label:
            raise InputError(
                f"{where}: docno {judged[1]!r} of query {judged[0]!r} is judged {labels[judged]} "
                f"and {label}; use another split or a corrected version"
            )


@contextmanager
def reading(name: str, advice: str = ADVICE) -> Iterator[None]:
    """Turn a failed download or a broken file into one line that says so, and ``advice``."""
    try:
        yield
    except (
        OSError,
        EOFError,
        RuntimeError,
        UnicodeDecodeError,
        json.JSONDecodeError,
        zlib.error,
    ) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(
            f"{name}: ir_datasets cannot read it ({type(error).__name__}: {reason}); {advice}"
        ) from error
