"""BM25 by Terrier (``pt.terrier``): starts a JVM on first use; the first time fetches Terrier."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pyterrier as pt

from optical_pt.bm25.engines import read_term_file
from optical_pt.errors import InputError

# Terrier gives a term of more than half of the documents a negative score, PISA one of almost zero.
# This share of the query's greatest weight is the least that Terrier's query language can write.
_ALMOST_ZERO = 1e-6

# Terrier divides a query's weights by the greatest one. This term, which no text has (codes of 20
# characters begin with x), is always there with weight 1, so that the other weights stay as given.
_ANCHOR = "q" * 20


def start_terrier() -> None:
    """Start the JVM with Terrier in it, unless it runs already.

    Raises:
        InputError: if there is no Java, or Terrier has to be fetched and Maven Central is not
            reached.
    """
    if pt.java.started():
        return
    try:
        pt.java.init()
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[0]
        raise InputError(
            f"Terrier cannot start ({reason}): install Java 11 or later and allow access to Maven "
            "Central, or use engine='pisa'"
        ) from None


class TerrierEngine:
    """An :class:`~optical_pt.bm25.engines.Engine` on a directory of Terrier files."""

    def __init__(self, directory: Path):
        self.directory = directory
        self._index = pt.terrier.TerrierIndex(str(directory))

    def build(self, term_file: Path) -> None:
        """Index ``term_file``; see :class:`~optical_pt.bm25.engines.Engine`."""
        start_terrier()
        # The docno column has a fixed width, and Terrier cuts longer ones.
        width = max(len(doc["docno"].encode("utf-8")) for doc in read_term_file(term_file))
        indexer = pt.terrier.IterDictIndexer(
            str(self.directory),
            meta={"docno": width},
            tokeniser="whitespace",
            stemmer=None,
            stopwords=None,
        )
        indexer.index(read_term_file(term_file))

    def __len__(self) -> int:
        return len(self._index)

    def search(
        self, queries: Mapping[int, Mapping[str, float]], num_results: int, k1: float, b: float
    ) -> pd.DataFrame:
        """Score ``queries``; see :class:`~optical_pt.bm25.engines.Engine`."""
        start_terrier()
        retriever = pt.terrier.Retriever(
            self._index,
            wmodel="BM25",
            num_results=num_results,
            controls={
                "bm25.k_1": k1,
                "bm25.b": b,
                "bm25.k_3": 1e9,  # query weights count linearly, as they do in PISA
                "applypipeline": "off",  # terms are finished: no stopwords, no stemmer
            },
        )
        # Weights go in as shares of the greatest, and Terrier's logarithms are to base 2.
        scales = {row: max(weights.values()) * math.log(2) for row, weights in queries.items()}
        weighted = [self._shares(weights) for weights in queries.values()]
        found = retriever(
            pd.DataFrame(
                {
                    "qid": [str(row) for row in queries],
                    "query_toks": pd.Series(weighted, dtype=object),
                }
            )
        )
        row = found["qid"].astype(int)
        # Negative scores are those of documents with none but almost-zero terms: see _shares.
        score = found["score"].astype("float64").abs() * row.map(scales).astype("float64")
        return pd.DataFrame({"row": row, "docno": found["docno"], "score": score})

    def _shares(self, weights: Mapping[str, float]) -> dict[str, float]:
        """Weights as shares of the greatest, those of terms with a negative score almost zero."""
        lexicon, half = self._index.lexicon(), len(self) / 2
        greatest = max(weights.values())
        shares = {_ANCHOR: 1.0}
        for term, weight in weights.items():
            entry = lexicon.getLexiconEntry(term)
            common = entry is not None and entry.getDocumentFrequency() > half
            shares[term] = _ALMOST_ZERO if common else max(weight / greatest, _ALMOST_ZERO)
        return shares
