"""IBM model 1: word translation probabilities from sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse


def ibm1(
    source: Sequence[Sequence[int]],
    target: Sequence[Sequence[int]],
    *,
    n_source: int,
    n_target: int,
    iterations: int = 5,
    min_probability: float = 1e-3,
) -> sparse.csr_array:
    """Learn t(target word | source word) by expectation maximisation.

    Model 1 of Brown et al., "The Mathematics of Statistical Machine Translation", Computational
    Linguistics 1993, with a NULL source word in every sentence, which takes up target words that
    align with nothing (its row is dropped from the result).

    Args:
        source: per pair, the word ids of the source sentence, each in ``[0, n_source)``.
        target: per pair, the word ids of the target sentence, each in ``[0, n_target)``.
        n_source: size of the source vocabulary.
        n_target: size of the target vocabulary.
        iterations: of expectation maximisation.
        min_probability: smaller entries are left out; rows are renormalised after that.

    Returns:
        ``(n_source, n_target)`` float64 matrix whose non-empty rows sum to 1.

    Raises:
        ValueError: if the two sides differ in length, or a word id is out of its range.

    >>> table = ibm1([[0, 1], [0]], [[0, 1], [0]], n_source=2, n_target=2, iterations=20)
    >>> bool(table[1, 1] > 0.9)
    True
    """
    if len(source) != len(target):
        raise ValueError(f"{len(source)} source sentences but {len(target)} target sentences")
    _check_ids(source, n_source, "source")
    _check_ids(target, n_target, "target")
    links = _links(source, target, null_word=n_source, n_target=n_target)
    probability = _expectation_maximisation(links, n_source + 1, iterations)
    return _sparse_rows(links, probability, n_source, n_target, min_probability)


def _check_ids(sentences: Sequence[Sequence[int]], size: int, side: str) -> None:
    """An id beyond the vocabulary would be counted as another word's, or as NULL's."""
    for position, words in enumerate(sentences):
        if len(words) and not 0 <= min(words) <= max(words) < size:
            raise ValueError(f"{side} sentence {position} has a word id outside [0, {size})")


class _Links:
    """Every (source word, target word) link of every pair, as parallel arrays.

    Attributes:
        cell: per link, the position of its distinct (source, target) cell.
        token: per link, the position of its target token in the corpus.
        count: per link, how often the source word stands in its sentence.
        source: per cell, the source word.
        target: per cell, the target word.
    """

    def __init__(self, keys: np.ndarray, token: np.ndarray, count: np.ndarray, n_target: int):
        cells, self.cell = np.unique(keys, return_inverse=True)
        self.token, self.count = token, count
        self.source, self.target = cells // n_target, cells % n_target


def _links(
    source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], null_word: int, n_target: int
) -> _Links:
    keys, tokens, counts, seen = [], [], [], 0
    for source_words, target_words in zip(source, target, strict=True):
        words, count = np.unique(np.append(source_words, null_word), return_counts=True)
        targets = np.asarray(target_words, dtype=np.int64)
        keys.append((words.astype(np.int64)[None, :] * n_target + targets[:, None]).ravel())
        tokens.append(np.repeat(np.arange(seen, seen + len(targets)), len(words)))
        counts.append(np.tile(count, len(targets)))
        seen += len(targets)
    empty = np.zeros(0, dtype=np.int64)
    return _Links(
        np.concatenate([empty, *keys]),
        np.concatenate([empty, *tokens]),
        np.concatenate([empty, *counts]),
        n_target,
    )


def _expectation_maximisation(links: _Links, n_rows: int, iterations: int) -> np.ndarray:
    probability = np.ones(len(links.source))
    for _ in range(iterations):
        weight = probability[links.cell] * links.count
        weight /= np.bincount(links.token, weights=weight)[links.token]
        expected = np.bincount(links.cell, weights=weight, minlength=len(links.source))
        row_sum = np.bincount(links.source, weights=expected, minlength=n_rows)
        probability = expected / row_sum[links.source]
    return probability


def _sparse_rows(
    links: _Links, probability: np.ndarray, n_source: int, n_target: int, min_probability: float
) -> sparse.csr_array:
    kept = (probability >= min_probability) & (links.source < n_source)
    source, target, probability = links.source[kept], links.target[kept], probability[kept]
    row_sum = np.bincount(source, weights=probability, minlength=n_source)
    table = sparse.coo_array(
        (probability / row_sum[source], (source, target)), shape=(n_source, n_target)
    )
    return table.tocsr()
