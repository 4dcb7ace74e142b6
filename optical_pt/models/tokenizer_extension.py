"""A teacher's WordPiece tokenizer with pieces of another language added."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.models.han_words import read_han_words
from optical_pt.models.reading import reading_of, student_state, student_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

# A sentence without spaces (Thai) is one "word" to WordPiece, [UNK] if it is longer.
MAX_CHARACTERS_PER_WORD = 1000


def extend_tokenizer(
    tokenizer: PreTrainedTokenizerBase, pieces: Sequence[str]
) -> PreTrainedTokenizerBase:
    """Append WordPiece entries to a copy of a BERT tokenizer.

    Words that the tokenizer has whole keep their token, so names and numbers stay as the teacher
    knows them. Diacritics of Latin, Greek and Cyrillic letters are dropped as BERT drops them,
    unless the tokenizer's :class:`~optical_pt.models.reading.Reading` keeps them; vowel signs of
    Indic scripts, which BERT would drop too, are kept. Among Chinese characters, each of
    which BERT takes for a word, the longest words that are entries are read.

    Args:
        tokenizer: a fast WordPiece tokenizer.
        pieces: new entries in their order; ``##x`` continues a word. Without any, nothing changes.

    Returns:
        a tokenizer with ``len(tokenizer) + len(pieces)`` entries.

    Raises:
        InputError: if the tokenizer is not WordPiece, or a piece is in its vocabulary already.
    """
    if not pieces:
        return tokenizer
    state = student_state(tokenizer)
    vocabulary = state["model"]["vocab"]
    for added in state["added_tokens"]:
        # Tokens added to the teacher's own, such as ColBERT's [Q], would else give way to pieces.
        vocabulary.setdefault(added["content"], added["id"])
    for position, piece in enumerate(pieces, start=len(tokenizer)):
        if piece in vocabulary:
            raise InputError(f"piece {piece!r} is in the tokenizer already; leave it out")
        vocabulary[piece] = position
    read_han_words(state)
    state["model"]["max_input_chars_per_word"] = MAX_CHARACTERS_PER_WORD
    return student_tokenizer(tokenizer, state, reading_of(tokenizer))


def word_splitter(tokenizer: PreTrainedTokenizerBase) -> Callable[[str], list[str]]:
    """A function from a sentence to its normalised words, as the extended tokenizer sees them."""
    from tokenizers import Tokenizer

    whole = Tokenizer.from_str(json.dumps(student_state(tokenizer)))

    def split(sentence: str) -> list[str]:
        normalized = whole.normalizer.normalize_str(sentence)
        return [word for word, _ in whole.pre_tokenizer.pre_tokenize_str(normalized)]

    return split
