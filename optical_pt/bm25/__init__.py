"""BM25 with PISA or Terrier behind one constructor, for text in any script."""

from __future__ import annotations

from optical_pt.bm25.collection import documents_sha256, write_terms
from optical_pt.bm25.index import BM25Index, BM25Metadata, bm25_index, open_bm25_index
from optical_pt.bm25.retriever import BM25Retriever
from optical_pt.bm25.terms import index_terms, weighted_terms
from optical_pt.bm25.tokenise import words

__all__ = [
    "BM25Index",
    "BM25Metadata",
    "BM25Retriever",
    "bm25_index",
    "documents_sha256",
    "index_terms",
    "open_bm25_index",
    "weighted_terms",
    "words",
    "write_terms",
]
