"""The cost of transport: its value, its gradient and its marginals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny_models import tiny_encoder
from token_batches import Given, features, random_batch, token_batch, transport

from optical_pt.ot import IdfWeights, cosine_cost, entropic_plan, parse_strategy
from optical_pt.training.bitext import SentencePair
from optical_pt.training.losses import IdfMarginals, TransportCost, attention_marginals
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.terms import make_terms

torch.set_num_threads(1)


def test_by_hand():
    # Foreign (1,0), (0,1); English (0,1), (1,0): C = [[1,0],[0,1]], by symmetry
    # P = [[x, y], [y, x]] with x / y = exp(-1 / reg), x + y = 1/2, and <P, C> = 2x.
    foreign = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    english = torch.tensor([[[0.0, 3.0], [2.0, 0.0]]])
    loss = transport(Given(), Given(), reg=0.5)
    ratio = np.exp(-1 / 0.5)
    value = loss([features(foreign, [2]), features(english, [2])])
    assert value.shape == ()
    assert value.item() == pytest.approx(ratio / (1 + ratio))


def test_one_token_has_the_mean_cost():
    foreign = torch.tensor([[[1.0, 0.0]]])
    english = torch.tensor([[[0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]]])
    value = transport(Given(), Given())([features(foreign, [1]), features(english, [3])])
    assert value.item() == pytest.approx((1 + 0 + 2) / 3)


def test_gradient_is_that_of_the_cost_under_a_constant_plan():
    generator = torch.Generator().manual_seed(0)
    foreign = torch.randn(2, 4, 6, generator=generator).requires_grad_()
    english = torch.randn(2, 5, 6, generator=generator)
    ragged = [4, 2], [3, 5]
    transport(Given(), Given(), reg=0.1)(
        [features(foreign, ragged[0]), features(english, ragged[1])]
    ).backward()

    # d<P, 1 - x'y / |x||y|> / dx = -sum_j P_j (I - x x') y_j / |x| with x and y of unit norm.
    x, y = foreign.detach().double(), english.double()
    masks = [
        features(t, lengths)["attention_mask"].bool()
        for t, lengths in zip((x, y), ragged, strict=True)
    ]
    plan = entropic_plan(cosine_cost(x, y), *masks, reg=0.1).plan
    norm = x.norm(dim=-1, keepdim=True)
    unit, pull = x / norm, plan @ (y / y.norm(dim=-1, keepdim=True))
    expected = -(pull - (pull * unit).sum(dim=-1, keepdim=True) * unit) / norm / 2
    assert torch.allclose(foreign.grad.double(), expected, atol=1e-6)
    assert foreign.grad[1, 2:].count_nonzero() == 0  # padding


def test_gradient_by_finite_differences():
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(1, 3, 4, generator=generator, dtype=torch.float64).requires_grad_()
    y = torch.randn(1, 2, 4, generator=generator, dtype=torch.float64)
    real = torch.ones(1, 3, dtype=torch.bool), torch.ones(1, 2, dtype=torch.bool)
    plan = entropic_plan(cosine_cost(x, y), *real).plan
    assert torch.autograd.gradcheck(lambda x: (plan * cosine_cost(x, y)).sum(), (x,))
    # The loss holds the plan constant; the gradient through it would be another.
    (held,) = torch.autograd.grad((plan * cosine_cost(x, y)).sum(), x)
    single = x.detach().float().requires_grad_()
    transport(Given(), Given(), reg=0.1)([features(single, [3]), features(y, [2])]).backward()
    assert torch.allclose(single.grad.double(), held, atol=1e-6)


def test_autocast_leaves_the_transport_in_full_precision():
    generator = torch.Generator().manual_seed(0)
    pair = [
        features(torch.randn(1, 3, 8, generator=generator), [3]),
        features(torch.randn(1, 4, 8, generator=generator), [4]),
    ]
    loss = transport(Given(), Given())
    with torch.autocast("cpu", torch.bfloat16):
        inside = loss(pair)
    assert inside.dtype == torch.float32
    assert inside == loss(pair)


def test_idf_weights_are_the_marginals():
    student = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    teacher = torch.tensor([[[1.0, 0.0]]])
    ids = {"student_ids": torch.tensor([[2, 1]]), "teacher_ids": torch.tensor([[0]])}
    batch = token_batch(student, [2], teacher, [1], **ids)
    weights = IdfWeights(torch.tensor([9.0, 1.0, 3.0]))  # token 2 has three times token 1's mass
    term = TransportCost(None, IdfMarginals(weights, IdfWeights(torch.ones(1))))
    assert term(batch).item() == pytest.approx(1 / 4)


def test_attention_is_the_marginals():
    student = torch.tensor([[[0.8, 0.6], [0.6, -0.8]]])
    teacher = torch.tensor([[[1.0, 0.0], [0.5, 0.75**0.5]]])
    batch = token_batch(student, [2], teacher, [2])
    cost = cosine_cost(student, teacher)
    mine, theirs = attention_marginals(batch, cost)
    mean = (1 - cost).mean(dim=2)
    assert torch.allclose(mine, mean.clamp(min=0) / mean.clamp(min=0).sum())
    mean = (1 - cost).mean(dim=1)
    assert torch.allclose(theirs, mean.clamp(min=0) / mean.clamp(min=0).sum())
    plan = (
        TransportCost(None, attention_marginals)
        .strategy(cost, batch.student_mask, batch.teacher_mask, mine, theirs)
        .plan
    )
    expected = (plan * cost).sum().item()
    assert TransportCost(None, attention_marginals)(batch).item() == pytest.approx(expected)


@pytest.mark.parametrize(
    "strategy", ["entropic", "ipot", "unbalanced", "partial", "quadratic", "exact"]
)
def test_every_strategy_gives_a_loss_with_a_gradient(strategy):
    batch = random_batch(2, [(3, 2), (1, 4)], extra=1)
    student = batch.student.clone().requires_grad_()
    value = TransportCost(parse_strategy(strategy))(replace(batch, student=student))
    assert 0 < value < 2
    value.backward()
    assert student.grad[batch.student_mask].count_nonzero() > 0
    assert student.grad[~batch.student_mask].count_nonzero() == 0


def test_idf_masses_know_the_prompt_of_queries():
    teacher = tiny_encoder(["cat", "dog", "ask"])
    teacher.prompts["query"] = "ask "
    pairs = [SentencePair(english, english, "sw", "") for english in ("cat", "dog", "dog cat")]
    settings = TrainingSettings(marginals="idf")
    (term,) = make_terms(settings, teacher, teacher, pairs).values()
    ids = torch.tensor([teacher.tokenizer.convert_tokens_to_ids(["[CLS]", "ask", "cat", "[SEP]"])])
    masses = term.marginals.student(ids, torch.ones_like(ids, dtype=torch.bool))[0].tolist()
    # The prompt is in every sentence, as [CLS] is, and cat is in two of three.
    assert masses[1] == masses[0] < masses[2]
