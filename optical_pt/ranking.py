"""Ranks that do not depend on the order of rows."""

from __future__ import annotations

import pandas as pd


def add_ranks(results: pd.DataFrame, num_results: int | None = None) -> pd.DataFrame:
    """Sort results by qid (as first seen), descending score, then docno, and number them from 0.

    Args:
        results: with columns qid, docno, score; a ``rank`` column is replaced.
        num_results: keep at most this many per query.

    >>> frame = pd.DataFrame({"qid": ["1"] * 3, "docno": ["b", "a", "c"], "score": [1.0, 1.0, 2.0]})
    >>> add_ranks(frame)["docno"].tolist()
    ['c', 'a', 'b']
    """
    order = pd.Series(pd.factorize(results["qid"])[0], index=results.index)
    ranked = (
        results.assign(_order=order)
        .sort_values(["_order", "score", "docno"], ascending=[True, False, True], kind="stable")
        .drop(columns="_order")
        .reset_index(drop=True)
    )
    ranked["rank"] = ranked.groupby("qid", sort=False).cumcount()
    if num_results is not None:
        ranked = ranked[ranked["rank"] < num_results].reset_index(drop=True)
    return ranked
