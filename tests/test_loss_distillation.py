"""The loss of a student: what it costs, what it trains, and the teacher that it leaves alone."""

from __future__ import annotations

import numpy as np
import ot
import pytest
import torch
from tiny_models import student_with, tiny_encoder
from token_batches import Given, transport

from optical_pt.ot import cosine_cost
from optical_pt.training.losses import (
    Contrastive,
    DistillationLoss,
    Perturbed,
    PooledMSE,
    TransportCost,
)

torch.set_num_threads(1)

ENGLISH = ["house", "river", "the", "dog", "runs"]
FOREIGN = ["nyumba", "mto", "mbwa"]
PAIRS = [("nyumba mto", "the house river"), ("mbwa", "dog"), ("mto mbwa nyumba", "dog runs")]


@pytest.fixture(scope="module")
def teacher():
    return tiny_encoder(ENGLISH)


@pytest.fixture
def student(teacher):
    generator = torch.Generator().manual_seed(1)
    return student_with(teacher, FOREIGN, torch.randn(3, 32, generator=generator))


def batch(student, teacher, pairs):
    foreign = student.preprocess([f for f, _ in pairs], task="query")
    english = teacher.preprocess([e for _, e in pairs], task="query")
    return [foreign, english]


def encode(model, sentence):
    tokens = model(dict(model.preprocess([sentence], task="query")), task="query")
    return tokens["token_embeddings"].detach()


def test_equals_the_transport_cost_by_pot(student, teacher):
    expected = []
    for foreign, english in PAIRS:
        cost = cosine_cost(encode(student, foreign), encode(teacher, english))[0].double().numpy()
        m, n = cost.shape
        plan = ot.bregman.sinkhorn_log(
            np.full(m, 1 / m), np.full(n, 1 / n), cost, 0.1, numItermax=5000, stopThr=1e-10
        )
        expected.append((plan * cost).sum())
    loss = transport(student, teacher, reg=0.1, iterations=2000)
    value = loss(batch(student, teacher, PAIRS))
    assert value.item() == pytest.approx(np.mean(expected), abs=1e-5)


def test_a_ragged_batch_is_the_mean_of_its_pairs(student, teacher):
    loss = transport(student, teacher)
    singles = [loss(batch(student, teacher, [pair])).item() for pair in PAIRS]
    # A solver may stop when the whole batch has converged.
    assert loss(batch(student, teacher, PAIRS)).item() == pytest.approx(np.mean(singles), abs=1e-4)


def test_a_step_lowers_the_loss_and_trains_only_the_student(student, teacher):
    before = {name: weight.clone() for name, weight in teacher.state_dict().items()}
    loss = transport(student, teacher)
    optimizer = torch.optim.SGD(student.parameters(), lr=0.1)
    first = loss(batch(student, teacher, PAIRS))
    first.backward()
    optimizer.step()
    assert loss(batch(student, teacher, PAIRS)) < first
    assert all(torch.equal(weight, before[n]) for n, weight in teacher.state_dict().items())
    assert all(weight.grad is None for weight in teacher.parameters())


def test_the_teacher_is_frozen_and_no_part_of_the_loss(student):
    teacher = tiny_encoder(ENGLISH).train()
    loss = DistillationLoss(student, teacher).train()
    assert not any(module.training for module in teacher.modules())
    assert not any(weight.requires_grad for weight in teacher.parameters())
    mine = {id(weight) for weight in loss.parameters()}
    assert mine == {id(weight) for weight in student.parameters()}
    assert loss.state_dict().keys() == {f"model.{name}" for name in student.state_dict()}
    assert not any(module is teacher for module in loss.modules())


def test_the_features_given_are_not_changed(student, teacher):
    given = [{**features, "task": "query"} for features in batch(student, teacher, PAIRS)]
    keys = [set(features) for features in given]
    DistillationLoss(student, teacher)(given)
    assert [set(features) for features in given] == keys


def test_a_perturbation_raises_the_loss_by_its_size(student, teacher):
    terms = {"ot": TransportCost(), "perturbed": Perturbed(TransportCost(), size=0.05)}
    value = DistillationLoss(student, teacher, terms)(batch(student, teacher, PAIRS))
    assert value["perturbed"] > value["ot"]
    none = {"ot": TransportCost(), "perturbed": Perturbed(TransportCost(), size=0.0)}
    value = DistillationLoss(student, teacher, none)(batch(student, teacher, PAIRS))
    assert value["perturbed"].item() == pytest.approx(value["ot"].item(), abs=1e-6)


def test_a_perturbation_trains_words_and_body_and_leaves_no_hook(student, teacher):
    loss = DistillationLoss(student, teacher, {"perturbed": Perturbed(PooledMSE(), size=0.1)})
    loss(batch(student, teacher, PAIRS))["perturbed"].backward()
    words = student[0].auto_model.get_input_embeddings()
    assert words.weight.grad.count_nonzero() > 0
    assert not words._forward_hooks
    student.zero_grad()
    words.requires_grad_(False)  # a frozen embedding layer can be perturbed too
    loss(batch(student, teacher, PAIRS))["perturbed"].backward()
    assert words.weight.grad is None
    assert student[0].auto_model.encoder.layer[0].attention.self.query.weight.grad is not None


def test_terms_are_weighted(student, teacher):
    terms = {"ot": TransportCost(), "mse": PooledMSE(), "contrastive": Contrastive()}
    plain = DistillationLoss(student, teacher, terms)(batch(student, teacher, PAIRS))
    weights = {"mse": 0.5, "contrastive": 0.1}
    loss = DistillationLoss(student, teacher, terms, weights)
    value = loss(batch(student, teacher, PAIRS))
    assert value["ot"] == plain["ot"]
    assert value["mse"].item() == pytest.approx(0.5 * plain["mse"].item())
    assert value["contrastive"].item() == pytest.approx(0.1 * plain["contrastive"].item())
    assert loss.get_config_dict() == {"ot": 1.0, "mse": 0.5, "contrastive": 0.1}


def test_embeddings_computed_before_are_not_computed_again(student, teacher):
    foreign, english = batch(student, teacher, PAIRS)
    stored = teacher(dict(english), task="query")
    stored = {name: stored[name].detach() for name in ("token_embeddings", "attention_mask")}
    loss = DistillationLoss(student, Given())
    assert (
        loss([foreign, stored])["ot"]
        == DistillationLoss(student, teacher)([foreign, english])["ot"]
    )
