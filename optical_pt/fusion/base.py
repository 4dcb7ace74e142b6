"""What all fusions share: run the systems on the same queries, add up their scores, rank."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, ClassVar

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.query_text import require_distinct_qids
from optical_pt.ranking import add_ranks


class Fusion(pt.Transformer):
    """Run each system on the same frame and rank documents by the sum of their contributions.

    Given queries, the systems retrieve; given results, they rerank, and only documents of the input
    are kept. The output has the columns of the INPUT (a system may rewrite ``query`` on its way),
    and docno, score, rank; ties rank by docno. A document that a system did not return gets
    nothing from it; a query for which no system returns anything has no rows. If a system
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
        """Run all systems on the queries or results ``inp`` and fuse.

        Raises:
            InputError: if a query, or a document of a query's results, is there twice, or a system
                returns no qid, docno or score.
        """
        pt.validate.columns(inp, includes=["qid"])
        inp = inp.reset_index(drop=True)  # an index named like a column confuses pandas
        if "docno" in inp.columns:
            key = ["qid", "docno"]
            _require_distinct_results(inp)
        else:
            key = ["qid"]
            require_distinct_qids(inp)
        parts = []
        for number, system in enumerate(self.systems):
            results = self._ranked(system(inp.copy()), number)
            parts.append(
                results[["qid", "docno"]].assign(score=self.contributions(results, number))
            )
        total = pd.concat(parts).groupby(["qid", "docno"], as_index=False)["score"].sum()
        # So that equal sums are equal in whatever order they were added, and tie.
        total["score"] = total["score"].round(12)
        given = inp.drop(columns=["score", "rank"], errors="ignore")
        return add_ranks(given.merge(total, on=key), self.num_results)

    def transform_inputs(self) -> list[list[str]]:
        """Column configurations that suit all systems, for ``pt.inspect``."""
        each = [pt.inspect.transformer_inputs(s, strict=False) or [["qid"]] for s in self.systems]
        configurations: list[list[str]] = []
        for choice in itertools.product(*each):
            columns = list(dict.fromkeys(["qid", *itertools.chain(*choice)]))
            if columns not in configurations:
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
        return add_ranks(best)

    def _settings(self) -> tuple[Any, ...]:
        return type(self), self.systems, self.num_results

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fusion):
            return NotImplemented
        return self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())


def _require_distinct_results(results: pd.DataFrame) -> None:
    repeated = results[results.duplicated(["qid", "docno"])]
    if len(repeated):
        qid, docno = repeated["qid"].iloc[0], repeated["docno"].iloc[0]
        raise InputError(f"docno {docno!r} is there twice for qid {qid!r}: keep one of the rows")
