"""What a CLIR experiment needs of a test collection, whatever it is stored in."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from optical_pt.collections.formats import Judgment
from optical_pt.collections.languages import LOW_RESOURCE, language_group
from optical_pt.collections.topics import JudgedTopics, nfc, topic_frame
from optical_pt.errors import InputError


class Collection(ABC):
    """Documents in one language, and sets of queries with qrels in one or many languages.

    A *query set* is a named group of queries (``xquad``, ``afriqa-dev``) in one or more languages.
    Wherever ``sets`` is taken, None means :attr:`default_sets`, and several that have the same
    language are pooled. Texts are NFC-normalised, as bitext is.

    A subclass supplies the abstract members; they read, the methods here pool and check.
    """

    def __init__(self, name: str, low_resource: Iterable[str] | None = None) -> None:
        """Name the collection; ``low_resource`` replaces the default list of languages."""
        self.name = name
        self.low_resource = LOW_RESOURCE if low_resource is None else frozenset(low_resource)

    @property
    @abstractmethod
    def document_language(self) -> str:
        """ISO 639 code of the documents' language."""

    @property
    @abstractmethod
    def n_documents(self) -> int | None:
        """How many documents there are, or None where only reading them all would tell."""

    @property
    @abstractmethod
    def query_sets(self) -> tuple[str, ...]:
        """Names of the query sets."""

    @property
    def default_sets(self) -> tuple[str, ...]:
        """The query sets that are used where none is named."""
        return self.query_sets

    @abstractmethod
    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """Languages that one query set has."""

    @abstractmethod
    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """Identify the data that these languages and sets use, for a manifest."""

    @abstractmethod
    def documents_fingerprint(self) -> str:
        """Identify the documents alone, for an index."""

    @abstractmethod
    def _read_documents(self) -> Iterator[dict[str, str]]:
        """Stream ``dict(docno, title, text)``."""

    @abstractmethod
    def _read_topics(self, query_set: str, language: str) -> Mapping[str, str]:
        """Query by qid, of a language that the set has."""

    @abstractmethod
    def _read_versions(self, query_set: str, language: str, target: str) -> Mapping[str, str]:
        """Human versions in another language, by qid; empty where there are none."""

    @abstractmethod
    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        """Judgments of a set; they may be about queries that the language lacks."""

    def documents(self, qrels: pd.DataFrame | None = None) -> Iterator[dict[str, str]]:
        """Stream the documents as ``dict(docno, title, text)``; the title may be empty.

        With ``qrels``, the end of the stream checks that the judged documents were in it.

        Raises:
            InputError: for a malformed line, an empty or repeated docno, or if none of the judged
                docnos is there. If only some are missing, that is a UserWarning.
        """
        missing = set() if qrels is None else set(qrels["docno"])
        n_judged = len(missing)
        for document in self._read_documents():
            missing.discard(document["docno"])
            document["title"] = nfc(document["title"])
            document["text"] = nfc(document["text"])
            yield document
        self._report_missing(missing, n_judged)

    def require_judged(self, qrels: pd.DataFrame, docnos: Container[str]) -> None:
        """Check the judged documents against docnos that were read before, such as an index's.

        Raises:
            InputError: if none of the judged docnos is there. If only some are missing, that is a
                UserWarning.
        """
        judged = set(qrels["docno"])
        self._report_missing({docno for docno in judged if docno not in docnos}, len(judged))

    def _report_missing(self, missing: set[str], n_judged: int) -> None:
        if not missing:
            return
        finding = (
            f"{self.name}: {len(missing)} of the {n_judged} docnos in the qrels "
            f"(such as {min(missing)!r}) are not in the documents"
        )
        if len(missing) == n_judged:
            raise InputError(f"{finding}; use the documents that the qrels were made for")
        warnings.warn(f"{finding}: no system can find them", stacklevel=3)

    def languages(self, sets: Sequence[str] | None = None) -> tuple[str, ...]:
        """Languages of the queries, sorted; the documents' own language may be among them."""
        chosen = self._chosen(sets)
        return tuple(sorted({language for name in chosen for language in self.set_languages(name)}))

    def foreign_languages(self, sets: Sequence[str] | None = None) -> tuple[str, ...]:
        """Languages of the queries other than the documents' own."""
        return tuple(code for code in self.languages(sets) if code != self.document_language)

    def group(self, language: str) -> str:
        """Group of a language in a table: ``"low"`` or ``"other"``."""
        return language_group(language, self.low_resource)

    def topics(self, language: str, sets: Sequence[str] | None = None) -> pd.DataFrame:
        """Queries in one language: a frame of qid, query.

        Raises:
            InputError: for an unknown set or language, a malformed file, an empty query, or a qid
                that two of the sets share.
        """
        return topic_frame(self._pooled_topics(language, sets))

    def human_topics(
        self, language: str, target: str, sets: Sequence[str] | None = None
    ) -> pd.DataFrame | None:
        """Human versions, in the language ``target``, of the queries of :meth:`topics`.

        The frame has the same qids in the same order. The result is None if a set that the
        queries come from has no such versions, for then some queries would have none.

        Raises:
            InputError: as for :meth:`topics`, or if the versions of a set lack some of its qids.
        """
        pooled: dict[str, str] = {}
        for name in self._sets_with(language, sets):
            queries = self._read_topics(name, language)
            versions = self._read_versions(name, language, target)
            if language == target and not versions:
                versions = queries
            absent = [qid for qid in queries if qid not in versions]
            # No qid in common: the set's queries in the two languages are not translations.
            declared = self._versions_are_declared(name, language, target)
            if len(absent) == len(queries) and not declared:
                return None
            if absent:
                raise InputError(
                    f"{self.name}: {len(absent)} of the {len(queries)} {language} queries of "
                    f"{name!r} (such as {absent[0]!r}) have no version in {target}; add them"
                )
            pooled.update((qid, versions[qid]) for qid in queries)
        return topic_frame({qid: pooled[qid] for qid in self._pooled_topics(language, sets)})

    def english_topics(
        self, language: str, sets: Sequence[str] | None = None
    ) -> pd.DataFrame | None:
        """Human English versions of the queries of :meth:`topics`, or None: the ceilings' input."""
        return self.human_topics(language, "en", sets)

    def qrels(self, language: str, sets: Sequence[str] | None = None) -> pd.DataFrame:
        """Judgments of the queries of :meth:`topics`: a frame of qid, docno, label.

        Raises:
            InputError: for a missing or malformed file, or a set none of whose queries is judged.
        """
        pooled: list[Judgment] = []
        # A qid that two sets share would mix their judgments: pooling the topics refuses it.
        self._pooled_topics(language, sets)
        for name in self._sets_with(language, sets):
            queries = self._read_topics(name, language)
            judgments = list(self._read_judgments(name, language))
            kept = [judgment for judgment in judgments if judgment.qid in queries]
            if not kept:
                judged = f"they judge {judgments[0].qid!r}" if judgments else "they are empty"
                raise InputError(
                    f"{self.name}: the qrels of set {name!r} match none of its {len(queries)} "
                    f"{language} queries ({judged}, the first query is {next(iter(queries))!r}); "
                    "use the same qids in both"
                )
            pooled += kept
        return pd.DataFrame(pooled, columns=["qid", "docno", "label"])

    def judged_topics(self, language: str, sets: Sequence[str] | None = None) -> JudgedTopics:
        """Queries of a language with judgments: what an experiment evaluates.

        Queries without any judgment are left out of the evaluation (and listed), as trec_eval
        leaves them out; queries whose judged documents are all irrelevant stay, and score 0.
        """
        topics, qrels = self.topics(language, sets), self.qrels(language, sets)
        english = self.english_topics(language, sets)
        judged = topics["qid"].isin(qrels["qid"])
        if english is not None:
            english = english[judged.to_numpy()].reset_index(drop=True)
        return JudgedTopics(
            language=language,
            topics=topics[judged].reset_index(drop=True),
            qrels=qrels,
            english=english,
            unjudged=tuple(topics["qid"][~judged]),
        )

    def __eq__(self, other: object) -> bool:
        # Of the same data: how a table groups its languages makes no difference to a pipeline.
        return type(self) is type(other) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def _versions_are_declared(self, query_set: str, language: str, target: str) -> bool:
        """Whether what :meth:`_read_versions` reads is there for these very queries."""
        return False

    def _chosen(self, sets: Sequence[str] | None) -> tuple[str, ...]:
        if sets is None:
            return self.default_sets
        chosen = (sets,) if isinstance(sets, str) else tuple(dict.fromkeys(sets))
        for name in chosen:
            if name not in self.query_sets:
                raise InputError(
                    f"{self.name}: no query set {name!r}; choose from {', '.join(self.query_sets)}"
                )
        return chosen

    def _sets_with(self, language: str, sets: Sequence[str] | None) -> list[str]:
        chosen = [name for name in self._chosen(sets) if language in self.set_languages(name)]
        if not chosen:
            within = "" if sets is None else f" in {', '.join(self._chosen(sets))}"
            raise InputError(
                f"{self.name}: no queries in language {language!r}{within}; "
                f"choose from {', '.join(self.languages(sets))}"
            )
        return chosen

    def _pooled_topics(self, language: str, sets: Sequence[str] | None) -> dict[str, str]:
        pooled: dict[str, str] = {}
        origin: dict[str, str] = {}
        for name in self._sets_with(language, sets):
            queries = self._read_topics(name, language)
            if not queries:
                raise InputError(
                    f"{self.name}: set {name!r} has no {language} query; add some or leave it out"
                )
            for qid, query in queries.items():
                if qid in pooled:
                    raise InputError(
                        f"{self.name}: qid {qid!r} is in both {origin[qid]!r} and {name!r} "
                        f"({language}); name one of these sets, or make the qids differ"
                    )
                pooled[qid], origin[qid] = query, name
        return pooled
