"""Rank consistency of queries over their translations, as a measure of a run."""

from __future__ import annotations

from typing import ClassVar

import pandas as pd
from ir_measures import ParamInfo

from optical_pt.errors import InputError
from optical_pt.measures.query_measure import QueryMeasure
from optical_pt.measures.rank_consistency import rank_consistency


class Consistency(QueryMeasure):
    """How alike a query's ranking is to those of its translations in the same run.

    The mean rank-biased overlap with the rankings of the other languages, see
    :func:`~optical_pt.measures.rank_consistency`, which takes a run a language and tells which
    languages agree. 1 is the same ranking in all languages. It does not ask whether results are
    relevant.

    Its value is that of all judged queries of a run together: give :func:`pyterrier.Experiment` no
    ``batch_size``, and do not read or test its values query by query.

    Args:
        queries: :class:`~optical_pt.measures.QueryFacts` with ``language`` and ``query``, by which
            translations know each other.
        cutoff: k; ``measure @ k`` sets it. 100 by default.
        persistence: RBO's p. 0.9 by default.

    Raises:
        InputError: when measuring, if a query has no translation among those that are measured,
            or two qids ask one query in one language.

    >>> from ir_measures import Qrel, ScoredDoc
    >>> asked = pd.DataFrame(
    ...     {"qid": ["de1", "sw1"], "query": ["1", "1"], "language": ["de", "sw"]}
    ... )
    >>> qrels = [Qrel("de1", "a", 1), Qrel("sw1", "a", 1)]
    >>> run = [ScoredDoc("de1", "a", 2.0), ScoredDoc("de1", "b", 1.0)]
    >>> run += [ScoredDoc("sw1", "b", 2.0), ScoredDoc("sw1", "a", 1.0)]
    >>> measure = Consistency(queries=asked, persistence=0.5) @ 10
    >>> round(measure.calc_aggregate(qrels, run), 4)  # (0 + 0.5 * 1) / (1 + 0.5)
    0.3333
    """

    NAME = "Consistency"
    PRETTY_NAME = "Rank consistency"
    SHORT_DESC = "Overlap of a query's ranking with those of its translations."
    SUPPORTED_PARAMS: ClassVar[dict[str, ParamInfo]] = {
        **QueryMeasure.SUPPORTED_PARAMS,
        "cutoff": ParamInfo(dtype=int, desc="ranking cutoff threshold"),
        "persistence": ParamInfo(dtype=float, desc="p of rank-biased overlap"),
    }

    def per_query(self, qids: pd.Index, qrels: pd.DataFrame, run: pd.DataFrame) -> pd.Series:
        """The mean overlap of each qid's ranking with its translations'."""
        facts = self.params["queries"]
        asked = pd.DataFrame({name: facts.of(qids, name) for name in ("language", "query")})
        alone = ~asked["query"].duplicated(keep=False)
        if alone.any():
            raise InputError(
                f"qid {alone.index[alone.to_numpy()][0]!r} has no translation among the queries "
                "that are measured: leave it out, or add one"
            )
        languages = list(asked["language"].unique())
        if len(languages) < 2:
            raise InputError("the queries are of one language: give at least two to compare")
        spoken = run["qid"].map(asked["language"])
        pairs = rank_consistency(
            {language: run[spoken == language] for language in languages},
            queries={
                language: asked["query"][asked["language"] == language].to_dict()
                for language in languages
            },
            cutoff=self.params.get("cutoff", 100),
            persistence=self.params.get("persistence", 0.9),
        ).pairs
        sides = [pairs.rename(columns={f"language_{side}": "language"}) for side in "ab"]
        means = pd.concat(sides).groupby(["query", "language"])["overlap"].mean()
        keys = pd.MultiIndex.from_frame(asked[["query", "language"]])
        return pd.Series(means.reindex(keys).to_numpy(), index=qids)
