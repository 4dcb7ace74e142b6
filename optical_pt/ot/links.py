"""Hard alignments: which tokens, or words, of two sentences a plan links."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from optical_pt.errors import InputError

Links = set[tuple[int, int]]
"""Pairs of a foreign and an English position, from 0."""

#: What starts the first piece of a word, in tokenizers that do not mark the others by ``##``.
BEGINS = ("▁", "Ġ")
#: Tokens of no word: ``[CLS]``, ``<s>``, and what ColBERT puts before a query, such as ``[Q] ``.
SPECIAL = re.compile(r"\[[A-Za-z]+\d*\] ?|</?[a-z]+>")
UNKNOWN = ("[UNK]", "<unk>")

METHODS = ("foreign", "english", "mutual", "union", "threshold")


def hard_links(plan: np.ndarray, method: str = "mutual", *, threshold: float = 0.5) -> Links:
    """Link the tokens between which a plan moves most.

    Args:
        plan: ``(foreign, english)`` non-negative masses.
        method: ``"foreign"`` links each foreign token to the English one that takes most of its
            mass, ``"english"`` each English token to the foreign one that gives it most,
            ``"mutual"`` (intersection) and ``"union"`` combine both (Och and Ney, "A Systematic
            Comparison of Various Statistical Alignment Models", Computational Linguistics 2003,
            section 3.2); ``"threshold"`` links tokens that share at least ``threshold`` of the
            mass of each (after Dou and Neubig, "Word Alignment by Fine-tuning Embeddings on
            Parallel Corpora", EACL 2021, section 2.1). Among equals the first is taken; tokens
            without mass have no link.
        threshold: share of both tokens' mass, for ``"threshold"``.

    Raises:
        InputError: if the method is not known.

    >>> plan = np.array([[0.3, 0.0], [0.2, 0.0], [0.1, 0.4]])
    >>> sorted(hard_links(plan, "foreign")), sorted(hard_links(plan, "mutual"))
    ([(0, 0), (1, 0), (2, 1)], [(0, 0), (2, 1)])
    """
    if method not in METHODS:
        raise InputError(f"unknown alignment method {method!r}: use one of {', '.join(METHODS)}")
    if plan.size == 0:
        return set()
    if method == "threshold":
        given = plan.sum(axis=1, keepdims=True)
        taken = plan.sum(axis=0, keepdims=True)
        # Rounding must not part a token from the only one that it shares with.
        enough = plan >= (threshold - 1e-6) * np.maximum(given, taken)
        return _pairs(*np.nonzero(enough & (plan > 0)))
    rows, columns = np.arange(plan.shape[0]), np.arange(plan.shape[1])
    best_english, best_foreign = plan.argmax(axis=1), plan.argmax(axis=0)
    massive_rows, massive_columns = plan.any(axis=1), plan.any(axis=0)
    foreign = _pairs(rows[massive_rows], best_english[massive_rows])
    english = _pairs(best_foreign[massive_columns], columns[massive_columns])
    combined = {"foreign": foreign, "english": english, "mutual": foreign & english}
    return combined.get(method, foreign | english)


def subword_words(tokens: Sequence[str]) -> list[int | None]:
    """The position of the word that each subword belongs to; None for ``[CLS]`` and its like.

    Subwords are WordPieces, or pieces of SentencePiece or byte-level BPE, which mark where words
    begin instead.

    >>> subword_words(["[CLS]", "nyu", "##mba", "mto", "[SEP]"])
    [None, 0, 0, 1, None]
    >>> subword_words(["<s>", "▁nyu", "mba", "▁mto", "</s>"])
    [None, 0, 0, 1, None]
    """
    begins = next((mark for mark in BEGINS if any(t.startswith(mark) for t in tokens)), None)
    words: list[int | None] = []
    last = -1
    for token in tokens:
        if SPECIAL.fullmatch(token) and token.strip() not in UNKNOWN:
            words.append(None)
            continue
        continues = token.startswith("##") if begins is None else not token.startswith(begins)
        last += not (continues and last >= 0)
        words.append(last)
    return words


def word_links(
    links: Links, foreign_words: Sequence[int | None], english_words: Sequence[int | None]
) -> Links:
    """Link two words if any of their subwords are linked.

    Args:
        links: of tokens.
        foreign_words: the word of each foreign token, such as a tokenizer's ``word_ids()`` or
            :func:`subword_words`; None for tokens that belong to no word.
        english_words: likewise.

    >>> sorted(word_links({(1, 1), (2, 1), (3, 2)}, [None, 0, 0, 1], [None, 0, 1]))
    [(0, 0), (1, 1)]
    """
    words = {(foreign_words[i], english_words[j]) for i, j in links}
    return {(i, j) for i, j in words if i is not None and j is not None}


def _pairs(rows: np.ndarray, columns: np.ndarray) -> Links:
    return set(zip(rows.tolist(), columns.tolist(), strict=True))
