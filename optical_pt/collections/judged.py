"""A small pool: the judged documents of a collection alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from optical_pt.collections.base import Collection
from optical_pt.collections.formats import Judgment
from optical_pt.files import hash_bytes


class JudgedDocuments(Collection):
    """A collection whose documents are some of another's; queries and qrels are the same.

    A pool of judged documents makes retrieval easier than the whole collection does: for a quick
    look, not for numbers to compare with others'.

    Args:
        whole: The collection.
        docnos: Of the documents that stay.
    """

    def __init__(self, whole: Collection, docnos: AbstractSet[str]) -> None:
        super().__init__(f"{whole.name} (judged)", whole.low_resource)
        self.whole = whole
        self.docnos = frozenset(docnos)

    @property
    def document_language(self) -> str:
        """Of the whole collection."""
        return self.whole.document_language

    @property
    def n_documents(self) -> int:
        """How many documents stay."""
        return len(self.docnos)

    @property
    def query_sets(self) -> tuple[str, ...]:
        """Of the whole collection."""
        return self.whole.query_sets

    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """Of the whole collection."""
        return self.whole.set_languages(query_set)

    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """Identify the data that these languages and sets use."""
        return self._with_docnos(self.whole.fingerprint(languages, sets))

    def documents_fingerprint(self) -> str:
        """Identify the documents that stay."""
        return self._with_docnos(self.whole.documents_fingerprint())

    def _with_docnos(self, fingerprint: str) -> str:
        return hash_bytes("\n".join([fingerprint, *sorted(self.docnos)]).encode())

    def _read_documents(self) -> Iterator[dict[str, str]]:
        return (doc for doc in self.whole._read_documents() if doc["docno"] in self.docnos)

    def _read_topics(self, query_set: str, language: str) -> Mapping[str, str]:
        return self.whole._read_topics(query_set, language)

    def _read_versions(self, query_set: str, language: str, target: str) -> Mapping[str, str]:
        return self.whole._read_versions(query_set, language, target)

    def _versions_are_declared(self, query_set: str, language: str, target: str) -> bool:
        return self.whole._versions_are_declared(query_set, language, target)

    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        return self.whole._read_judgments(query_set, language)

    @property
    def default_sets(self) -> tuple[str, ...]:
        """Of the whole collection."""
        return self.whole.default_sets

    def __eq__(self, other: object) -> bool:
        same = isinstance(other, JudgedDocuments) and self.whole == other.whole
        return same and self.docnos == other.docnos

    def __hash__(self) -> int:
        return hash((self.whole, self.docnos))

    def __repr__(self) -> str:
        return f"JudgedDocuments({self.whole!r}, {len(self.docnos)} documents)"
