"""Queries as frames."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True, eq=False)
class JudgedTopics:
    """The queries of one language that can be evaluated: those with at least one judgment.

    Attributes:
        language: of the queries.
        topics: frame of qid, query.
        qrels: frame of qid, docno, label for exactly these qids.
        english: frame of qid, query with a human English version of each, or None.
        unjudged: qids that were left out, as no line of the qrels judges them.
    """

    language: str
    topics: pd.DataFrame
    qrels: pd.DataFrame
    english: pd.DataFrame | None
    unjudged: tuple[str, ...]


def topic_frame(queries: Mapping[str, str]) -> pd.DataFrame:
    """A frame of qid, query in the order of the mapping; texts are NFC-normalised.

    >>> topic_frame({"q1": "Cafe\\u0301"})["query"].tolist()
    ['Café']
    """
    return pd.DataFrame({"qid": list(queries), "query": [nfc(text) for text in queries.values()]})


def nfc(text: str) -> str:
    """A text whose letters have their marks in one character where there is one."""
    return unicodedata.normalize("NFC", text)
