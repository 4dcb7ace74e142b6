"""The pull of word embeddings to their start."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from token_batches import random_batch
from torch import nn

from optical_pt.training.losses import Anchor

torch.set_num_threads(1)


def test_an_anchor_pulls_back_what_moved():
    embeddings = nn.Parameter(torch.randn(4, 3, generator=torch.Generator().manual_seed(0)))
    anchor = Anchor(embeddings)
    tokens = random_batch(0, [(2, 1)])
    read = replace(tokens, student_ids=torch.tensor([[1, 3]]))
    assert anchor(read) == 0
    with torch.no_grad():
        embeddings[3] += torch.tensor([1.0, 2.0, 0.0])
    value = anchor(read)
    assert value.item() == pytest.approx(5 / 2)
    value.backward()
    assert torch.allclose(embeddings.grad[3], torch.tensor([1.0, 2.0, 0.0]))
    assert embeddings.grad[[0, 1, 2]].count_nonzero() == 0
    assert "start" not in "".join(anchor.state_dict())
