"""The loss of a student: its values, its gradients, and the teacher that it leaves alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import ot
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import tiny_encoder
from torch import nn

from optical_pt.maxsim import maxsim
from optical_pt.models.student import copy_query_side
from optical_pt.ot import Entropic, IdfWeights, cosine_cost, entropic_plan, parse_strategy
from optical_pt.training.losses import (
    Anchor,
    Contrastive,
    DistillationLoss,
    GreedyAlignment,
    IdfMarginals,
    LanguageConfusion,
    LanguageDiscriminator,
    Perturbed,
    PooledMSE,
    ScoreDistillation,
    TokenBatch,
    TransportCost,
    attention_marginals,
)
from optical_pt.training.losses.greedy import greedy_match
from optical_pt.training.losses.scores import maxsim_matrix

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


def transport(student, teacher, **options):
    """The plain OPTICAL loss, as a function from features to its value."""
    loss = DistillationLoss(student, teacher, {"ot": TransportCost(Entropic(**options))})
    return lambda features: loss(features)["ot"]


def encode(model, sentence):
    tokens = model(dict(model.preprocess([sentence], task="query")), task="query")
    return tokens["token_embeddings"].detach()


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


def test_the_features_given_are_not_changed(student, teacher):
    given = [{**features, "task": "query"} for features in batch(student, teacher, PAIRS)]
    keys = [set(features) for features in given]
    DistillationLoss(student, teacher)(given)
    assert [set(features) for features in given] == keys


def token_batch(student, student_lengths, teacher, teacher_lengths, **others) -> TokenBatch:
    source, target = features(student, student_lengths), features(teacher, teacher_lengths)
    masks = source["attention_mask"].bool(), target["attention_mask"].bool()
    return TokenBatch(student, masks[0], teacher, masks[1], **others)


def random_batch(seed: int, lengths, *, extra: int = 0, **others) -> TokenBatch:
    """Ragged unit vectors, with ``extra`` columns of padding that holds large numbers."""
    generator = torch.Generator().manual_seed(seed)
    sides = []
    for side in zip(*lengths, strict=True):
        tokens = torch.randn(len(side), max(1, *side) + extra, 5, generator=generator)
        tokens = nn.functional.normalize(tokens, dim=-1)
        for row, length in zip(tokens, side, strict=True):
            row[length:] = 7.0
        sides += [tokens, list(side)]
    return token_batch(*sides, **others)


def without_padding(batch: TokenBatch, row: int) -> TokenBatch:
    student = batch.student[row : row + 1, batch.student_mask[row]]
    teacher = batch.teacher[row : row + 1, batch.teacher_mask[row]]
    languages = None if batch.languages is None else batch.languages[row : row + 1]
    sizes = [student.shape[1]], [teacher.shape[1]]
    return token_batch(student, sizes[0], teacher, sizes[1], languages=languages)


def discriminator():
    torch.manual_seed(4)
    return LanguageDiscriminator(5, 2, hidden=3)


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


RAGGED = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4)


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


def test_pooled_vectors_by_hand():
    student = torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[3.0, 0.0], [9.0, 9.0]]])
    teacher = torch.tensor([[[0.0, 1.0]], [[0.0, 4.0]]])
    batch = token_batch(student, [2, 1], teacher, [1, 1])
    # |(.5, .5) - (0, 1)|² = .5 and |(3, 0) - (0, 4)|² = 25
    assert PooledMSE()(batch).item() == pytest.approx(25.5 / 2)


def test_greedy_matching_is_one_to_one_and_then_the_best():
    cost = torch.tensor([[[0.1, 0.2], [0.0, 0.3], [0.9, 0.8]]])
    real = torch.ones(1, 3, dtype=torch.bool), torch.ones(1, 2, dtype=torch.bool)
    # Row 1 takes column 0, row 0 is left with column 1, row 2 with none: its best is column 1.
    assert greedy_match(cost, *real).tolist() == [[1, 0, 1]]


@settings(max_examples=12)
@given(lengths=RAGGED, seed=st.integers(0, 99))
def test_greedy_matching_against_a_plain_loop(lengths, seed):
    batch = random_batch(seed, lengths, extra=1)
    cost = cosine_cost(batch.student, batch.teacher)
    match = greedy_match(cost, batch.student_mask, batch.teacher_mask)
    for row, (m, n) in enumerate(lengths):
        table = {(i, j): cost[row, i, j].item() for i in range(m) for j in range(n)}
        expected = {i: min(range(n), key=lambda j, i=i: table[i, j]) for i in range(m)}
        left = sorted(table, key=table.get)
        while left:
            i, j = left[0]
            expected[i] = j
            left = [(a, b) for a, b in left if a != i and b != j]
        assert match[row, :m].tolist() == [expected[i] for i in range(m)]


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


def test_the_discriminator_learns_and_the_student_unlearns():
    batch = random_batch(0, [(3, 3), (3, 3)], languages=torch.tensor([0, 1]))
    student = batch.student.clone().requires_grad_()
    term = LanguageConfusion(discriminator())
    before = term(replace(batch, student=student))
    before.backward()
    with torch.no_grad():
        confused = replace(batch, student=student - 0.1 * student.grad)
        assert term(confused) > before
        for weight in term.parameters():
            weight -= 0.1 * weight.grad
        assert term(batch) < before


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
