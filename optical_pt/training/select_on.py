"""Select students on the judged queries of a collection."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.evaluation import BaseEvaluator

from optical_pt.collections import Collection, JudgedTopics, open_collection
from optical_pt.errors import InputError
from optical_pt.evaluation.measures import measure_run, parse_measures
from optical_pt.index import TokenIndex
from optical_pt.models import LateInteraction
from optical_pt.models.encoding import encode_texts

if TYPE_CHECKING:
    from ir_measures.measures import Measure

    from optical_pt.training.settings import TrainingSettings


@dataclass(frozen=True)
class SelectionQueries:
    """Queries to select on.

    Attributes:
        collection: where they come from.
        topics: judged queries by language.
        measures: one measure, by its name in tables.
        fingerprint: of the data.
    """

    collection: Collection
    topics: Mapping[str, JudgedTopics]
    measures: Mapping[str, Measure]
    fingerprint: str


def open_queries(settings: TrainingSettings, languages: Sequence[str]) -> SelectionQueries | None:
    """Read the queries that the settings select on; None if they name no collection.

    Args:
        settings: ``select_on``, ``select_queries`` and ``select_measure``.
        languages: of the student; those that the query sets lack are left out.

    Raises:
        InputError: if there is no such collection, set or measure, or no query in any of the
            languages.
    """
    if not settings.select_on:
        return None
    measures = parse_measures([settings.select_measure])
    if len(measures) > 1:
        raise InputError(
            f"select_measure {settings.select_measure}: it stands for {', '.join(measures)}; "
            "choose one of them"
        )
    collection = open_collection(settings.select_on)
    sets = settings.select_queries.split(",") if settings.select_queries else None
    known = [language for language in languages if language in collection.languages(sets)]
    if not known:
        raise InputError(
            f"select_on {settings.select_on}: no queries in {', '.join(languages)}; the query "
            f"sets have {', '.join(collection.languages(sets))}"
        )
    return SelectionQueries(
        collection,
        {language: collection.judged_topics(language, sets) for language in known},
        measures,
        collection.fingerprint(known, sets),
    )


class CollectionRetrieval(BaseEvaluator):
    """A measure, such as MAP, of a student's queries on the collection that its teacher encoded.

    Args:
        queries: to score.
        teacher: encodes the documents, once; their index is kept in the folder under a name that
            tells teachers and documents apart, and is used again.
        folder: for indexes.

    Calling it gives the measure, the mean over languages, and ``MAP_XX`` of each.

    Raises:
        InputError: if a document is malformed, or none of the judged ones is there.
    """

    def __init__(self, queries: SelectionQueries, teacher: MultiVectorEncoder, folder: Path):
        super().__init__()
        (self.primary_metric,) = queries.measures
        self.queries = queries
        self.index = _document_index(queries, teacher, folder)

    def __call__(self, model: MultiVectorEncoder, *_: Any, **__: Any) -> dict[str, float]:
        """Score a student."""
        name = self.primary_metric
        scores = {
            f"{name}_{language}": self._score(model, judged)
            for language, judged in self.queries.topics.items()
        }
        return {name: sum(scores.values()) / len(scores), **scores}

    def _score(self, student: MultiVectorEncoder, judged: JudgedTopics) -> float:
        embeddings = encode_texts(student, list(judged.topics["query"]), "query")
        queries = judged.topics.assign(
            query_embs=pd.Series(embeddings, index=judged.topics.index, dtype=object),
            embs_model=self.index.fingerprint,
        )
        results = self.index.retriever(device=str(student.device))(queries)
        results = results[["qid", "docno", "score", "rank"]]
        scores = measure_run(results, judged.topics, judged.qrels, self.queries.measures)
        return float(scores[self.primary_metric].mean())


def _document_index(
    queries: SelectionQueries, teacher: MultiVectorEncoder, folder: Path
) -> TokenIndex:
    model = LateInteraction.from_encoder(teacher, "teacher")
    data = f"{model.fingerprint} {queries.collection.documents_fingerprint()}"
    index = TokenIndex(folder / f"documents-{hashlib.sha256(data.encode()).hexdigest()[:16]}")
    qrels = pd.concat([judged.qrels for judged in queries.topics.values()])
    if index.path.exists():
        queries.collection.require_judged(qrels, index.position)
        return index
    pipeline = model.doc_encoder() >> index
    pipeline.index(queries.collection.documents(qrels))
    return index
