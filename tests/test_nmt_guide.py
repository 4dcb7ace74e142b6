"""Guided alignment: hand-computed links, masks, and where the embeddings start."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from optical_pt.training.nmt.guide import AlignmentGuide
from optical_pt.training.nmt.tokenizer import EOS_ID

# Pieces 3 and 4 are foreign, 5 and 6 English; 3 means 5 and 4 means 6, in either word order.
FOREIGN = [[3, 4], [3], [4, 3], [4]]
ENGLISH = [[5, 6], [5], [5, 6], [6]]


@pytest.fixture
def guide() -> AlignmentGuide:
    return AlignmentGuide.learn(FOREIGN, ENGLISH, vocab_size=8)


def test_it_learns_the_dictionary_and_which_side_a_piece_is_from(guide):
    assert guide.probability[3, 5] > 0.9
    assert guide.probability[4, 6] > 0.9
    assert guide.probability[EOS_ID, EOS_ID] == 1
    # 0 to 2 are special, 7 occurs nowhere
    assert guide.is_english.tolist() == [True, True, True, False, False, True, True, True]


def test_links_follow_the_words_not_the_order(guide):
    source = torch.tensor([[4, 3, EOS_ID]])
    labels = torch.tensor([[5, 6, EOS_ID]])
    links = guide.links(source, torch.ones_like(source), labels)
    assert links.argmax(dim=2).tolist() == [[1, 0, 2]]
    assert torch.allclose(links.sum(2), torch.ones(1, 3))


def test_equal_words_are_told_apart_by_their_place():
    probability = torch.zeros(8, 8)
    probability[3, 5] = 1.0
    guide = AlignmentGuide(probability, torch.ones(8, dtype=torch.bool))
    links = guide.links(torch.tensor([[3, 3]]), torch.ones(1, 2), torch.tensor([[5, 5]]))
    near = 1 / (1 + math.exp(-4 * 0.5))
    assert torch.allclose(links, torch.tensor([[[near, 1 - near], [1 - near, near]]]))


def test_loss_is_the_cross_entropy_of_the_first_head(guide):
    source = torch.tensor([[3, EOS_ID]])
    labels = torch.tensor([[5, EOS_ID]])
    attention = torch.tensor([[[[0.5, 0.5], [0.25, 0.75]], [[0.0, 1.0], [1.0, 0.0]]]])
    loss = guide.loss([attention], source, torch.ones_like(source), labels)
    assert loss.item() == pytest.approx(-(math.log(0.5) + math.log(0.75)) / 2, abs=1e-3)


def test_a_piece_without_translation_asks_for_nothing(guide):
    source = torch.tensor([[7]])
    links = guide.links(source, torch.ones_like(source), torch.tensor([[5]]))
    assert links.tolist() == [[[0.0]]]
    assert guide.loss([torch.ones(1, 1, 1, 1)], source, torch.ones(1, 1), source).item() == 0


def test_foreign_pieces_start_at_their_translation_with_the_length_they_had(guide):
    start = torch.randn(8, 4, generator=torch.Generator().manual_seed(0))
    embeddings = start.clone()
    guide.start_embeddings(embeddings)
    assert torch.equal(embeddings[guide.is_english], start[guide.is_english])
    assert torch.allclose(embeddings.norm(dim=1), start.norm(dim=1))
    cosine = torch.nn.functional.cosine_similarity(embeddings[3], start[5], dim=0)
    assert cosine > 0.95


@given(
    lengths=st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4),
    seed=st.integers(0, 99),
)
@settings(max_examples=30, deadline=None)
def test_padding_changes_nothing(lengths, seed):
    draw = torch.Generator().manual_seed(seed)
    guide = AlignmentGuide(torch.rand(8, 8, generator=draw), torch.ones(8, dtype=torch.bool))
    pairs = [
        (torch.randint(3, 8, (m,), generator=draw), torch.randint(3, 8, (n,), generator=draw))
        for m, n in lengths
    ]
    longest = [max(len(pair[side]) for pair in pairs) + 1 for side in (0, 1)]
    source = torch.zeros(len(pairs), longest[0], dtype=torch.long)
    mask = torch.zeros_like(source)
    labels = torch.full((len(pairs), longest[1]), -100)
    for row, (foreign, english) in enumerate(pairs):
        source[row, : len(foreign)], mask[row, : len(foreign)] = foreign, 1
        labels[row, : len(english)] = english
    links = guide.links(source, mask, labels)
    for row, (foreign, english) in enumerate(pairs):
        alone = guide.links(foreign[None], torch.ones(1, len(foreign)), english[None])[0]
        real = links[row, : len(english), : len(foreign)]
        assert torch.allclose(real, alone, atol=1e-6)
        assert links[row].sum() == pytest.approx(len(english), abs=1e-4)
