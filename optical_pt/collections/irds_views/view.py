"""A collection put together from ir_datasets' parts, with the foreign side named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from optical_pt.collections.base import Collection
from optical_pt.collections.entry import Sizes
from optical_pt.collections.formats import Judgment
from optical_pt.collections.irds_reading import (
    ADVICE,
    load_dataset,
    read_docs,
    read_qrels,
    read_topics,
    reading,
)


class QuerySource(NamedTuple):
    """An ir_datasets id, for its queries and judgments, and the field that has a query's text."""

    dataset_id: str
    field: str = "text"


def read_queries(dataset_id: str) -> Iterable[Any]:
    """The query records of a dataset."""
    return load_dataset(dataset_id, ["queries"]).queries_iter()


class IrdsView(Collection):
    """Documents of one ir_datasets id under queries of another: one set, in one or many languages.

    :class:`~optical_pt.collections.irds.IrdsCollection` takes a dataset as it is; here a view says
    which documents (English MS MARCO), which queries (mMARCO's German ones) and which of their
    fields. The languages are those given here: ir_datasets declares none, or a wrong one, for some
    datasets. Making a view loads nothing; ir_datasets downloads what a method needs.

    Args:
        name: for messages and manifests.
        query_set: name of the one set of queries.
        documents: ir_datasets id of the documents.
        document_language: ISO 639 code.
        queries: source of queries and judgments, by language.
        versions: source of human versions of the queries, by language; they may have more qids.
        advice: what to do if the files cannot be read.
        read_queries: reads the query records of an id, if not as ir_datasets does.
        low_resource: languages that a table groups as low-resource, instead of the default list.
    """

    def __init__(
        self,
        name: str,
        *,
        query_set: str,
        documents: str,
        document_language: str,
        queries: Mapping[str, QuerySource],
        versions: Mapping[str, QuerySource] | None = None,
        advice: str = ADVICE,
        read_queries: Callable[[str], Iterable[Any]] = read_queries,
        low_resource: Iterable[str] | None = None,
    ) -> None:
        super().__init__(name, low_resource)
        self.documents_id = documents
        self.sources = dict(queries)
        self.versions = dict(versions or {})
        self._query_set = query_set
        self._document_language = document_language
        self._advice = advice
        self._records = read_queries

    @property
    def document_language(self) -> str:
        """Language of the documents."""
        return self._document_language

    @property
    def n_documents(self) -> int | None:
        """How many documents there are, if ir_datasets comes with the number."""
        return recorded_count(self.documents_id, "docs")

    @property
    def query_sets(self) -> tuple[str, ...]:
        """The one set."""
        return (self._query_set,)

    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """Languages of the queries, sorted."""
        return tuple(sorted(self.sources))

    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """The ids and fields: ir_datasets verifies the hashes of what it downloads."""
        chosen = sorted(self.sources) if languages is None else languages
        parts = [f"{self.sources[code].dataset_id}:{self.sources[code].field}" for code in chosen]
        return " ".join([self.documents_fingerprint(), *parts])

    def documents_fingerprint(self) -> str:
        """The id of the documents."""
        return f"irds:{self.documents_id}"

    def __repr__(self) -> str:
        sources = {code: tuple(source) for code, source in sorted(self.sources.items())}
        return f"IrdsView({self.name!r}, documents={self.documents_id!r}, queries={sources!r})"

    def _read_documents(self) -> Iterator[dict[str, str]]:
        with reading(self.name, self._advice):
            yield from read_docs(load_dataset(self.documents_id, ["docs"], self._advice))

    def _read_topics(self, query_set: str, language: str) -> dict[str, str]:
        return self._read_source(self.sources[language])

    def _read_versions(self, query_set: str, language: str, target: str) -> dict[str, str]:
        source = self.versions.get(target)
        return {} if source is None else self._read_source(source)

    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        source = self.sources[language]
        with reading(self.name, self._advice):
            dataset = load_dataset(source.dataset_id, ["qrels"], self._advice)
            yield from read_qrels(f"{self.name}: irds:{source.dataset_id}", dataset)

    def _read_source(self, source: QuerySource) -> dict[str, str]:
        with reading(self.name, self._advice):
            records = self._records(source.dataset_id)
            return read_topics(f"{self.name}: irds:{source.dataset_id}", records, source.field)


def recorded_sizes(documents: str, queries: Iterable[str]) -> Sizes:
    """Numbers that ir_datasets comes with: of documents, and of the queries of the ids together."""
    counts = [recorded_count(dataset_id, "queries") for dataset_id in queries]
    known = [count for count in counts if count is not None]
    complete = bool(known) and len(known) == len(counts)
    return Sizes(recorded_count(documents, "docs"), sum(known) if complete else None)


@cache
def recorded_count(dataset_id: str, part: str) -> int | None:
    """A number of ``docs`` or ``queries`` from the metadata within ir_datasets, without a download.

    None for ids that are patterns (CLIRMatrix): loading one of them downloads its index.

    >>> recorded_count("miracl/sw", "docs"), recorded_count("clirmatrix/en", "docs")
    (131924, None)
    """
    import ir_datasets

    if dataset_id not in set(ir_datasets.registry):
        return None
    return ir_datasets.registry[dataset_id].metadata().get(part, {}).get("count")
