"""Questions with the passages that answer them: from files, collections and ir_datasets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from optical_pt.collections import open_collection
from optical_pt.collections.formats import numbered_lines, whole_text
from optical_pt.collections.irds_reading import load_dataset, reading
from optical_pt.errors import InputError
from optical_pt.training.sampling import sample_in_order

MOST_TRIPLES = 1_000_000


@dataclass(frozen=True)
class Question:
    """A question, a passage that answers it, and perhaps one that does not."""

    question: str
    passage: str
    negative: str | None = None


def read_questions(source: str, *, limit: int | None = None, seed: int = 0) -> list[Question]:
    """Read questions and passages, NFC-normalised.

    Args:
        source: a TSV file (``.tsv`` or ``.tsv.gz``) with lines ``question<TAB>passage``;
            ``COLLECTION=SET``, the queries of a collection's set in its documents' language with
            their relevant documents, such as ``passages=tydiqa-train`` of the folder ``passages``;
            or ``irds:ID`` of a dataset with triples, such as
            ``irds:msmarco-passage/train/triples-small``.
        limit: a random sample of at most this many; of triples, the first.
        seed: of that sample.

    Raises:
        InputError: if there is no such source, it is malformed or too large, or it has no question.
    """
    if limit is not None and limit < 1:
        raise InputError(f"limit {limit}: keep at least one question")
    kind, _, rest = source.partition(":")
    collection, equals, query_set = source.rpartition("=")
    if kind == "irds" and not equals:
        questions = _read_triples(rest, limit)
    elif equals and not Path(source).is_file():
        questions = _read_collection(collection, query_set)
    else:
        questions = list(_read_file(Path(source)))
    if not questions:
        raise InputError(f"{source}: no question with a passage; check the file or the set")
    return sample_in_order(questions, limit, seed)


def require_alike(questions: Sequence[Question]) -> None:
    """Raise :class:`InputError` if some questions have a negative passage and others do not."""
    without = sum(question.negative is None for question in questions)
    if 0 < without < len(questions):
        raise InputError(
            f"{without} of the {len(questions)} questions have no negative passage; tune on "
            "triples or on pairs, not on both"
        )


def _read_file(path: Path) -> Iterator[Question]:
    for where, line in numbered_lines(path):
        columns = [_nfc(column).strip() for column in line.split("\t")]
        if len(columns) != 2 or not all(columns):
            raise InputError(f"{where}: {len(columns)} columns, or an empty one; write "
                             "question<TAB>passage")  # fmt: skip
        yield Question(*columns)


def _read_collection(name: str, query_set: str) -> list[Question]:
    collection = open_collection(name)
    judged = collection.judged_topics(collection.document_language, [query_set])
    relevant = judged.qrels[judged.qrels["label"] > 0]
    wanted = set(relevant["docno"])
    texts = {}
    for document in collection.documents(judged.qrels):
        if (docno := document["docno"]) in wanted:
            texts[docno] = whole_text(document)
            if not texts[docno]:
                raise InputError(f"{name}: document {docno!r} is empty; leave its judgments out")
    queries = dict(zip(judged.topics["qid"], judged.topics["query"], strict=True))
    return [
        Question(queries[qid], texts[docno])
        for qid, docno in zip(relevant["qid"], relevant["docno"], strict=True)
        if docno in texts
    ]


def _read_triples(dataset_id: str, limit: int | None) -> list[Question]:
    dataset = load_dataset(dataset_id, ["docs", "queries", "docpairs"])
    name = f"irds:{dataset_id}"
    with reading(name):
        queries = {query.query_id: query.default_text() for query in dataset.queries_iter()}
        store = dataset.docs_store()
        found: list[Question] = []
        for pair in islice(dataset.docpairs_iter(), limit):
            if len(found) >= MOST_TRIPLES and limit is None:
                raise InputError(f"{name}: over {MOST_TRIPLES:,} triples; say how many with limit")
            positive, negative = store.get(pair.doc_id_a), store.get(pair.doc_id_b)
            texts = (queries[pair.query_id], positive.default_text(), negative.default_text())
            if not all(text.strip() for text in texts):
                ids = f"{pair.query_id}, {pair.doc_id_a}, {pair.doc_id_b}"
                raise InputError(f"{name}: the triple {ids} has an empty text; give a file instead")
            found.append(Question(*map(_nfc, texts)))
    return found


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)
