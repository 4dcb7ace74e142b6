"""BM25 by PISA (pyterrier-pisa): no Java."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from optical_pt.bm25.engines import DEFAULT_B, DEFAULT_K1, read_term_file

if TYPE_CHECKING:
    import pyterrier as pt

# PISA has no query weights, it counts how often a term is repeated: weights are rounded to
# thousandths of the query's greatest one.
_WEIGHT_STEPS = 1000


class PisaEngine:
    """An :class:`~optical_pt.bm25.engines.Engine` on a directory of PISA files."""

    def __init__(self, directory: Path):
        self.directory = directory
        self._retrievers: dict[tuple[float, float], pt.Transformer] = {}

    def build(self, term_file: Path) -> None:
        """Index ``term_file``; see :class:`~optical_pt.bm25.engines.Engine`."""
        with _quiet():
            self._index(self.directory).index(read_term_file(term_file))
        self._retriever(DEFAULT_K1, DEFAULT_B)  # its files become part of the finished index

    def __len__(self) -> int:
        return self._index(self.directory).num_docs()

    def search(
        self, queries: Mapping[int, Mapping[str, float]], num_results: int, k1: float, b: float
    ) -> pd.DataFrame:
        """Score ``queries``; see :class:`~optical_pt.bm25.engines.Engine`."""
        retriever = self._retriever(k1, b)
        retriever.num_results = num_results
        scales = {row: _scale(weights) for row, weights in queries.items()}
        repeated = [
            {term: float(round(weight * scales[row])) for term, weight in weights.items()}
            for row, weights in queries.items()
        ]
        found = retriever(
            pd.DataFrame({"qid": list(queries), "query_toks": pd.Series(repeated, dtype=object)})
        )
        score = found["score"].astype("float64") / found["qid"].map(scales).astype("float64")
        return pd.DataFrame({"row": found["qid"], "docno": found["docno"], "score": score})

    def _index(self, directory: Path):
        import pyterrier_pisa

        return pyterrier_pisa.PisaIndex(
            str(directory), text_field="text", stemmer="none", stops="none"
        )

    def _retriever(self, k1: float, b: float) -> pt.Transformer:
        """PISA writes files for each (k1, b) on first use, in place: let it do so beside the index.

        So an interrupted first use leaves no half-written file behind, two processes do not write
        the same file, and an index that may not be written to still serves any (k1, b).
        """
        if (k1, b) not in self._retrievers:
            writable = os.access(self.directory, os.W_OK)
            with tempfile.TemporaryDirectory(
                dir=self.directory.parent if writable else None
            ) as tmp:
                for file in self.directory.iterdir():
                    (Path(tmp) / file.name).symlink_to(file.resolve())
                with _quiet():
                    # ranked_or adds up a document's terms in one fixed order, so that equal
                    # documents get equal scores at any cut-off; the dynamic pruning ones do not.
                    retriever = self._index(Path(tmp)).bm25(
                        k1=k1, b=b, query_weighted=True, toks_scale=1, query_algorithm="ranked_or"
                    )
                new = [file for file in Path(tmp).iterdir() if not file.is_symlink()]
                for file in new if writable else []:
                    os.replace(file, self.directory / file.name)
            self._retrievers[k1, b] = retriever
        return self._retrievers[k1, b]


def _scale(weights: Mapping[str, float]) -> float:
    if all(float(weight).is_integer() and weight <= _WEIGHT_STEPS for weight in weights.values()):
        return 1.0  # plain term counts stay exact
    return _WEIGHT_STEPS / max(weights.values())


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Discard what PISA's C++ code writes to the terminal: thousands of progress messages."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with open(os.devnull, "w") as null:
        os.dup2(null.fileno(), 1)
        os.dup2(null.fileno(), 2)
    try:
        yield
    finally:
        for target, original in zip((1, 2), saved, strict=True):
            os.dup2(original, target)
            os.close(original)
