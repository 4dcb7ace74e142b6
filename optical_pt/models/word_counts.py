"""How often a language's words occur."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from optical_pt.models.han_words import han_runs
from optical_pt.models.tokenizer_extension import word_splitter

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class WordCounts(NamedTuple):
    """Counts of a language's sentences.

    Attributes:
        words: As a student's tokenizer sees them, each Chinese character a word.
        han_runs: Runs of Chinese characters, see :func:`~optical_pt.models.han_words.han_runs`.
    """

    words: Counter[str]
    han_runs: Counter[str]


def count_words(tokenizer: PreTrainedTokenizerBase, sentences: Iterable[str]) -> WordCounts:
    """Count words and runs of Chinese characters.

    Args:
        tokenizer: the teacher's, for how it normalises and splits words.
        sentences: of the language.

    Raises:
        InputError: if the tokenizer is not WordPiece.
    """
    splitter = word_splitter(tokenizer)
    found = WordCounts(Counter(), Counter())
    for sentence in sentences:
        words = splitter(sentence)
        found.words.update(words)
        found.han_runs.update(han_runs(words))
    return found
