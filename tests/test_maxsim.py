"""MaxSim and the parts of it that work on ragged arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.maxsim import maxsim, segment_maxsim

LENGTHS = st.lists(st.integers(0, 5), max_size=8)


def test_maxsim_sums_the_best_similarity_of_each_query_token():
    query = np.array([[1.0, 0.0], [0.0, 1.0]])
    document = np.array([[0.6, 0.8], [0.8, 0.6], [-1.0, 0.0]])
    assert maxsim(query, document) == pytest.approx(0.8 + 0.8)


def test_maxsim_may_be_negative_but_is_zero_without_tokens():
    query, document = np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])
    assert maxsim(query, document) == -1.0
    assert maxsim(query, document[:0]) == 0.0
    assert maxsim(query[:0], document) == 0.0


def test_maxsim_of_half_precision_is_computed_in_single_precision():
    tokens = np.full((1, 512), 0.1, dtype=np.float16)
    exact = 512 * float(np.float16(0.1)) ** 2
    assert maxsim(tokens, tokens) == pytest.approx(exact, rel=1e-6)


@given(lengths=LENGTHS, n_query=st.integers(0, 4), seed=st.integers(0, 1000))
def test_segments_agree_with_each_document_alone(lengths, n_query, seed):
    rng = np.random.default_rng(seed)
    lengths = np.array(lengths, dtype=np.int64)
    similarity = rng.normal(size=(lengths.sum(), n_query)).astype(np.float32)
    best = segment_maxsim(similarity, lengths)
    assert best.shape == (len(lengths), n_query)
    assert best.dtype == np.float32
    ends = np.cumsum(lengths)
    for row, (end, length) in enumerate(zip(ends, lengths, strict=True)):
        alone = similarity[end - length : end]
        expected = alone.max(axis=0) if length else np.zeros(n_query)
        np.testing.assert_array_equal(best[row], expected)
