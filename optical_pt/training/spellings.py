"""Sentence pairs written with and without diacritics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from optical_pt.text.diacritics import spellings

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair


def by_spelling(sentences: Sequence[str], language: str) -> list[list[str]]:
    """The sentences as they are, then those that have another spelling, spelling by spelling.

    >>> by_spelling(["ọ̀rọ̀ kan", "kan"], "yo")
    [['ọ̀rọ̀ kan', 'kan'], ['ọrọ kan'], ['oro kan']]
    """
    written = [spellings(sentence, language) for sentence in sentences]
    return [[form for form in level if form is not None] for level in zip_longest(*written)]


def in_all_spellings(pairs: Sequence[SentencePair]) -> list[SentencePair]:
    """Each pair once for each spelling of its foreign sentence.

    >>> from optical_pt.training.bitext import SentencePair
    >>> pairs = [SentencePair("a word", "ọ̀rọ̀ kan", "yo"), SentencePair("one", "kan", "yo")]
    >>> [pair.foreign for pair in in_all_spellings(pairs)]
    ['ọ̀rọ̀ kan', 'ọrọ kan', 'oro kan', 'kan']
    """
    return [
        replace(pair, foreign=form)
        for pair in pairs
        for form in spellings(pair.foreign, pair.language)
    ]
