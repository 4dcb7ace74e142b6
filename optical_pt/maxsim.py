"""MaxSim, the late-interaction score."""

from __future__ import annotations

import numpy as np


def maxsim(query_embs: np.ndarray, doc_embs: np.ndarray) -> float:
    """Sum over query tokens of the best inner product with any document token.

    Khattab and Zaharia, "ColBERT", SIGIR 2020, equation 3. A document without tokens scores 0.

    Args:
        query_embs: ``(query tokens, dim)`` floats.
        doc_embs: ``(document tokens, dim)`` floats.

    >>> maxsim(np.eye(2), np.array([[1.0, 0.0], [0.5, 0.5]]))
    1.5
    """
    if len(doc_embs) == 0 or len(query_embs) == 0:
        return 0.0
    similarity = query_embs.astype(np.float32) @ doc_embs.astype(np.float32).T
    return float(similarity.max(axis=1).sum())


def segment_maxsim(similarity: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """MaxSim scores of consecutive documents from their token similarities.

    Args:
        similarity: ``(document tokens, query tokens)`` floats, documents one after the other.
        lengths: ``(documents,)`` ints, tokens of each document, zeros allowed.

    Returns:
        ``(documents, query tokens)``: the best similarity in each document, 0 where it is empty.

    >>> segment_maxsim(np.array([[1.0], [3.0], [2.0]]), np.array([2, 0, 1])).ravel().tolist()
    [3.0, 0.0, 2.0]
    """
    best = np.zeros((len(lengths), similarity.shape[1]), dtype=similarity.dtype)
    filled = lengths > 0
    if filled.any():
        # reduceat gives a wrong answer for empty segments, so only the others take part.
        starts = (np.cumsum(lengths) - lengths)[filled]
        best[filled] = np.maximum.reduceat(similarity, starts, axis=0)
    return best
