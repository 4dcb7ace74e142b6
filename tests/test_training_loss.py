"""The OPTICAL loss: its value, its gradient, and the teacher that it leaves alone."""

from __future__ import annotations

import numpy as np
import ot
import pytest
import torch
from tiny_models import tiny_encoder
from torch import nn

from optical_pt.models.student import copy_query_side
from optical_pt.ot import cosine_cost, entropic_plan
from optical_pt.training.loss import OpticalLoss

torch.set_num_threads(1)

ENGLISH = ["house", "river", "the", "dog", "runs"]
FOREIGN = ["nyumba", "mto", "mbwa"]
PAIRS = [("nyumba mto", "the house river"), ("mbwa", "dog"), ("mto mbwa nyumba", "dog runs")]


class Given(nn.Module):
    """Stands where an encoder does; its token embeddings are what it is given."""

    def forward(self, features: dict, task: str) -> dict:
        assert task == "query"
        return features


def features(embeddings: torch.Tensor, lengths: list[int]) -> dict[str, torch.Tensor]:
    mask = torch.arange(embeddings.shape[1])[None, :] < torch.tensor(lengths)[:, None]
    return {"token_embeddings": embeddings, "attention_mask": mask.long()}


@pytest.fixture(scope="module")
def teacher():
    return tiny_encoder(ENGLISH)


@pytest.fixture
def student(teacher):
    generator = torch.Generator().manual_seed(1)
    return copy_query_side(teacher, FOREIGN, torch.randn(3, 32, generator=generator))


def batch(student, teacher, pairs):
    foreign = student.preprocess([f for f, _ in pairs], task="query")
    english = teacher.preprocess([e for _, e in pairs], task="query")
    return [foreign, english]


def encode(model, sentence):
    tokens = model(dict(model.preprocess([sentence], task="query")), task="query")
    return tokens["token_embeddings"].detach()


def test_by_hand():
    # Foreign (1,0), (0,1); English (0,1), (1,0): C = [[1,0],[0,1]], by symmetry
    # P = [[x, y], [y, x]] with x / y = exp(-1 / reg), x + y = 1/2, and <P, C> = 2x.
    foreign = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    english = torch.tensor([[[0.0, 3.0], [2.0, 0.0]]])
    loss = OpticalLoss(Given(), Given(), reg=0.5)
    ratio = np.exp(-1 / 0.5)
    value = loss([features(foreign, [2]), features(english, [2])])
    assert value.shape == ()
    assert value.item() == pytest.approx(ratio / (1 + ratio))


def test_one_token_has_the_mean_cost():
    foreign = torch.tensor([[[1.0, 0.0]]])
    english = torch.tensor([[[0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]]])
    value = OpticalLoss(Given(), Given())([features(foreign, [1]), features(english, [3])])
    assert value.item() == pytest.approx((1 + 0 + 2) / 3)


def test_equals_the_transport_cost_by_pot(student, teacher):
    expected = []
    for foreign, english in PAIRS:
        cost = cosine_cost(encode(student, foreign), encode(teacher, english))[0].double().numpy()
        m, n = cost.shape
        plan = ot.bregman.sinkhorn_log(
            np.full(m, 1 / m), np.full(n, 1 / n), cost, 0.1, numItermax=5000, stopThr=1e-10
        )
        expected.append((plan * cost).sum())
    loss = OpticalLoss(student, teacher, reg=0.1, iterations=2000)
    value = loss(batch(student, teacher, PAIRS))
    assert value.item() == pytest.approx(np.mean(expected), abs=1e-5)


def test_a_ragged_batch_is_the_mean_of_its_pairs(student, teacher):
    loss = OpticalLoss(student, teacher)
    singles = [loss(batch(student, teacher, [pair])).item() for pair in PAIRS]
    assert loss(batch(student, teacher, PAIRS)).item() == pytest.approx(np.mean(singles), abs=1e-6)


def test_gradient_is_that_of_the_cost_under_a_constant_plan():
    generator = torch.Generator().manual_seed(0)
    foreign = torch.randn(2, 4, 6, generator=generator).requires_grad_()
    english = torch.randn(2, 5, 6, generator=generator)
    ragged = [4, 2], [3, 5]
    OpticalLoss(Given(), Given(), reg=0.1)(
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
    OpticalLoss(Given(), Given(), reg=0.1)([features(single, [3]), features(y, [2])]).backward()
    assert torch.allclose(single.grad.double(), held, atol=1e-6)


def test_a_step_lowers_the_loss_and_trains_only_the_student(student, teacher):
    before = {name: weight.clone() for name, weight in teacher.state_dict().items()}
    loss = OpticalLoss(student, teacher)
    optimizer = torch.optim.SGD(loss.parameters(), lr=0.1)
    first = loss(batch(student, teacher, PAIRS))
    first.backward()
    optimizer.step()
    assert loss(batch(student, teacher, PAIRS)) < first
    assert all(torch.equal(weight, before[n]) for n, weight in teacher.state_dict().items())
    assert all(weight.grad is None for weight in teacher.parameters())


def test_the_teacher_is_frozen_and_no_part_of_the_loss(student):
    teacher = tiny_encoder(ENGLISH).train()
    loss = OpticalLoss(student, teacher).train()
    assert not any(module.training for module in teacher.modules())
    assert not any(weight.requires_grad for weight in teacher.parameters())
    mine = {id(weight) for weight in loss.parameters()}
    assert mine == {id(weight) for weight in student.parameters()}
    assert loss.state_dict().keys() == {f"model.{name}" for name in student.state_dict()}
    assert not any(module is teacher for module in loss.modules())


def test_autocast_leaves_the_transport_in_full_precision():
    generator = torch.Generator().manual_seed(0)
    pair = [
        features(torch.randn(1, 3, 8, generator=generator), [3]),
        features(torch.randn(1, 4, 8, generator=generator), [4]),
    ]
    loss = OpticalLoss(Given(), Given())
    with torch.autocast("cpu", torch.bfloat16):
        inside = loss(pair)
    assert inside.dtype == torch.float32
    assert inside == loss(pair)


def test_the_features_given_are_not_changed(student, teacher):
    given = [{**features, "task": "query"} for features in batch(student, teacher, PAIRS)]
    keys = [set(features) for features in given]
    OpticalLoss(student, teacher)(given)
    assert [set(features) for features in given] == keys


def test_settings_and_source_for_the_model_card(student, teacher):
    loss = OpticalLoss(student, teacher, reg=0.2, iterations=7)
    assert loss.get_config_dict() == {"reg": 0.2, "iterations": 7}
    assert "Optimal" in loss.citation
