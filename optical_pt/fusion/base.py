"""What all fusions share: run the systems on the same queries, add up their scores, rank."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError


class Fusion(pt.Transformer):
    """Run each system on a query frame and rank documents by the sum of their contributions.

    The result has the columns of the INPUT queries (a system may rewrite ``query`` on its way),
    and docno, score, rank; ties rank by docno. A document that a system did not retrieve gets
    nothing from it; a query for which no system retrieves anything has no rows. If a system
    returns a document twice for a query, its best score counts. Results of a system for qids
    that are not in the input are left out.

    pyterrier_alpha's ``RRFusion`` was not used: it counts ranks from 0, breaks ties by the order of
    rows, and fails to join the rows of a document when a system rewrites ``query``.
    """

    schematic: ClassVar[dict[str, Any]]

    def __init__(self, systems: Sequence[pt.Transformer], *, num_results: int = 1000):
        if not systems:
            raise InputError("fusion of no systems: give at least one")
        for number, system in enumerate(systems, start=1):
            if not isinstance(system, pt.Transformer):
                raise InputError(f"fused system {number} is {system!r}: give a pt.Transformer")
        if num_results < 1:
            raise InputError(f"num_results={num_results}: use 1 or more")
        self.systems = tuple(systems)
        self.num_results = num_results

    def contributions(self, results: pd.DataFrame, number: int) -> pd.Series:
        """What each row of the ``number``-th system's ``results`` adds to its document's score.

        ``results`` has qid, docno, score and rank (from 0, ties by docno), each docno once a qid.
        """
        raise NotImplementedError

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Retrieve with all systems for the queries ``inp`` and fuse."""
        pt.validate.query_frame(inp)
        if inp["qid"].duplicated().any():
            qid = inp.loc[inp["qid"].duplicated(), "qid"].iloc[0]
            raise InputError(f"qid {qid!r} occurs twice among the queries: make qids unique")
        parts = []
        for number, system in enumerate(self.systems):
            results = self._ranked(system(inp.copy()), number)
            parts.append(
                results[["qid", "docno"]].assign(score=self.contributions(results, number))
            )
        total = pd.concat(parts).groupby(["qid", "docno"], as_index=False)["score"].sum()
        # So that equal sums are equal in whatever order they were added, and tie.
        total["score"] = total["score"].round(12)
        fused = rank_by_score(total)
        fused = fused[fused["rank"] < self.num_results]
        queries = inp.drop(columns=["score", "rank"], errors="ignore")
        queries = queries.assign(_row=np.arange(len(queries)))
        merged = queries.merge(fused, on="qid").sort_values(["_row", "rank"], ignore_index=True)
        return merged.drop(columns="_row")

    def transform_inputs(self) -> list[list[str]]:
        """Column configurations that suit all systems, for ``pt.inspect``."""
        each = [pt.inspect.transformer_inputs(s, strict=False) or [["qid"]] for s in self.systems]
        configurations: list[list[str]] = []
        for choice in itertools.product(*each):
            columns = list(dict.fromkeys(["qid", *itertools.chain(*choice)]))
            if "docno" not in columns and columns not in configurations:
                configurations.append(columns)
        return configurations

    def subtransformers(self) -> dict[str, Any]:
        """Show the systems to ``pt.inspect`` and ``pt.schematic``."""
        return {"systems": list(self.systems)}

    def _ranked(self, results: pd.DataFrame, number: int) -> pd.DataFrame:
        missing = {"qid", "docno", "score"} - set(results.columns)
        if missing:
            raise InputError(
                f"fused system {number + 1}, {self.systems[number]!r}, returned no column "
                f"{min(missing)}: fuse systems that retrieve and score"
            )
        best = results.groupby(["qid", "docno"], as_index=False)["score"].max()
        return rank_by_score(best)

    def _settings(self) -> tuple[Any, ...]:
        return type(self), self.systems, self.num_results

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fusion):
            return NotImplemented
        return self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())


def rank_by_score(results: pd.DataFrame) -> pd.DataFrame:
    """Sort by qid, falling score and docno, and number the ranks of each qid from 0."""
    ordered = results.sort_values(
        ["qid", "score", "docno"], ascending=[True, False, True], ignore_index=True
    )
    return ordered.assign(rank=ordered.groupby("qid").cumcount())
