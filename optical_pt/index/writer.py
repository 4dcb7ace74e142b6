"""Writing a token index."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from optical_pt.errors import InputError
from optical_pt.files import write_directory

FORMAT, VERSION = "optical", 1
METADATA = "pt_meta.json"


def write_index(path: Path, documents: Iterable[dict[str, Any]]) -> None:
    """Stream documents to a new index folder; see :class:`TokenIndex`."""
    with write_directory(path) as folder:
        docnos: dict[str, None] = {}
        lengths: list[int] = []
        models: set[str] = set()
        dim = 0
        with (folder / "tokens.f16").open("wb") as tokens:
            for document in documents:
                docno, embeddings = _checked(document, docnos, dim)
                dim = dim or embeddings.shape[1]
                docnos[docno] = None
                lengths.append(len(embeddings))
                models.add(document["embs_model"])
                if len(models) > 1:
                    raise InputError(f"docno {docno}: encoded by another model; encode all by one")
                tokens.write(embeddings.tobytes())
        if not docnos:
            raise InputError(f"{path}: no document to index; check the collection")
        np.save(folder / "lengths.npy", np.array(lengths, dtype=np.int32), allow_pickle=False)
        (folder / "docnos.txt").write_text("".join(f"{d}\n" for d in docnos), encoding="utf-8")
        metadata = {
            "type": "token_index",
            "format": FORMAT,
            "package_hint": "optical-pt",
            "version": VERSION,
            "n_docs": len(docnos),
            "n_tokens": sum(lengths),
            "dim": dim,
            "embs_model": models.pop(),
        }
        (folder / METADATA).write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def _checked(document: dict[str, Any], seen: dict[str, None], dim: int) -> tuple[str, np.ndarray]:
    docno = document.get("docno")
    if not isinstance(docno, str) or docno.splitlines() != [docno]:
        raise InputError(f"docno {docno!r} after {len(seen)} documents: give a one-line string")
    if docno in seen:
        raise InputError(f"docno {docno}: given twice; make docnos unique")
    for column in ("doc_embs", "embs_model"):
        if column not in document:
            raise InputError(f"docno {docno}: no {column!r}; put model.doc_encoder() >> before")
    embeddings = np.asarray(document["doc_embs"], dtype="<f2")
    if embeddings.ndim != 2 or (dim and embeddings.shape[1] != dim):
        raise InputError(f"docno {docno}: embeddings of shape {embeddings.shape}, not (n, {dim})")
    if not np.isfinite(embeddings).all():
        raise InputError(f"docno {docno}: an embedding is not finite in float16; check the model")
    return docno, embeddings
