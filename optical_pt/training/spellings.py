"""Sentence pairs written with and without diacritics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from optical_pt.text.diacritics import information, spellings

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair


# Bits a running word, and about how many sentences are looked at for it.
_MUCH = 0.3
_SAMPLE = 2000


def hanging_on_diacritics(pairs: Sequence[SentencePair]) -> list[str]:
    """Languages of which many words differ by their diacritics alone.

    >>> from optical_pt.training.bitext import SentencePair
    >>> hanging_on_diacritics([SentencePair("spear, husband", "ọ̀kọ̀ ọkọ", "yo")])
    ['yo']
    """
    by_language: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        by_language[pair.language].append(pair.foreign)
    return [
        language
        for language, sentences in by_language.items()
        if information(sentences[:: max(1, len(sentences) // _SAMPLE)]) >= _MUCH
    ]


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
