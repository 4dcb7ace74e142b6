"""What holds for every loss of token embeddings: means, padding and gradients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from token_batches import RAGGED, discriminator, random_batch, token_batch
from torch import nn

from optical_pt.ot import cosine_cost
from optical_pt.training.losses import (
    Contrastive,
    GreedyAlignment,
    LanguageConfusion,
    PooledMSE,
    ScoreDistillation,
    TokenBatch,
    TransportCost,
)

torch.set_num_threads(1)


def without_padding(batch: TokenBatch, row: int) -> TokenBatch:
    student = batch.student[row : row + 1, batch.student_mask[row]]
    teacher = batch.teacher[row : row + 1, batch.teacher_mask[row]]
    languages = None if batch.languages is None else batch.languages[row : row + 1]
    sizes = [student.shape[1]], [teacher.shape[1]]
    return token_batch(student, sizes[0], teacher, sizes[1], languages=languages)


def alone(name: str) -> nn.Module:
    """Losses that are means over pairs."""
    return {
        "ot": TransportCost(),
        "mse": PooledMSE(),
        "greedy": GreedyAlignment(),
        "language": LanguageConfusion(discriminator()),
    }[name]


def in_batch(name: str) -> nn.Module:
    return {"contrastive": Contrastive(0.3), "scores": ScoreDistillation(0.3)}[name]


@pytest.mark.parametrize("name", ["ot", "mse", "greedy", "language"])
@settings(max_examples=12)
@given(lengths=RAGGED, seed=st.integers(0, 99))
def test_a_term_is_the_mean_over_its_pairs_without_padding(name, lengths, seed):
    languages = torch.arange(len(lengths)) % 2
    batch = random_batch(seed, lengths, extra=2, languages=languages)
    term = alone(name)
    singles = [term(without_padding(batch, row)).item() for row in range(len(lengths))]
    # A transport solver may stop when its whole batch has converged.
    assert term(batch).item() == pytest.approx(np.mean(singles), abs=1e-4)


@pytest.mark.parametrize("name", ["contrastive", "scores"])
@settings(max_examples=12)
@given(lengths=RAGGED, seed=st.integers(0, 99))
def test_padding_does_not_count_in_scores_over_the_batch(name, lengths, seed):
    tight = random_batch(seed, lengths)
    student, teacher = (
        torch.cat([tokens, torch.full((len(lengths), 3, 5), 9.0)], dim=1)
        for tokens in (tight.student, tight.teacher)
    )
    sides = [list(side) for side in zip(*lengths, strict=True)]
    padded = token_batch(student, sides[0], teacher, sides[1])
    term = in_batch(name)
    assert term(padded).item() == pytest.approx(term(tight).item(), abs=1e-5)


@pytest.mark.parametrize("name", ["ot", "mse", "greedy", "language", "contrastive", "scores"])
def test_gradients_by_finite_differences(name):
    batch = random_batch(1, [(3, 2), (2, 3), (1, 1)], languages=torch.tensor([0, 1, 0]))
    term = (alone(name) if name in ("ot", "mse", "greedy", "language") else in_batch(name)).double()
    x = batch.student.double().requires_grad_()
    if name == "ot":  # the plan is held constant, so the whole is no plain derivative
        strategy = TransportCost().strategy
        cost = cosine_cost(batch.student.double(), batch.teacher.double())
        plan = strategy(cost, batch.student_mask, batch.teacher_mask).plan
        term = HeldPlan(plan)

    def value(student):
        moved = replace(batch, student=student, teacher=batch.teacher.double())
        sign = -1 if name == "language" else 1  # whose gradient is reversed
        return Signed.apply(term(moved), sign)

    assert torch.autograd.gradcheck(value, (x,))
    (gradient,) = torch.autograd.grad(value(x), x)
    assert gradient[~batch.student_mask].count_nonzero() == 0
    assert gradient[batch.student_mask].count_nonzero() > 0


class HeldPlan(nn.Module):
    def __init__(self, plan):
        super().__init__()
        self.plan = plan

    def forward(self, batch):
        return (self.plan * cosine_cost(batch.student, batch.teacher)).sum(dim=(1, 2)).mean()


class Signed(torch.autograd.Function):
    """The identity with the gradient times a sign."""

    @staticmethod
    def forward(context, value, sign):
        context.sign = sign
        return value.view_as(value)

    @staticmethod
    def backward(context, gradient):
        return context.sign * gradient, None
