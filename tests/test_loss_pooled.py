"""The squared distance of pooled vectors."""

from __future__ import annotations

import pytest
import torch
from token_batches import token_batch

from optical_pt.training.losses import PooledMSE

torch.set_num_threads(1)


def test_pooled_vectors_by_hand():
    student = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [9.0, 9.0]]])
    teacher = torch.tensor([[[0.0, 1.0]], [[0.0, 4.0]]])
    batch = token_batch(student, [2, 1], teacher, [1, 1])
    # |(.5, .5) - (0, 1)|² = .5 and |(3, 0) - (0, 4)|² = 25
    assert PooledMSE()(batch).item() == pytest.approx(25.5 / 2)
