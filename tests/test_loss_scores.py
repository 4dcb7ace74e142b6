"""Losses of MaxSim scores over a batch: the teacher's, distilled, and contrastive ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from token_batches import random_batch, token_batch

from optical_pt.maxsim import maxsim
from optical_pt.training.losses import (
    Contrastive,
    GreedyAlignment,
    PooledMSE,
    ScoreDistillation,
    TransportCost,
)
from optical_pt.training.losses.scores import maxsim_matrix

torch.set_num_threads(1)


def test_maxsim_scores_are_those_of_retrieval():
    batch = random_batch(0, [(3, 2), (1, 4)], extra=1)
    sides = (batch.student, batch.student_mask), (batch.teacher, batch.teacher_mask)
    scores = maxsim_matrix(*sides[0], *sides[1])
    for i, m in enumerate([3, 1]):
        for j, n in enumerate([2, 4]):
            expected = maxsim(batch.student[i, :m].numpy(), batch.teacher[j, :n].numpy()) / m
            assert scores[i, j].item() == pytest.approx(expected, abs=1e-6)


def test_a_sentence_without_tokens_scores_zero():
    batch = random_batch(0, [(2, 0), (0, 3)])
    sides = (batch.student, batch.student_mask), (batch.teacher, batch.teacher_mask)
    scores = maxsim_matrix(*sides[0], *sides[1])
    assert scores[0, 0] == scores[1, 0] == scores[1, 1] == 0
    assert scores[0, 1] != 0
    for term in (TransportCost(), PooledMSE(), GreedyAlignment(), Contrastive()):
        assert term(batch).isfinite()


def test_score_distillation_by_hand():
    # The teacher ranks its two orthogonal sentences (1, 0), the student is undecided: (0, 0).
    teacher = torch.tensor([[[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]]])
    student = torch.tensor([[[0.0, 0.0, 1.0]], [[0.0, 0.0, 1.0]]])
    p = 1 / (1 + np.exp(-1 / 0.5))
    expected = p * np.log(2 * p) + (1 - p) * np.log(2 * (1 - p))
    batch = token_batch(student, [1, 1], teacher, [1, 1])
    assert ScoreDistillation(0.5)(batch).item() == pytest.approx(expected, abs=1e-6)


def test_equal_english_sentences_are_no_negatives():
    teacher = torch.tensor([[[1.0, 0.0]], [[1.0, 0.0]], [[0.0, 1.0]]])
    ids = torch.tensor([[5], [5], [6]])
    batch = token_batch(teacher.clone(), [1] * 3, teacher, [1] * 3, teacher_ids=ids)
    pair, last = np.log(1 + np.exp(-1)), np.log(1 + 2 * np.exp(-1))
    assert Contrastive(1.0)(batch).item() == pytest.approx((2 * pair + last) / 3, abs=1e-6)
