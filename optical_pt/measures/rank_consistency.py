"""Whether a query gets the same ranking in whatever language it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from optical_pt.errors import InputError
from optical_pt.ranking import add_ranks


@dataclass(frozen=True, eq=False)
class RankConsistency:
    """The overlap of the rankings of each query in each two languages.

    Attributes:
        pairs: Columns ``query, language_a, language_b, overlap``, by language and query.
        cutoff: Documents of each ranking that were compared.
        persistence: RBO's p.
    """

    pairs: pd.DataFrame
    cutoff: int
    persistence: float

    @property
    def mean(self) -> float:
        """The mean over queries; NaN if no query was asked in two languages."""
        return float(self.per_query().mean())

    def per_query(self) -> pd.Series:
        """The mean over the language pairs of each query (the index)."""
        return self.pairs.groupby("query")["overlap"].mean()

    def per_language(self) -> pd.Series:
        """The mean overlap of each language (the index) with the others."""
        return self.matrix().mean(axis=1)

    def matrix(self) -> pd.DataFrame:
        """The mean over queries for each two languages; symmetric, the diagonal NaN."""
        both = pd.concat(
            [self.pairs, self.pairs.rename(columns=_SWAPPED)], ignore_index=True
        ).rename(columns={"language_a": "language", "language_b": "other"})
        return both.pivot_table(
            index="language", columns="other", values="overlap", aggfunc="mean", sort=False
        ).pipe(lambda table: table[table.index])


_SWAPPED = {"language_a": "language_b", "language_b": "language_a"}


def rank_consistency(
    runs: Mapping[str, pd.DataFrame],
    *,
    queries: Mapping[str, Mapping[str, str]] | None = None,
    cutoff: int = 100,
    persistence: float = 0.9,
) -> RankConsistency:
    r"""Compare the rankings that a system gives to the translations of a query.

    The consistency of a query is its mean over pairs of languages, as in the mean rank correlation
    of Yang, Jiang and Baldwin (2024, https://arxiv.org/abs/2509.06195), of the rank-biased overlap
    (Webber, Moffat and Zobel, TOIS 2010, eq. 4) of the two rankings, cut at depth D and divided by
    what identical rankings get:

    .. math::
        \mathrm{RBO}(S, T) = \frac{\sum_{d=1}^{D} p^{d-1} A_d}{\sum_{d=1}^{D} p^{d-1}},
        \qquad A_d = \frac{|S_{:d} \cap T_{:d}|}{d}

    D is the cutoff, or the length of the longer ranking if that is less. Overlap and not a rank
    correlation, because the top k of two languages hold different documents: Kendall's tau and
    Spearman's rho need ranks for those that one lacks, count a swap at rank 90 as one at rank 1,
    and fall below 0 for rankings that share nothing. With p = 0.9 the first 10 ranks decide 86%.

    A ranking is what was retrieved, in full: documents that only one of the two has are not agreed
    on. An empty ranking has overlap 0 even with another: a system is not consistent because it
    finds nothing.

    Args:
        runs: The results of each language, with ``qid, docno, score``. Ties break by docno.
        queries: For each language, what query each qid asks. By default equal qids ask the same
            query in all languages; only queries with results in some language are then known, and
            each counts as asked in every language.
        cutoff: k.
        persistence: p, between 0 and 1.

    Raises:
        InputError: on fewer than two languages, a language or qid that ``queries`` lacks, two qids
            of a language for one query, a document twice in a ranking, or a parameter out of range.

    >>> runs = {
    ...     "de": pd.DataFrame({"qid": "q", "docno": ["a", "b"], "score": [2.0, 1.0]}),
    ...     "sw": pd.DataFrame({"qid": "q", "docno": ["b", "a"], "score": [2.0, 1.0]}),
    ... }
    >>> round(rank_consistency(runs, persistence=0.5).mean, 4)  # (0 + 0.5 * 1) / (1 + 0.5)
    0.3333
    """
    if len(runs) < 2:
        raise InputError(f"runs of {len(runs)} language: give at least two to compare")
    if cutoff < 1:
        raise InputError(f"cutoff {cutoff}: it must be at least 1")
    if not 0 < persistence < 1:
        raise InputError(f"persistence {persistence}: it must be between 0 and 1")
    if queries is None:
        asked = {qid: qid for run in runs.values() for qid in run["qid"]}
        queries = dict.fromkeys(runs, asked)
    for language in runs:
        if language not in queries:
            raise InputError(f"queries lack language {language!r}: say what its qids ask")
    rankings = {
        language: _rankings(run, queries[language], language, cutoff)
        for language, run in runs.items()
    }
    frames = []
    for a, b in combinations(runs, 2):
        asked_in_b = set(queries[b].values())
        asked_in_both = [query for query in queries[a].values() if query in asked_in_b]
        overlap = _overlap(rankings[a], rankings[b], persistence, cutoff)
        overlap = overlap.reindex(sorted(asked_in_both), fill_value=0.0)
        columns = {"query": overlap.index, "language_a": a, "language_b": b}
        frames.append(pd.DataFrame({**columns, "overlap": overlap.to_numpy(dtype=float)}))
    return RankConsistency(pd.concat(frames, ignore_index=True), cutoff, persistence)


def _rankings(
    run: pd.DataFrame, asks: Mapping[str, str], language: str, cutoff: int
) -> pd.DataFrame:
    """The top of a run as ``query, docno, depth``; depths start at 1."""
    sources: dict[str, str] = {}
    for qid, query in asks.items():
        if sources.setdefault(query, qid) != qid:
            raise InputError(
                f"qids {sources[query]!r} and {qid!r} of language {language!r} both ask query "
                f"{query!r}: keep one"
            )
    unknown = run["qid"][~run["qid"].isin(list(asks))]
    if len(unknown):
        raise InputError(
            f"qid {unknown.iloc[0]!r} of language {language!r} is not in queries: say what it asks"
        )
    twice = run[run.duplicated(["qid", "docno"])]
    if len(twice):
        first = twice.iloc[0]
        raise InputError(
            f"run of language {language!r} has docno {first['docno']!r} of qid {first['qid']!r} "
            "twice: keep one"
        )
    top = add_ranks(run, cutoff)
    depth = top["rank"] + 1
    return top.assign(query=top["qid"].map(asks), depth=depth)[["query", "docno", "depth"]]


def _overlap(a: pd.DataFrame, b: pd.DataFrame, persistence: float, cutoff: int) -> pd.Series:
    """RBO of each query that has results in either ranking."""
    weights = persistence ** np.arange(cutoff)
    # up_to[d] sums over depths 1..d; a common document counts from the deeper of its ranks on.
    up_to = np.concatenate([[0.0], np.cumsum(weights / np.arange(1, cutoff + 1))])
    total = np.concatenate([[0.0], np.cumsum(weights)])
    depth = pd.concat([a, b]).groupby("query")["depth"].max()
    common = a.merge(b, on=["query", "docno"])
    deeper = common[["depth_x", "depth_y"]].max(axis=1).to_numpy(dtype=int)
    last = common["query"].map(depth).to_numpy(dtype=int)
    gained = pd.Series(up_to[last] - up_to[deeper - 1], index=common.index)
    agreed = gained.groupby(common["query"]).sum().reindex(depth.index, fill_value=0.0)
    # Sums of floats: identical rankings may come out at 1 + 1e-16.
    return (agreed / total[depth.to_numpy()]).clip(upper=1.0)
