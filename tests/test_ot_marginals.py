"""Masses of tokens: non-negative, 1 in sum over real tokens, and the stated values."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.ot import Entropic, IdfWeights, attention_weights, uniform_weights


@given(
    lengths=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    width=st.integers(5, 7),
    seed=st.integers(0, 1000),
)
def test_weights_are_distributions_over_real_tokens(lengths, width, seed):
    generator = torch.Generator().manual_seed(seed)
    mask = torch.arange(width)[None, :] < torch.tensor(lengths)[:, None]
    ids = torch.randint(0, 9, mask.shape, generator=generator)
    similarity = torch.randn(*mask.shape, 4, generator=generator)
    other = torch.ones(len(lengths), 4, dtype=torch.bool)
    for weights in (
        uniform_weights(mask),
        IdfWeights.learn([[0, 1], [1, 2, 2]], vocabulary=9)(ids, mask),
        attention_weights(similarity, mask, other),
    ):
        assert weights.isfinite().all()
        assert (weights >= 0).all()
        assert weights[~mask].count_nonzero() == 0
        assert weights.sum(dim=1).tolist() == pytest.approx([float(n > 0) for n in lengths])


def test_idf_by_hand():
    # 3 sentences; 0 is in all, 1 in one (twice, which counts once), 2 in none.
    idf = IdfWeights.learn([[0, 1, 1], [0], [0]], vocabulary=3).idf
    expected = [math.log(1 + 0.5 / 3.5), math.log(1 + 2.5 / 1.5), math.log(1 + 3.5 / 0.5)]
    assert idf.tolist() == pytest.approx(expected)


def test_idf_ignores_ids_on_padding():
    idf = IdfWeights.learn([[0], [1]], vocabulary=2)
    ids, mask = torch.tensor([[0, 1, -100]]), torch.tensor([[True, True, False]])
    assert idf(ids, mask).tolist() == [[0.5, 0.5, 0]]


def test_idf_of_no_sentences_is_uniform():
    idf = IdfWeights.learn([], vocabulary=2)
    assert idf(torch.tensor([[0, 1]]), torch.ones(1, 2, dtype=torch.bool)).tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("token", [-1, 3])
def test_ids_out_of_the_vocabulary_are_named(token):
    with pytest.raises(InputError, match=f"sentence 2 holds token id {token}, which is not in"):
        IdfWeights.learn([[0], [1, token]], vocabulary=3)


def test_attention_ignores_padding_and_clips_what_is_unlike():
    similarity = torch.tensor([[[0.8, 0.0, torch.nan], [-0.9, 0.1, 5], [torch.inf, 9, 9]]])
    mask, other = torch.tensor([[True, True, False]]), torch.tensor([[True, True, False]])
    assert attention_weights(similarity, mask, other).tolist() == [[1, 0, 0]]


def test_attention_to_nothing_is_uniform():
    weights = attention_weights(
        -torch.ones(1, 2, 2), torch.ones(1, 2, dtype=torch.bool), torch.ones(1, 2, dtype=torch.bool)
    )
    assert weights.tolist() == [[0.5, 0.5]]


def test_solvers_keep_the_weights():
    mask = torch.ones(1, 2, dtype=torch.bool)
    weights = IdfWeights.learn([[0, 1], [0]], vocabulary=2)(torch.tensor([[0, 1]]), mask)
    plan = Entropic(reg=0.1)(torch.tensor([[[0.0, 1.0], [1.0, 0.3]]]), mask, mask, weights)
    assert plan.plan.sum(dim=2)[0].tolist() == pytest.approx(weights[0].tolist(), abs=1e-4)
    assert plan.plan.sum(dim=1)[0].tolist() == pytest.approx([0.5, 0.5])
