"""IBM model 1: word translation probabilities from sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse

_CHUNK = 10_000  # pairs whose links are unpacked at a time


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
    align with nothing (its row is dropped from the result). It keeps eight bytes a link, a word of
    a pair's source with one of its target, and some 40 for each distinct link of the corpus: about
    4 KB for a pair of 20 words a side (0.7 GB for 168,000 English and Spanish pairs).

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
    chunks = [
        _links(source[start : start + _CHUNK], target[start : start + _CHUNK], n_source, n_target)
        for start in range(0, len(source), _CHUNK)
    ]
    cells = _number_cells(chunks)
    rows, columns = cells // n_target, cells % n_target
    probability = _expectation_maximisation(chunks, rows, n_source + 1, iterations)
    kept = (probability >= min_probability) & (rows < n_source)
    rows, columns, probability = rows[kept], columns[kept], probability[kept]
    row_sum = np.bincount(rows, weights=probability, minlength=n_source)
    shape = (n_source, n_target)
    return sparse.coo_array((probability / row_sum[rows], (rows, columns)), shape=shape).tocsr()


def _check_ids(sentences: Sequence[Sequence[int]], size: int, side: str) -> None:
    """An id beyond the vocabulary would be counted as another word's, or as NULL's."""
    for position, words in enumerate(sentences):
        if len(words) and not 0 <= min(words) <= max(words) < size:
            raise ValueError(f"{side} sentence {position} has a word id outside [0, {size})")


class _Links:
    """Every (source word, target word) link of some pairs.

    Attributes:
        keys: the distinct ``source word * n_target + target word``, sorted.
        per_token: how many links each target token has; they follow each other.
        cell: per link, the position of its key, in ``keys`` at first, then among those of all.
        count: per link, how often the source word stands in its sentence.
    """

    def __init__(self, keys: np.ndarray, per_token: np.ndarray, count: np.ndarray):
        self.keys, cell = np.unique(keys, return_inverse=True)
        self.per_token = per_token
        self.cell = cell.astype(np.int32)
        self.count = count

    def expect(self, probability: np.ndarray, expected: np.ndarray) -> None:
        """Add the expected number of each cell's links, given the cells' probabilities."""
        token = np.repeat(np.arange(len(self.per_token)), self.per_token)
        weight = probability[self.cell] * self.count
        weight /= np.bincount(token, weights=weight)[token]
        np.add.at(expected, self.cell, weight)


def _links(
    source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], null_word: int, n_target: int
) -> _Links:
    keys, per_token, counts = [], [], []
    for source_words, target_words in zip(source, target, strict=True):
        words, count = np.unique(np.append(source_words, null_word), return_counts=True)
        targets = np.asarray(target_words, dtype=np.int64)
        keys.append((words.astype(np.int64)[None, :] * n_target + targets[:, None]).ravel())
        per_token.append(np.full(len(targets), len(words), dtype=np.int32))
        counts.append(np.tile(count.astype(np.int32), len(targets)))
    return _Links(*map(np.concatenate, (keys, per_token, counts)))


def _number_cells(chunks: Sequence[_Links]) -> np.ndarray:
    """Give the distinct keys of all chunks, sorted, to which the links then point."""
    every = np.concatenate([np.zeros(0, dtype=np.int64), *(chunk.keys for chunk in chunks)])
    every.sort()  # numpy.unique would copy it
    cells = every[np.append(True, every[1:] != every[:-1])[: len(every)]]
    for chunk in chunks:
        places = np.searchsorted(cells, chunk.keys).astype(np.int32)
        chunk.cell = places[chunk.cell]
        del chunk.keys
    return cells


def _expectation_maximisation(
    chunks: Sequence[_Links], rows: np.ndarray, n_rows: int, iterations: int
) -> np.ndarray:
    probability = np.ones(len(rows))
    for _ in range(iterations):
        expected = np.zeros(len(rows))
        for chunk in chunks:
            chunk.expect(probability, expected)
        row_sum = np.bincount(rows, weights=expected, minlength=n_rows)
        probability = expected / row_sum[rows]
    return probability
