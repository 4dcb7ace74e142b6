"""IBM model 1 against steps worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.alignment import ibm1

# Knight's corpus with das 0, Haus 1, Buch 2, ein 3 and the 0, house 1, book 2, a 3.
GERMAN = [[0, 1], [0, 2], [3, 2]]
ENGLISH = [[0, 1], [0, 2], [3, 2]]


def dense(source, target, n_source, n_target, **options) -> np.ndarray:
    table = ibm1(source, target, n_source=n_source, n_target=n_target, **options)
    assert table.shape == (n_source, n_target)
    return table.toarray()


def plain_ibm1(source, target, n_source, n_target, iterations) -> np.ndarray:
    """The textbook loops; the last source word is NULL."""
    t = np.ones((n_source + 1, n_target))
    for _ in range(iterations):
        counts = np.zeros_like(t)
        for words, translations in zip(source, target, strict=True):
            positions = [*words, n_source]
            for f in translations:
                total = sum(t[e, f] for e in positions)
                for e in positions:
                    counts[e, f] += t[e, f] / total
        sums = counts.sum(axis=1, keepdims=True)
        t = np.divide(counts, sums, out=np.zeros_like(counts), where=sums > 0)
    return t[:n_source]


def test_one_step_by_hand():
    # Each target word is shared by two source words and NULL: a third each. "das" gets 1/3 of
    # "the" twice, of "house" once and of "book" once.
    table = dense(GERMAN, ENGLISH, 4, 4, iterations=1)
    assert table[0] == pytest.approx([1 / 2, 1 / 4, 1 / 4, 0])
    assert table[1] == pytest.approx([1 / 2, 1 / 2, 0, 0])


def test_two_steps_by_hand():
    # After the first step t(the|das) = 1/2, t(the|Haus) = 1/2, t(the|NULL) = 1/3, and
    # t(house|das) = 1/4, t(house|Haus) = 1/2, t(house|NULL) = 1/6: in sentence 1 "the" gives Haus
    # (1/2) / (4/3) = 3/8 of itself and "house" (1/2) / (11/12) = 6/11.
    table = dense(GERMAN, ENGLISH, 4, 4, iterations=2)
    the, house = 3 / 8, 6 / 11
    assert table[1] == pytest.approx([the / (the + house), house / (the + house), 0, 0])


def test_the_toy_converges_to_the_translations():
    table = dense(GERMAN, ENGLISH, 4, 4, iterations=50)
    assert table.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert table[1, 1] > 0.95


def test_null_takes_up_words_that_align_with_nothing():
    # Word 9 stands in every target sentence; no source word does.
    source = [[word] for word in range(8)]
    target = [[word, 9] for word in range(8)]
    table = dense(source, target, 8, 10, iterations=30)
    assert np.diag(table).min() > 0.9
    assert table[:, 9].max() < 0.1


def test_a_repeated_source_word_counts_twice():
    table = dense([[0, 0, 1]], [[0]], 2, 1, iterations=1)
    assert table.ravel().tolist() == [1, 1]
    expected = plain_ibm1([[0, 0, 1], [1]], [[0, 1], [1]], 2, 2, 3)
    assert dense([[0, 0, 1], [1]], [[0, 1], [1]], 2, 2, iterations=3) == pytest.approx(expected)


def test_a_corpus_of_many_thousand_pairs_is_learnt_as_one():
    # Word 4 comes with words of the first pairs, in the last one.
    source, target = [*GERMAN * 2000, [4, 0]], [*ENGLISH * 2000, [4, 0]]
    once = dense(source, target, 5, 5, iterations=5)
    assert once == pytest.approx(plain_ibm1(source, target, 5, 5, 5), abs=1e-12)
    # Three times the same gives the same.
    assert dense(source * 3, target * 3, 5, 5, iterations=5) == pytest.approx(once, abs=1e-9)


sentence = st.lists(st.integers(0, 4), max_size=5)
corpus = st.lists(st.tuples(sentence, sentence), max_size=6)


@given(corpus, st.integers(1, 4))
def test_equals_the_textbook_loops(pairs, iterations):
    source, target = [s for s, _ in pairs], [t for _, t in pairs]
    table = dense(source, target, 5, 5, iterations=iterations, min_probability=0)
    assert table == pytest.approx(plain_ibm1(source, target, 5, 5, iterations))


@given(corpus, st.sampled_from([0, 1e-3, 0.2]))
def test_rows_sum_to_one_or_are_empty(pairs, min_probability):
    source, target = [s for s, _ in pairs], [t for _, t in pairs]
    sums = dense(source, target, 5, 5, min_probability=min_probability).sum(axis=1)
    assert all(total == 0 or total == pytest.approx(1) for total in sums)


def test_small_probabilities_are_left_out_and_rows_renormalised():
    table = dense([[0]] * 9 + [[0]], [[0]] * 9 + [[1]], 1, 2, iterations=1, min_probability=0.2)
    assert table.tolist() == [[1, 0]]


@pytest.mark.parametrize("pairs", [[], [([], [])], [([0], [])], [([], [0])]])
def test_empty_corpora_give_empty_tables(pairs):
    source, target = [s for s, _ in pairs], [t for _, t in pairs]
    assert dense(source, target, 3, 2).tolist() == [[0, 0]] * 3
    assert ibm1(source, target, n_source=1, n_target=1).nnz == 0


def test_empty_vocabularies():
    assert dense([[]], [[]], 0, 0).size == 0


def test_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="2 source sentences but 1 target sentences"):
        ibm1([[0], [0]], [[0]], n_source=1, n_target=1)


@pytest.mark.parametrize(
    ("source", "target", "message"),
    [
        ([[0], [0, 2]], [[0], [0]], "source sentence 1 has a word id outside"),
        ([[0], [0]], [[0], [3, 0]], "target sentence 1 has a word id outside"),
        ([[-1]], [[0]], "source sentence 0 has a word id outside"),
    ],
)
def test_ids_beyond_the_vocabulary_are_refused(source, target, message):
    with pytest.raises(ValueError, match=message):
        ibm1(source, target, n_source=2, n_target=3)
