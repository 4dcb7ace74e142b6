"""Sentence pairs written with and without diacritics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from optical_pt.text.diacritics import spellings

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair

SPELLINGS = 3


def by_spelling(sentences: Sequence[str]) -> list[list[str]]:
    """All sentences in each spelling: as they are, with fewer diacritics, with none.

    >>> by_spelling(["ọ̀rọ̀ kan"])
    [['ọ̀rọ̀ kan'], ['ọrọ kan'], ['oro kan']]
    """
    written = [spellings(sentence) for sentence in sentences]
    return [[forms[min(n, len(forms) - 1)] for forms in written] for n in range(SPELLINGS)]


def in_all_spellings(pairs: Sequence[SentencePair]) -> list[SentencePair]:
    """Each pair once for each spelling of its foreign sentence.

    >>> from optical_pt.training.bitext import SentencePair
    >>> pairs = [SentencePair("a word", "ọ̀rọ̀ kan", "yo"), SentencePair("one", "kan", "yo")]
    >>> [pair.foreign for pair in in_all_spellings(pairs)]
    ['ọ̀rọ̀ kan', 'ọrọ kan', 'oro kan', 'kan']
    """
    return [replace(pair, foreign=form) for pair in pairs for form in spellings(pair.foreign)]


def in_turns(pairs: Sequence[SentencePair]) -> list[SentencePair]:
    """Each pair in one spelling of its foreign sentence, by turns.

    >>> from optical_pt.training.bitext import SentencePair
    >>> [pair.foreign for pair in in_turns([SentencePair("a word", "ọ̀rọ̀ kan", "yo")] * 4)]
    ['ọ̀rọ̀ kan', 'ọrọ kan', 'oro kan', 'ọ̀rọ̀ kan']
    """
    written = (spellings(pair.foreign) for pair in pairs)
    return [
        replace(pair, foreign=forms[n % len(forms)])
        for n, (pair, forms) in enumerate(zip(pairs, written, strict=True))
    ]
