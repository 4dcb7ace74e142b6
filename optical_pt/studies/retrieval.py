"""Retrieval with the queries of many languages on documents that are encoded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd
import pyterrier as pt

from optical_pt.collections import Collection
from optical_pt.collections.judged import JudgedDocuments
from optical_pt.errors import InputError
from optical_pt.evaluation.measures import measure_run, parse_measures
from optical_pt.evaluation.runs import sort_run
from optical_pt.files import hash_bytes
from optical_pt.index import TokenIndex
from optical_pt.models import LateInteraction
from optical_pt.studies.trial import SCORE_COLUMNS
from optical_pt.table.resources import Resources

DEPTH = 1000
MEASURES = ("AP", "nDCG@10")


@dataclass(frozen=True, eq=False)
class RetrievalTask:
    """Judged queries by language, and the documents that they are asked of.

    Attributes:
        name: Of the task, in tables.
        resources: Indexes of the documents.
        topics: Frames of qid, query by language.
        qrels: Frames of qid, docno, label by language.
        english: Human English versions of the topics, where there are any.
        measures: ir-measures names.
        identities: By language, hash of the documents, its queries and judgments, the measures and
            the teacher's fingerprint.
    """

    name: str
    resources: Resources
    topics: Mapping[str, pd.DataFrame]
    qrels: Mapping[str, pd.DataFrame]
    english: Mapping[str, pd.DataFrame | None]
    measures: tuple[str, ...]
    identities: Mapping[str, str]

    @property
    def identity(self) -> str:
        """Hash of the identities of all languages."""
        return hash_bytes(repr(sorted(self.identities.items())).encode())

    def english_identity(self, language: str) -> str:
        """Hash of the human English versions, for what is asked with them; "" without any."""
        english = self.english[language]
        return "" if english is None else hash_bytes(english.to_csv().encode())

    def asking(self, topics: Mapping[str, pd.DataFrame]) -> RetrievalTask:
        """The same task with other wordings of its queries.

        Args:
            topics: Frames of qid, query by language, with the same qids; languages that are not
                among them keep their own.
        """
        identities = {
            code: hash_bytes(f"{self.identities[code]} {asked.to_csv()}".encode())
            for code, asked in topics.items()
        }
        return replace(
            self,
            topics={**self.topics, **topics},
            identities={**self.identities, **identities},
        )

    @property
    def index(self) -> TokenIndex:
        """The teacher's token index, made at the first use."""
        return self.resources.token_index

    def score(self, pipeline: pt.Transformer, language: str, topics: pd.DataFrame | None = None,
              ) -> pd.DataFrame:  # fmt: skip
        """Per-query scores of a pipeline on a language's queries, as a trial's measuring gives.

        Args:
            pipeline: From ``qid, query`` to ``qid, docno, score``.
            language: Whose judgments count.
            topics: Queries to ask instead, with the same qids.
        """
        asked = self.topics[language] if topics is None else topics
        run = sort_run(pipeline.transform(asked))
        wide = measure_run(run, asked, self.qrels[language], parse_measures(self.measures))
        long = wide.reset_index().melt("qid", var_name="measure", value_name="value")
        return long.assign(task=self.name)[list(SCORE_COLUMNS)]

    def score_student(
        self, student: LateInteraction, language: str, topics: pd.DataFrame | None = None
    ) -> pd.DataFrame:
        """Per-query scores of dense retrieval with a query encoder on the teacher's index."""
        return self.score(student.query_encoder() >> self.index.retriever(DEPTH), language, topics)


def open_task(
    name: str,
    collection: Collection,
    languages: Sequence[str],
    teacher: LateInteraction,
    folder: Path,
    *,
    query_sets: Sequence[str] | None = None,
    measures: Sequence[str] = MEASURES,
    judged_only: bool = False,
    asked_only: bool = False,
    max_queries: int | None = None,
    device: str | None = None,
) -> RetrievalTask:
    """Open queries and documents; the index is made when it is first searched.

    Args:
        name: Of the task, in tables.
        collection: Has the documents and queries.
        languages: Of the queries.
        teacher: Encodes the documents.
        folder: For indexes; one that is there is used again if it is of the same documents.
        query_sets: Of the collection; None is its default ones.
        measures: ir-measures names.
        judged_only: Only documents that these sets judge: a small pool, for a quick look.
        asked_only: Of these, only documents judged for the queries that are asked: a smaller pool.
        max_queries: The first so many queries of each language.
        device: For searching.

    Raises:
        InputError: on an unknown set, language or measure, and on a folder of other documents.
    """
    parse_measures(measures)
    if max_queries is not None and max_queries < 1:
        raise InputError(f"max_queries {max_queries}: give 1 or more")
    judged = {code: collection.judged_topics(code, query_sets) for code in languages}
    qrels = {code: found.qrels for code, found in judged.items()}
    topics = {code: found.topics.iloc[:max_queries] for code, found in judged.items()}
    english = {
        code: None if found.english is None else found.english.iloc[:max_queries]
        for code, found in judged.items()
    }
    asked = {code: qrels[code][qrels[code]["qid"].isin(topics[code]["qid"])] for code in languages}
    pool = asked if asked_only else qrels
    every = pd.concat(pool.values(), ignore_index=True).drop_duplicates()
    if judged_only or asked_only:
        collection = JudgedDocuments(collection, set(every["docno"]))
    resources = Resources(collection, teacher, Path(folder), device=device, qrels=every)
    resources.remember_documents()
    searched = [collection.documents_fingerprint(), teacher.fingerprint, *map(str, measures)]
    identities = {
        code: hash_bytes(
            "\n".join([*searched, code, topics[code].to_csv(), asked[code].to_csv()]).encode()
        )
        for code in languages
    }
    return RetrievalTask(name, resources, topics, asked, english, tuple(measures), identities)
