"""What the PISA and the Terrier engine have in common, and how one is chosen by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pandas as pd

from optical_pt.errors import InputError

ENGINES = ("pisa", "terrier")

# PISA's and Anserini's defaults, for passages; both engines get the same (Terrier's own differ).
DEFAULT_K1 = 0.9
DEFAULT_B = 0.4


class Engine(Protocol):
    """An inverted index over finished terms (a-z, 0-9, at most 20 characters), and BM25 on it."""

    def build(self, term_file: Path) -> None:
        """Index a file with lines ``docno term term ...`` into this engine's new directory."""

    def __len__(self) -> int:
        """Count the documents in the index."""

    def search(
        self, queries: Mapping[int, Mapping[str, float]], num_results: int, k1: float, b: float
    ) -> pd.DataFrame:
        """Score each query (key -> term -> weight > 0); return columns row (the key), docno, score.

        At most ``num_results`` documents a query, the best ones; which of several with equal
        scores are kept at the end of the list, and their order, is up to the engine.
        """


def make_engine(name: str, directory: Path) -> Engine:
    """Return the engine called ``name`` on ``directory``; starts nothing yet."""
    if name == "pisa":
        from optical_pt.bm25.pisa import PisaEngine

        return PisaEngine(directory)
    if name == "terrier":
        from optical_pt.bm25.terrier import TerrierEngine

        return TerrierEngine(directory)
    raise InputError(f"unknown BM25 engine {name!r}: use one of {', '.join(ENGINES)}")


def read_term_file(term_file: Path) -> Iterator[dict[str, str]]:
    """Yield the lines ``docno term term ...`` as the dicts that PyTerrier indexers take."""
    with open(term_file, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            docno, _, text = line.rstrip("\n").partition(" ")
            yield {"docno": docno, "text": text}
