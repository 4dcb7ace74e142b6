"""Words of queries and of their human versions in another language, by optimal transport."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.translation.code_switching import Unit
from optical_pt.translation.words import word_spans

if TYPE_CHECKING:
    from optical_pt.models import LateInteraction
    from optical_pt.ot import Alignment, Strategy

_INTO = ("english", "foreign")


class AlignedQueries:
    """The words of queries' human versions in another language, for those of the queries.

    The student's tokens of the foreign text and the teacher's of the English one are aligned as in
    distillation (:func:`optical_pt.ot.align`). The plan's masses are summed by words, and every
    word of the version goes to the query's word that it shares most mass with, as SimAlign's argmax
    (Jalili Sabet et al., Findings of EMNLP 2020) does in one direction: a query with all its words
    switched has each word of the version once. Words of the query that get none stay.

    Args:
        versions: Frame of qid, query: the versions, of the same qids as the queries.
        student: Encodes the foreign text.
        teacher: Encodes the English one.
        into: ``"english"`` if the versions are in English and the queries are not, ``"foreign"`` if
            it is the other way round.
        strategy: How the plan is found; by default entropic, with weight 0.05.

    Raises:
        InputError: if ``into`` is neither; in use, if a query has no version, or a tokenizer does
            not tell where its tokens are.

    Example::

        switch = CodeSwitch(AlignedQueries(english_topics, student, teacher), 0.5)
        mixed = switch(hausa_topics)
    """

    def __init__(
        self,
        versions: pd.DataFrame,
        student: LateInteraction,
        teacher: LateInteraction,
        *,
        into: str = "english",
        strategy: Strategy | None = None,
    ):
        pt.validate.columns(versions, includes=["qid", "query"])
        if into not in _INTO:
            raise InputError(f"into {into!r}: choose one of {', '.join(_INTO)}")
        self.versions = dict(zip(versions["qid"], versions["query"], strict=True))
        self.student = student
        self.teacher = teacher
        self.into = into
        self.strategy = strategy

    def units(self, qid: str, query: str) -> tuple[Unit, ...]:
        """The words of a query, each with those of the version that go to it."""
        if (qid, query) not in self._found:
            self._found[qid, query] = self._align(qid, query)
        return self._found[qid, query]

    @cached_property
    def _found(self) -> dict[tuple[str, str], tuple[Unit, ...]]:
        return {}

    def _align(self, qid: str, query: str) -> tuple[Unit, ...]:
        from optical_pt.ot import align

        if qid not in self.versions:
            raise InputError(f"qid {qid}: no version in the other language; add it")
        version = self.versions[qid]
        to_english = self.into == "english"
        foreign, english = (query, version) if to_english else (version, query)
        alignment = align(self.student, self.teacher, foreign, english, strategy=self.strategy)
        masses = _word_masses(alignment, foreign, english)
        masses = masses if to_english else masses.T
        given = word_spans(version)
        best = masses.argmax(axis=0) if masses.size else []
        homes: dict[int, list[tuple[int, int]]] = {}
        for place, home in enumerate(best):
            if masses[home, place] > 0:
                homes.setdefault(int(home), []).append(given[place])
        return tuple(
            Unit(start, end, _text(version, homes[place]) if place in homes else ())
            for place, (start, end) in enumerate(word_spans(query))
        )

    def _settings(self) -> tuple[object, ...]:
        versions = tuple(self.versions.items())
        return (versions, self.student, self.teacher, self.into, self.strategy)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AlignedQueries) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash(self._settings())

    def __repr__(self) -> str:
        return (
            f"AlignedQueries({len(self.versions)} versions, {self.student!r}, {self.teacher!r}, "
            f"into={self.into!r}, strategy={self.strategy!r})"
        )


def _word_masses(alignment: Alignment, foreign: str, english: str) -> np.ndarray:
    """A plan between words, ``(foreign words, english words)``."""
    rows = _tokens_of_words(foreign, alignment.foreign_spans, "student")
    columns = _tokens_of_words(english, alignment.english_spans, "teacher")
    return rows @ alignment.plan @ columns.T


def _tokens_of_words(text: str, tokens: tuple[tuple[int, int], ...], whose: str) -> np.ndarray:
    """``(words, tokens)`` array with 1 where a token is in a word."""
    if not tokens:
        raise InputError(
            f"the {whose}'s tokenizer does not tell where its tokens are: use a fast tokenizer"
        )
    first, last = np.array(tokens).T
    words = np.array(word_spans(text)).reshape(-1, 2)
    return ((first < words[:, 1:]) & (last > words[:, :1])).astype(float)


def _text(version: str, spans: list[tuple[int, int]]) -> tuple[str]:
    """The words at these places; neighbours keep what is between them."""
    parts = [version[start:end] for start, end in spans]
    places = {span: place for place, span in enumerate(word_spans(version))}
    text = parts[0]
    for (here, there), part in zip(pairwise(spans), parts[1:], strict=True):
        neighbours = places[there] == places[here] + 1
        text += (version[here[1] : there[0]] if neighbours else " ") + part
    return (text,)
