"""What transformers of queries ask of a query, and leave of it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError

# What transformers before made of the query that is no longer there.
_STALE = ["query_toks", "query_embs", "embs_model"]


def query_text(qid: object, query: object) -> str:
    """The query itself, if it is a text.

    Raises:
        InputError: if it is none, such as None or NaN.

    >>> query_text("1", "ina Kano take")
    'ina Kano take'
    """
    if not isinstance(query, str):
        raise InputError(f"qid {qid}: the query is {query!r}, which is no text; fill it")
    return query


def require_distinct_qids(queries: pd.DataFrame) -> None:
    """Raise :class:`~optical_pt.errors.InputError` if a query has no qid, or two have the same.

    >>> require_distinct_qids(pd.DataFrame({"qid": ["1", "2"]}))
    """
    missing = queries["qid"].isna().to_numpy()
    if missing.any():
        row = int(missing.argmax())
        raise InputError(f"row {row} of the queries has the qid {queries['qid'].iloc[row]!r}: "
                         "give it one")  # fmt: skip
    repeated = queries["qid"][queries["qid"].duplicated()]
    if len(repeated):
        raise InputError(
            f"qid {repeated.iloc[0]!r} occurs twice among the queries: make qids unique"
        )


def replace_query(frame: pd.DataFrame, queries: Sequence[str]) -> pd.DataFrame:
    """A frame with other queries; those before go to ``query_0``, and theirs to ``query_1``.

    Tokens and embeddings of the queries before are left out, or else what reads them would search
    with the old query.

    >>> frame = pd.DataFrame({"qid": ["1"], "query": ["ruwa"], "query_toks": [{"rain": 1.0}]})
    >>> replace_query(frame, ["water"]).iloc[0].to_dict()
    {'qid': '1', 'query_0': 'ruwa', 'query': 'water'}
    """
    out = pt.model.push_queries(frame.drop(columns=_STALE, errors="ignore"))
    out["query"] = pd.Series(list(queries), index=frame.index, dtype=object)
    return out
