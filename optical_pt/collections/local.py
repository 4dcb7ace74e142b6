"""A collection in a folder of plain files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from optical_pt.collections.base import Collection
from optical_pt.collections.formats import (
    Judgment,
    numbered_lines,
    read_documents,
    read_judgments,
    read_queries,
)
from optical_pt.errors import InputError

LAYOUT = "docs.tsv[.gz], queries/<set>.<language>.tsv[.gz] and qrels/<set>[.<language>].qrels"

_DECLARATIONS = {"name": str, "document_language": str, "low_resource": list}


class LocalCollection(Collection):
    """A folder with documents, queries and qrels::

        docs.tsv or docs.tsv.gz           docno, [[origin,] title,] text
        queries/<set>.<language>.tsv      qid, query; may be gzipped (.tsv.gz)
        queries/<set>.<language>.en.tsv   the same qids, put into English by people
        qrels/<set>.<language>.qrels      TREC qrels; or qrels/<set>.qrels for all languages
        collection.json                   optional: name, document_language, low_resource

    Set names and language codes contain no dot. Where a set is parallel, its English queries
    (``<set>.en.tsv``) are the English versions of the other languages too.

    Args:
        folder: where the files are.
        name: for messages and manifests; by default the declared one, or the folder's name.
        document_language: by default the declared one, or English.
        low_resource: languages that a table groups as low-resource; by default the declared ones,
            or :data:`~optical_pt.collections.languages.LOW_RESOURCE`.

    Raises:
        InputError: if the folder does not have this layout. Contents are read, and checked, later.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        name: str | None = None,
        document_language: str | None = None,
        low_resource: Iterable[str] | None = None,
    ) -> None:
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise InputError(f"{self.folder}: no such folder; give one that has {LAYOUT}")
        declared = _read_declarations(self.folder / "collection.json")
        super().__init__(
            name or declared.get("name") or self.folder.resolve().name,
            declared.get("low_resource") if low_resource is None else low_resource,
        )
        self._document_language = document_language or declared.get("document_language", "en")
        self._documents_path = _find_documents(self.folder)
        self._queries, self._versions = _find_queries(self.folder / "queries")

    @property
    def document_language(self) -> str:
        """Declared language of the documents; English where none is declared."""
        return self._document_language

    @cached_property
    def n_documents(self) -> int:
        """How many documents there are, by counting lines."""
        return sum(1 for _ in numbered_lines(self._documents_path))

    @property
    def query_sets(self) -> tuple[str, ...]:
        """Names of the query sets, sorted."""
        return tuple(sorted({name for name, _ in self._queries}))

    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """Languages that one query set has, sorted."""
        return tuple(sorted(language for name, language in self._queries if name == query_set))

    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """SHA-256 over the names and contents of the files that these languages and sets use."""
        used = {self._documents_path}
        for language in self.languages(sets) if languages is None else languages:
            for name in self._sets_with(language, sets):
                used |= {self._queries[name, language], self._qrels_path(name, language)}
                versions = self._versions_path(name, language, "en")
                used |= {versions} if versions else set()
        return _hash_files(self.folder, used)

    def documents_fingerprint(self) -> str:
        """SHA-256 over the name and contents of the documents' file."""
        return _hash_files(self.folder, {self._documents_path})

    def __repr__(self) -> str:
        return (
            f"LocalCollection({str(self.folder)!r}, name={self.name!r}, "
            f"document_language={self.document_language!r})"
        )

    def _read_documents(self) -> Iterator[dict[str, str]]:
        return read_documents(self._documents_path)

    def _read_topics(self, query_set: str, language: str) -> dict[str, str]:
        return dict(read_queries(self._queries[query_set, language]))

    def _read_versions(self, query_set: str, language: str, target: str) -> dict[str, str]:
        path = self._versions_path(query_set, language, target)
        return dict(read_queries(path)) if path else {}

    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        return read_judgments(self._qrels_path(query_set, language))

    def _versions_path(self, query_set: str, language: str, target: str) -> Path | None:
        own = self._versions.get((query_set, language, target))
        return own or self._queries.get((query_set, target))

    def _versions_are_declared(self, query_set: str, language: str, target: str) -> bool:
        return (query_set, language, target) in self._versions

    def _qrels_path(self, query_set: str, language: str) -> Path:
        own = self.folder / "qrels" / f"{query_set}.{language}.qrels"
        shared = self.folder / "qrels" / f"{query_set}.qrels"
        for path in (own, shared):
            if path.is_file():
                return path
        raise InputError(f"{shared}: no such file, nor {own.name}; add the qrels of {query_set!r}")


def _find_documents(folder: Path) -> Path:
    found = [path for path in (folder / "docs.tsv", folder / "docs.tsv.gz") if path.is_file()]
    if len(found) != 1:
        problem = "both docs.tsv and docs.tsv.gz" if found else "no docs.tsv or docs.tsv.gz"
        raise InputError(f"{folder}: {problem}; a collection has one, beside queries/ and qrels/")
    return found[0]


def _find_queries(
    folder: Path,
) -> tuple[dict[tuple[str, str], Path], dict[tuple[str, str, str], Path]]:
    """Paths by (set, language), and paths of human versions by (set, language, target)."""
    queries: dict[tuple[str, str], Path] = {}
    versions: dict[tuple[str, str, str], Path] = {}
    for path in sorted([*folder.glob("[!.]*.tsv"), *folder.glob("[!.]*.tsv.gz")]):
        parts = path.name.removesuffix(".gz").removesuffix(".tsv").split(".")
        if len(parts) not in (2, 3) or not all(parts):
            raise InputError(
                f"{path}: a file of queries is named <set>.<language>.tsv, or "
                "<set>.<language>.en.tsv for their English versions; rename it"
            )
        found = queries if len(parts) == 2 else versions
        if other := found.get(tuple(parts)):
            raise InputError(f"{path}: {other.name} is there too; keep one of the two")
        found[tuple(parts)] = path
    if not queries:
        raise InputError(f"{folder}: no file <set>.<language>.tsv; a collection has {LAYOUT}")
    for (query_set, language, target), path in versions.items():
        if (query_set, language) not in queries:
            raise InputError(
                f"{path}: versions in {target} of queries that are not there; add "
                f"{query_set}.{language}.tsv beside it, or rename it"
            )
    return queries, versions


def _read_declarations(path: Path) -> dict:
    if not path.is_file():
        return {}
    try:
        declared = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); correct it or delete it") from None
    if not isinstance(declared, dict):
        raise InputError(f"{path}: not a JSON object; write {{...}} or delete it")
    for key, value in declared.items():
        kind = _DECLARATIONS.get(key)
        if kind is None:
            raise InputError(f"{path}: unknown key {key!r}; use {', '.join(_DECLARATIONS)}")
        strings = value if isinstance(value, list) else [value]
        if not isinstance(value, kind) or not all(isinstance(item, str) for item in strings):
            expected = "a list of language codes" if kind is list else "a string"
            raise InputError(f"{path}: {key!r} is {value!r}; write {expected}")
    return declared


def _hash_files(folder: Path, paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        contents = hashlib.sha256()
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                contents.update(chunk)
        name = path.relative_to(folder).as_posix()
        digest.update(f"{name}\0{contents.hexdigest()}\n".encode())
    return digest.hexdigest()
