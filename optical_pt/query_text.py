"""What transformers of queries ask of a query."""

from __future__ import annotations

from optical_pt.errors import InputError


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
