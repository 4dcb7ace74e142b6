"""The language of each document, as a parameter of a measure."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.measures.named_content import NamedContent


class DocLanguages(NamedContent):
    """Which language each document of a multilingual pool is in.

    Equal where the languages are equal. In the name of a measure it stands as its name and the
    first digits of a hash of its content: ir-measures tells measures apart by what they print, and
    scores of one mapping must not pass for those of another.

    Args:
        languages: The language of each docno.
        name: Of the pool, for people; by default the number of languages.

    >>> languages = DocLanguages({"d1": "de", "d2": "sw"})
    >>> languages
    2langs-df8fab
    >>> languages.of_each(pd.DataFrame({"qid": ["7"], "docno": ["d2"]})).tolist()
    ['sw']
    """

    def __init__(self, languages: Mapping[str, str], name: str | None = None) -> None:
        self._languages = dict(languages)
        self.name = name if name is not None else f"{len(set(self._languages.values()))}langs"

    def of_each(self, rows: pd.DataFrame) -> pd.Series:
        """The language of the document of each row of a frame with ``qid, docno``.

        Raises:
            InputError: on the first row whose document's language is not known.
        """
        found = rows["docno"].map(self._languages)
        unknown = found.isna()
        if unknown.any():
            first = rows[unknown].iloc[0]
            raise InputError(
                f"docno {first['docno']!r} of qid {first['qid']!r} has no language: add it to the "
                "measure's DocLanguages"
            )
        return found

    def _content(self) -> str:
        return json.dumps(self._languages, sort_keys=True)
