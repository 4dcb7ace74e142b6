"""The BM25 retriever: queries in, ranked documents out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyterrier as pt

from optical_pt.bm25.terms import index_terms, weighted_terms
from optical_pt.errors import InputError
from optical_pt.query_text import require_distinct_qids

if TYPE_CHECKING:
    from optical_pt.bm25.index import BM25Index

# Results asked for beyond num_results, so that ties at the end of the ranking are seldom cut.
_SPARE_RESULTS = 32


class BM25Retriever(pt.Transformer):
    """Retrieve with BM25 (Robertson et al., TREC-3): qid, query -> + docno, score, rank.

    Queries are plain text in any script: they are analysed as the documents were, and no character
    or word has a special meaning. A column ``query_toks`` (word -> weight >= 0, plain words, which
    get the same analysis) makes weighted queries, in both engines, and then ``query`` is not
    read: the score is the sum of weight x BM25 score of each word's terms. PISA rounds weights
    to thousandths of the query's greatest weight.

    A query without any term (empty, only punctuation, only English stopwords) or with no matching
    document has no rows in the result. Ties rank by docno. All query columns are kept.

    Args:
        index: from :func:`~optical_pt.bm25.bm25_index` or :func:`~optical_pt.bm25.open_bm25_index`.
        num_results: how many documents to return a query, at most.
        k1: term frequency saturation.
        b: length normalisation, 0 to 1.

    Raises:
        InputError: if an option is out of range; in use, if two rows have the same qid, or a
            query is not a string or a query_toks not a dict of weights >= 0.
    """

    def __init__(self, index: BM25Index, *, num_results: int, k1: float, b: float):
        if num_results < 1:
            raise InputError(f"num_results={num_results}: use 1 or more")
        if not (k1 >= 0 and 0 <= b <= 1):
            raise InputError(f"k1={k1}, b={b}: use k1 >= 0 and b between 0 and 1")
        self.index = index
        self.num_results = num_results
        self.k1 = k1
        self.b = b

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Retrieve for each row of ``inp``."""
        with pt.validate.any(inp) as v:
            v.query_frame(extra_columns=["query"])
            v.query_frame(extra_columns=["query_toks"])
        require_distinct_qids(inp)
        queries = dict(enumerate(self._queries(inp)))
        found = self._search({row: terms for row, terms in queries.items() if terms})
        kept = inp.drop(columns=["score", "rank"], errors="ignore")
        result = kept.iloc[found["row"].to_numpy()].reset_index(drop=True)
        return result.assign(
            docno=found["docno"].to_numpy(),
            score=found["score"].to_numpy(),
            rank=found["rank"].to_numpy(),
        )

    def fuse_rank_cutoff(self, k: int) -> BM25Retriever:
        """Return this retriever with at most ``k`` results (``retriever % k``)."""
        if k >= self.num_results:
            return self
        return BM25Retriever(self.index, num_results=k, k1=self.k1, b=self.b)

    def schematic(self, *, input_columns: list[str] | None = None) -> dict[str, Any]:
        """Label the box in a pipeline's drawing."""
        return {"label": f"BM25 {self.index.metadata.engine}"}

    def _queries(self, inp: pd.DataFrame) -> list[Mapping[str, float]]:
        language = self.index.metadata.language
        if "query_toks" in inp.columns:
            return [
                _weighted(qid, toks, language)
                for qid, toks in zip(inp["qid"], inp["query_toks"], strict=True)
            ]
        for qid, query in zip(inp["qid"], inp["query"], strict=True):
            if not isinstance(query, str):
                raise InputError(f"query {qid!r} is {query!r}: give a string")
        return [Counter(index_terms(query, language)) for query in inp["query"]]

    def _search(self, queries: Mapping[int, Mapping[str, float]]) -> pd.DataFrame:
        """Search until no list of results ends among documents of equal scores; rank by docno."""
        finished, depth = [], self.num_results + _SPARE_RESULTS
        while queries:
            depth = min(depth, len(self.index))
            found = self.index.engine.search(queries, depth, self.k1, self.b)
            found = found.sort_values(["row", "score", "docno"], ascending=[True, False, True])
            found["rank"] = found.groupby("row").cumcount()
            scores = found.groupby("row")["score"]
            cut_in_tie = (
                (scores.transform("size") == depth)
                & (scores.transform("min") == found["score"])
                & (found["rank"] < self.num_results)
                & (depth < len(self.index))
            )
            again = set(found.loc[cut_in_tie, "row"])
            finished.append(found[~found["row"].isin(again) & (found["rank"] < self.num_results)])
            queries = {row: terms for row, terms in queries.items() if row in again}
            depth *= 4
        if not finished:
            return pd.DataFrame(
                {
                    "row": pd.Series(dtype="int64"),
                    "docno": pd.Series(dtype="str"),
                    "score": pd.Series(dtype="float64"),
                    "rank": pd.Series(dtype="int64"),
                }
            )
        return pd.concat(finished).sort_values(["row", "rank"], ignore_index=True)

    def __repr__(self) -> str:
        return (
            f"BM25Retriever({self.index!r}, num_results={self.num_results}, "
            f"k1={self.k1}, b={self.b})"
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BM25Retriever):
            return NotImplemented
        return self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def _settings(self) -> tuple[Any, ...]:
        return self.index, self.num_results, self.k1, self.b


def _weighted(qid: str, toks: Any, language: str) -> dict[str, float]:
    if not isinstance(toks, dict):
        raise InputError(f"query_toks of query {qid!r} is {toks!r}: give a dict of word -> weight")
    for word in toks:
        if not isinstance(word, str):
            raise InputError(f"query_toks of query {qid!r} has the word {word!r}: give strings")
    try:
        return weighted_terms(toks, language)
    except (ValueError, TypeError) as error:
        raise InputError(f"query_toks of query {qid!r}: {error}; give weights >= 0") from None
