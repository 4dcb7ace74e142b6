"""Build and open BM25 indexes of both engines."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from optical_pt.bm25.collection import write_terms
from optical_pt.bm25.engines import DEFAULT_B, DEFAULT_K1, ENGINES, make_engine
from optical_pt.bm25.retriever import BM25Retriever
from optical_pt.errors import InputError
from optical_pt.language_codes import iso_code

_METADATA_FILE = "bm25.json"

# Raise it when tokenisation, stopwords, stemming or the directory's layout change.
_FORMAT = 1


@dataclass(frozen=True)
class BM25Metadata:
    """What ``bm25.json`` in an index directory says about the index."""

    engine: str
    language: str
    fields: tuple[str, ...]
    documents: int
    documents_sha256: str
    package_version: str
    format: int
    files: dict[str, int]  # size in bytes of each file that the engine wrote, by relative path


class BM25Index:
    """An index on disk; made by :func:`bm25_index` and :func:`open_bm25_index`."""

    def __init__(self, path: Path, metadata: BM25Metadata):
        self.path = path
        self.metadata = metadata
        self.engine = make_engine(metadata.engine, path / metadata.engine)

    def retriever(
        self, num_results: int = 1000, k1: float = DEFAULT_K1, b: float = DEFAULT_B
    ) -> BM25Retriever:
        """Return the transformer that retrieves with BM25; see :class:`BM25Retriever`."""
        return BM25Retriever(self, num_results=num_results, k1=k1, b=b)

    def __len__(self) -> int:
        return self.metadata.documents

    def __repr__(self) -> str:
        return f"BM25Index({str(self.path)!r}, engine={self.metadata.engine!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BM25Index):
            return NotImplemented
        return self.path.resolve() == other.path.resolve() and self.metadata == other.metadata

    def __hash__(self) -> int:
        return hash((self.path.resolve(), self.metadata.documents_sha256))


def bm25_index(
    documents: Iterable[Mapping[str, Any]],
    path: str | os.PathLike[str],
    *,
    engine: str = "pisa",
    language: str = "en",
    fields: Sequence[str] = ("title", "text"),
    overwrite: bool = False,
) -> BM25Index:
    """Build a BM25 index of ``documents`` (dicts with ``docno`` and the ``fields``) at ``path``.

    The directory appears at ``path`` only when the index is complete. Documents and queries go
    through :func:`optical_pt.bm25.index_terms`, whatever the engine: text in any script has terms,
    English is stemmed (Porter2) without stopwords, and both engines index the same terms.

    Args:
        documents: read once, in order; memory grows with the docnos only.
        path: the directory to make.
        engine: "pisa" (no Java) or "terrier" (starts a JVM; fetches Terrier the first time).
        language: ISO 639 code of the documents; queries are read as this language too.
        fields: the fields that make up a document's text.
        overwrite: replace a BM25 index that is already at ``path``, once the new one is complete.

    Raises:
        InputError: if a document cannot be used (see :func:`optical_pt.bm25.write_terms`), the
            engine is unknown, the language is no code, or there is something at ``path`` that may
            not be replaced.
    """
    if isinstance(fields, str) or not fields:
        raise InputError(f"fields={fields!r}: give a tuple of field names, such as ('text',)")
    path, fields, language = Path(path), tuple(fields), _language_code(language)
    if engine not in ENGINES:
        raise InputError(f"unknown BM25 engine {engine!r}: use one of {', '.join(ENGINES)}")
    if path.exists() and not (overwrite and (path / _METADATA_FILE).is_file()):
        fix = "pass overwrite=True" if (path / _METADATA_FILE).is_file() else "choose another path"
        raise InputError(f"{path} exists already: {fix} or remove it")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as temporary:
        term_file, building = Path(temporary) / "terms", Path(temporary) / "index"
        count, sha256 = write_terms(documents, fields, language, term_file)
        building.mkdir()
        new = make_engine(engine, building / engine)
        new.build(term_file)
        if len(new) != count:
            raise RuntimeError(f"{engine} indexed {len(new)} of {count} documents for {path}")
        files = {
            file.relative_to(building).as_posix(): file.stat().st_size
            for file in sorted(building.rglob("*"))
            if file.is_file()
        }
        metadata = BM25Metadata(
            engine, language, fields, count, sha256, version("optical-pt"), _FORMAT, files
        )
        (building / _METADATA_FILE).write_text(json.dumps(asdict(metadata), indent=1) + "\n")
        if path.exists():
            os.replace(path, Path(temporary) / "replaced")
        os.replace(building, path)
    return BM25Index(path, metadata)


def _language_code(language: str) -> str:
    code = iso_code(language) if isinstance(language, str) else ""
    if not (code.isascii() and code.isalpha() and len(code) in (2, 3)):
        raise InputError(f"language {language!r}: give an ISO 639 code, such as 'en' or 'ha'")
    return code


def open_bm25_index(
    path: str | os.PathLike[str],
    *,
    engine: str | None = None,
    language: str | None = None,
    fields: Sequence[str] | None = None,
    documents_sha256: str | None = None,
) -> BM25Index:
    """Open the index at ``path``; what is given of the other arguments must be as it was built.

    ``documents_sha256`` is :func:`optical_pt.bm25.documents_sha256` of the collection as it is now.

    Raises:
        InputError: if there is no index, it is incomplete, made by another format, or differs from
            what was asked for.
    """
    path = Path(path)
    metadata = _read_metadata(path)
    if metadata.format != _FORMAT:
        raise InputError(
            f"{path} has BM25 index format {metadata.format}, not {_FORMAT}: build it again"
        )
    for name, size in metadata.files.items():
        if not (path / name).is_file() or (path / name).stat().st_size != size:
            raise InputError(f"{path / name} is missing or not whole: build the index again")
    wanted = {
        "engine": engine,
        "language": None if language is None else _language_code(language),
        "fields": None if fields is None else tuple(fields),
        "documents_sha256": documents_sha256,
    }
    for name, value in wanted.items():
        built = getattr(metadata, name)
        built = iso_code(built) if name == "language" else built
        if value is not None and value != built:
            raise InputError(
                f"{path} was built with {name}={getattr(metadata, name)!r}, not {value!r}: "
                "build it again or at another path"
            )
    return BM25Index(path, metadata)


def _read_metadata(path: Path) -> BM25Metadata:
    file = path / _METADATA_FILE
    if not file.is_file():
        raise InputError(f"{path} is not a BM25 index (no {_METADATA_FILE}): use bm25_index")
    try:
        values = json.loads(file.read_text())
        return BM25Metadata(**{**values, "fields": tuple(values["fields"])})
    except (ValueError, TypeError, KeyError):
        raise InputError(f"{file} is not BM25 metadata: build the index again") from None
