"""A memory-mapped index of token embeddings."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.index.writer import FORMAT, METADATA, VERSION, write_index

if TYPE_CHECKING:
    import pandas as pd

    from optical_pt.index.retriever import ExactRetriever
    from optical_pt.index.scorer import IndexScorer


class TokenIndex(pt.Artifact, pt.Indexer):
    """Token embeddings of a collection, in half precision, one after the other on disk.

    Files: ``tokens.f16`` (``(tokens, dim)`` little-endian float16), ``lengths.npy`` (int32, tokens
    of each document), ``docnos.txt`` (one a line) and ``pt_meta.json`` with counts and the
    fingerprint of the document model, by which queries of another model are refused.

    Args:
        path: the folder of the index.

    Example::

        index = TokenIndex("passages.index")
        (teacher.doc_encoder() >> index).index(documents)
        search = teacher.query_encoder() >> index.retriever()
        rerank = bm25 >> student.query_encoder() >> index.scorer()
    """

    def __init__(self, path: str | Path):
        super().__init__(path)

    def index(self, iter: Iterable[dict[str, Any]], **_: Any) -> TokenIndex:
        """Write the index, whole or not at all, from dicts with docno, doc_embs and embs_model.

        Returns:
            itself, so that a pipeline's ``index()`` gives the index.

        Raises:
            InputError: if the folder exists, a docno is missing, empty or repeated, embeddings
                differ in width or in model, or there is no document.
        """
        write_index(self.path, iter)
        for read_before in ("metadata", "tokens", "lengths", "starts", "docnos", "position"):
            self.__dict__.pop(read_before, None)
        return self

    def index_inputs(self) -> list[list[str]]:
        """Columns that :meth:`index` takes."""
        return [["docno", "doc_embs", "embs_model"]]

    def retriever(
        self, num_results: int = 1000, *, device: str | None = None, precision: str = "auto"
    ) -> ExactRetriever:
        """Return exact MaxSim search over every document.

        Args:
            num_results: At most so many documents a query; ties at the cut break by docno.
            device: For the search; None takes a GPU where there is one.
            precision: Of products: ``"half"``, ``"float32"``, or ``"auto"``, half where the device
                is faster at it.

        Raises:
            InputError: on fewer than 1 result or an unknown precision; in use, on a device that
                torch does not have here.
        """
        from optical_pt.index.retriever import ExactRetriever

        return ExactRetriever(self, num_results=num_results, device=device, precision=precision)

    def scorer(self) -> IndexScorer:
        """Return a reranker that scores results by their stored embeddings.

        It raises :class:`~optical_pt.errors.InputError` for a docno that the index lacks.
        """
        from optical_pt.index.scorer import IndexScorer

        return IndexScorer(self)

    @cached_property
    def metadata(self) -> dict[str, Any]:
        """Counts, width and model fingerprint; reads them from disk and checks file sizes.

        Raises:
            InputError: if there is no index, or it is not whole.
        """
        path = self.path / METADATA
        if not path.is_file():
            raise InputError(f"{self.path}: no token index there; build it with .index()")
        metadata = _read_metadata(path)
        expected = metadata["n_tokens"] * metadata["dim"] * 2
        tokens = self.path / "tokens.f16"
        if not tokens.is_file() or tokens.stat().st_size != expected:
            raise InputError(f"{tokens}: not {expected} bytes long; build the index anew")
        return metadata

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the document model."""
        return self.metadata["embs_model"]

    @cached_property
    def tokens(self) -> np.ndarray:
        """``(tokens, dim)`` float16, memory-mapped."""
        shape = (self.metadata["n_tokens"], self.metadata["dim"])
        if shape[0] == 0:
            return np.zeros(shape, dtype="<f2")
        return np.memmap(self.path / "tokens.f16", dtype="<f2", mode="r", shape=shape)

    @cached_property
    def lengths(self) -> np.ndarray:
        """``(documents,)`` int64, tokens of each document."""
        path = self.path / "lengths.npy"
        try:
            lengths = np.load(path, allow_pickle=False).astype(np.int64)
        except (FileNotFoundError, ValueError, EOFError):
            raise InputError(f"{path}: missing or broken; build the index anew") from None
        if len(lengths) != len(self) or lengths.sum() != self.metadata["n_tokens"]:
            raise InputError(f"{path}: not of {len(self)} documents; build the index anew")
        return lengths

    @cached_property
    def starts(self) -> np.ndarray:
        """``(documents,)`` int64, position of each document's first token."""
        return np.cumsum(self.lengths) - self.lengths

    @cached_property
    def docnos(self) -> np.ndarray:
        """``(documents,)`` strings."""
        path = self.path / "docnos.txt"
        docnos = path.read_text(encoding="utf-8").split("\n")[:-1] if path.is_file() else []
        if len(docnos) != len(self):
            raise InputError(f"{path}: not of {len(self)} documents; build the index anew")
        return np.array(docnos, dtype=object)

    @cached_property
    def position(self) -> dict[str, int]:
        """From docno to position."""
        return {docno: position for position, docno in enumerate(self.docnos)}

    def check_queries(self, queries: pd.DataFrame) -> None:
        """Check that encoded queries can be matched with this index's documents.

        Args:
            queries: With the columns ``qid``, ``query_embs`` and ``embs_model``.

        Raises:
            InputError: if one was encoded for another document model, or its embeddings are not an
                array of ``(tokens, dim)`` finite floats, dim that of the index.
        """
        self._check_model(queries["embs_model"])
        distinct = queries.drop_duplicates("qid")
        for qid, embeddings in zip(distinct["qid"], distinct["query_embs"], strict=True):
            if not isinstance(embeddings, np.ndarray) or embeddings.dtype.kind != "f":
                raise InputError(
                    f"query {qid!r}: query_embs is {type(embeddings).__name__}, no array of "
                    "floats; encode it with query_encoder()"
                )
            if embeddings.ndim != 2 or embeddings.shape[1] != self.metadata["dim"]:
                raise InputError(
                    f"query {qid!r}: query_embs has the shape {embeddings.shape}, where "
                    f"{self.path} needs (tokens, {self.metadata['dim']}); encode it with "
                    "query_encoder()"
                )
            if not np.isfinite(embeddings).all():
                raise InputError(
                    f"query {qid!r}: query_embs has numbers that are not finite; train or fetch "
                    "its model anew"
                )

    def _check_model(self, fingerprints: Iterable[str]) -> None:
        for fingerprint in set(fingerprints):
            if fingerprint != self.fingerprint:
                raise InputError(
                    f"{self.path}: made by document model {self.fingerprint}, but the queries "
                    f"belong to {fingerprint}; search with that teacher's index or its student"
                )

    def __len__(self) -> int:
        return self.metadata["n_docs"]

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TokenIndex) and self.path.resolve() == other.path.resolve()

    def __hash__(self) -> int:
        return hash((TokenIndex, self.path.resolve()))

    def __repr__(self) -> str:
        return f"TokenIndex({str(self.path)!r})"


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
        if (metadata["format"], metadata["version"]) == (FORMAT, VERSION):
            numbers = {name: int(metadata[name]) for name in ("n_docs", "n_tokens", "dim")}
            return {**metadata, **numbers, "embs_model": str(metadata["embs_model"])}
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path}: broken; build the index anew") from None
    raise InputError(f"{path}: not a token index of this version; build it anew")
