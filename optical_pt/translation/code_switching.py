"""Code-switched queries: some of their words in another language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.query_text import query_text, replace_query


class Unit(NamedTuple):
    """A word or phrase of a query.

    Attributes:
        start: Its first character in the query.
        end: The character after its last.
        choices: What it can be switched to; empty where that is not known.
    """

    start: int
    end: int
    choices: tuple[str, ...]


class Switches(Protocol):
    """What knows the other language's words for those of a query.

    :class:`~optical_pt.translation.WordLexicon` and
    :class:`~optical_pt.translation.AlignedQueries` do.
    """

    def units(self, qid: str, query: str) -> Sequence[Unit]:
        """The words and phrases of a query, in order."""


class CodeSwitch(pt.Transformer):
    """Switches a share of each query's words to another language; the original goes to ``query_0``.

    The words to switch are drawn at random, and those among them that the other language's word is
    known for are replaced in place (one of several words at random, after CoSDA-ML: Qin et al.,
    IJCAI 2020); for retrieval see Litschko et al., "Boosting Zero-shot Cross-lingual Retrieval by
    Training on Artificially Code-Switched Data", Findings of ACL 2023. Everything else, such as
    names and punctuation, stays as it is.

    What is drawn depends on the seed and the qid alone. Words that are switched at a share are
    switched, to the same, at every greater one.

    Args:
        switches: Knows the other language's words.
        share: Of the query's words and phrases to switch, from 0 (none) to 1 (all).
        seed: Of the draw.

    Raises:
        InputError: if the share is not within [0, 1]; in use, if a query is no text.

    >>> from optical_pt.translation import WordLexicon
    >>> lexicon = WordLexicon("ha", "en", {"ruwa": ["water"], "ina": ["where"]})
    >>> queries = pd.DataFrame({"qid": ["1"], "query": ["Ina ruwa a Kano?"]})
    >>> CodeSwitch(lexicon, 1.0)(queries).iloc[0].to_dict()
    {'qid': '1', 'query_0': 'Ina ruwa a Kano?', 'query': 'where water a Kano?'}
    """

    def __init__(self, switches: Switches, share: float, *, seed: int = 0):
        super().__init__()
        if not 0 <= share <= 1:
            raise InputError(f"share {share}: give a share of the words, from 0 to 1")
        self.switches = switches
        self.share = share
        self.seed = seed

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Switch words in ``query`` of a frame with ``qid`` and ``query``."""
        pt.validate.columns(inp, includes=["qid", "query"])
        switched = [
            self._switch(qid, query) for qid, query in zip(inp["qid"], inp["query"], strict=True)
        ]
        return replace_query(inp, switched)

    def _switch(self, qid: str, query: object) -> str:
        query = query_text(qid, query)
        units = self.switches.units(qid, query) if self.share else []
        # A string seeds the same numbers in every process and on every machine.
        rng = random.Random(f"{self.seed} {qid}")
        order = sorted(range(len(units)), key=[rng.random() for _ in units].__getitem__)
        # Drawn for all, so that a word is switched to the same at every share.
        drawn = [rng.choice(unit.choices) if unit.choices else None for unit in units]
        for place in sorted(order[: int(self.share * len(units) + 0.5)], reverse=True):
            if drawn[place] is not None:
                query = _replace(query, units[place], drawn[place])
        return query

    def _settings(self) -> tuple[object, ...]:
        return (self.switches, self.share, self.seed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CodeSwitch) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def __repr__(self) -> str:
        return f"CodeSwitch({self.switches!r}, {self.share}, seed={self.seed})"


def _replace(text: str, unit: Unit, new: str) -> str:
    """Put a word in a unit's place, parted from letters that stood beside it without a space."""
    before, after = text[: unit.start], text[unit.end :]
    left = " " if before[-1:].isalnum() else ""
    right = " " if after[:1].isalnum() else ""
    return f"{before}{left}{new}{right}{after}"
