"""What is known of queries, as a parameter of a measure."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.measures.named_content import NamedContent


class QueryFacts(NamedContent):
    """A table of one row a qid, such as the language that it is asked in.

    Equal where the tables are equal, in whatever order rows and columns are. In the name of a
    measure it stands as its name and the first digits of a hash of its content, as
    :class:`~optical_pt.measures.DocLanguages` does.

    Args:
        table: Columns ``qid`` and whatever a measure asks for: ``language``; ``query``, which equal
            queries of several languages share; ``group``, ``"low"`` or ``"other"``; ``ceiling``,
            the score of the human English version.
        name: Of the queries, for people.

    Raises:
        InputError: if there is no qid, or one is there twice.

    >>> facts = QueryFacts(pd.DataFrame({"qid": ["1", "2"], "language": ["ha", "zu"]}))
    >>> facts
    queries-f68644
    >>> facts.of(["2"], "language").tolist()
    ['zu']
    """

    def __init__(self, table: pd.DataFrame, name: str = "queries") -> None:
        if "qid" not in table.columns or table.empty:
            raise InputError(f"{name}: no qids; give a table with a column qid")
        twice = table["qid"][table["qid"].duplicated()]
        if len(twice):
            raise InputError(f"{name}: qid {twice.iloc[0]!r} is there twice; keep one row")
        self._table = table.set_index("qid")
        self.name = name

    def __contains__(self, column: str) -> bool:
        return column in self._table.columns

    def of(self, qids: Iterable[str], column: str) -> pd.Series:
        """What a column says of each qid, which is the index.

        Raises:
            InputError: if there is no such column, or it says nothing of a qid.
        """
        if column not in self:
            raise InputError(f"{self.name}: no column {column!r}; add it to the QueryFacts")
        found = self._table[column].reindex(list(qids))
        if found.isna().any():
            qid = found.index[found.isna()][0]
            raise InputError(f"{self.name}: no {column} of qid {qid!r}; add it to the QueryFacts")
        return found

    def _content(self) -> str:
        return self._table.sort_index().sort_index(axis="columns").to_csv()
