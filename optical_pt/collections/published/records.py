"""A collection made from published files, which are read when they are first needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from optical_pt.collections.base import Collection
from optical_pt.collections.download import Files, hash_file
from optical_pt.collections.entry import View
from optical_pt.collections.formats import Judgment
from optical_pt.errors import InputError


@dataclass(frozen=True)
class Records:
    """The contents of a collection.

    Attributes:
        documents: gives the documents, ``dict(docno, title, text)``, anew at each call; further
            fields (``lang`` in a pool of several languages) are passed on.
        document_key: with the contents of ``document_files``, decides what the documents are.
        document_files: paths (as in ``PublishedFile.path``) that the documents are read from.
        n_documents: how many documents there are, or None where only reading them would tell.
        queries: query by qid, by language.
        judgments: of all the queries.
        versions: human versions of queries by qid, by language; the queries' own languages are
            versions of each other without being listed here.
    """

    documents: Callable[[], Iterable[dict[str, str]]]
    document_key: str
    document_files: tuple[str, ...]
    n_documents: int | None
    queries: Mapping[str, Mapping[str, str]]
    judgments: Sequence[Judgment]
    versions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class PublishedCollection(Collection):
    """A view of a published dataset, with one query set that has the collection's name.

    Making it reads and downloads nothing.

    Args:
        view: the name, taken apart.
        languages: of the queries; one unless the view's query language is ``"mul"``.
        build: reads the files and gives the contents.
        files: where the files are; by default ``OPTICAL_PT_DATA``, the cache, or a download.
        low_resource: languages that a table groups as low-resource, instead of the default list.
    """

    def __init__(
        self,
        view: View,
        languages: Sequence[str],
        build: Callable[[Files, View], Records],
        *,
        files: Files | None = None,
        low_resource: Iterable[str] | None = None,
    ) -> None:
        super().__init__(f"optical:{view}", low_resource)
        self.view = view
        self.files = files or Files()
        self._languages = tuple(sorted(languages))
        self._build = build

    @property
    def document_language(self) -> str:
        """Language of the documents; ``"mul"`` for a pool of several languages."""
        return self.view.document_language

    @property
    def n_documents(self) -> int | None:
        """How many documents there are; this reads the files."""
        return self._records.n_documents

    @property
    def query_sets(self) -> tuple[str, ...]:
        """The one query set: the dataset's name, with the split if there is one."""
        parts = (self.view.collection, self.view.split.replace("/", "-"))
        return ("-".join(part for part in parts if part),)

    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """Languages of the queries."""
        return self._languages

    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """SHA-256 over the view and the names and contents of the files that it is read from."""
        _ = self._records
        return self._hash(str(self.view), self.files.used)

    def documents_fingerprint(self) -> str:
        """SHA-256 over what decides the documents; views with the same documents share it."""
        return self._hash(self._records.document_key, self._records.document_files)

    def __repr__(self) -> str:
        return f"PublishedCollection({str(self.view)!r}, folder={_text(self.files.folder)!r})"

    @cached_property
    def _records(self) -> Records:
        return self._build(self.files, self.view)

    @cached_property
    def _hashes(self) -> dict[str, str]:
        return {name: hash_file(path) for name, path in sorted(self.files.used.items())}

    def _hash(self, key: str, names: Iterable[str]) -> str:
        lines = "".join(f"{name}\0{self._hashes[name]}\n" for name in sorted(names))
        return hashlib.sha256(f"{key}\n{lines}".encode()).hexdigest()

    def _read_documents(self) -> Iterator[dict[str, str]]:
        # A copy, as the caller normalises the texts in place.
        return (dict(document) for document in self._records.documents())

    def _read_topics(self, query_set: str, language: str) -> Mapping[str, str]:
        return self._records.queries[language]

    def _read_versions(self, query_set: str, language: str, target: str) -> Mapping[str, str]:
        records = self._records
        return records.versions.get(target) or records.queries.get(target, {})

    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        return iter(self._records.judgments)


def refuse_empty(text: str, where: str, what: str) -> str:
    """The text, if it is more than white space.

    Raises:
        InputError: if it is not.
    """
    if not text.strip():
        raise InputError(f"{where}: empty {what}; get the published file anew")
    return text


def _text(folder: Path | None) -> str | None:
    return None if folder is None else str(folder)
