"""What is trained, how fast, and what is left of it when the student is done."""

from __future__ import annotations

import json

import pytest
import torch
from cipher import ENGLISH, cipher_pairs
from safetensors.torch import load_file
from tiny_models import student_with, tiny_encoder
from torch import nn

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.models.student import copy_query_side
from optical_pt.training.adapters import add_adapters, merge_adapters
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.trainable import choose_trainable, finish
from optical_pt.training.trainer import distillation_trainer

torch.set_num_threads(1)

COPY = StartSettings(vocabulary=0)

PAIRS = cipher_pairs(48, seed=0)
WORDS = "0.model.embeddings.word_embeddings.weight"
NEW = ["nyumba", "mto"]


@pytest.fixture(scope="module")
def teacher():
    return tiny_encoder(ENGLISH)


def run(**options) -> TrainingSettings:
    return TrainingSettings(**{"bf16": False, "batch_size": 8, "epochs": 1, **options})


def trained(teacher, folder, settings, pairs=PAIRS):
    """The student before and after, as state dicts, and its trainer."""
    student = student_with(teacher, NEW, torch.ones(2, 32))
    before = {name: value.clone() for name, value in student.state_dict().items()}
    trainer = distillation_trainer(student, teacher, pairs, folder, settings)
    trainer.train()
    finish(student)
    return before, student.state_dict(), trainer


def moved(before, after) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if not torch.equal(before[name], after[name])}


def layers_of(names: set[str]) -> set[str]:
    return {name.split(".layer.")[1].split(".")[0] for name in names if ".layer." in name}


def test_new_embeddings_leave_the_teachers_alone(teacher, tmp_path):
    pairs = [SentencePair(p.english, f"nyumba {p.english} mto", "xx") for p in PAIRS[:16]]
    before, after, _ = trained(teacher, tmp_path, run(train="new-embeddings"), pairs)
    assert moved(before, after) == {WORDS}
    known = len(teacher.tokenizer)
    assert torch.equal(before[WORDS][:known], after[WORDS][:known])
    assert not torch.equal(before[WORDS][known:], after[WORDS][known:])


def test_new_embeddings_need_new_words(teacher, tmp_path):
    student = copy_query_side(teacher)
    with pytest.raises(InputError, match="no words were added; choose 'embeddings'"):
        choose_trainable(student, run(train="new-embeddings"), known=len(teacher.tokenizer))
    model = LateInteraction.from_encoder(teacher, "tiny")
    settings = run(train="new-embeddings")
    with pytest.raises(InputError, match="set the vocabulary above 0"):
        distil(model, PAIRS, tmp_path / "xx", start=COPY, settings=settings)


@pytest.mark.parametrize("train", ["all", "adapters"])
def test_layers_count_from_the_bottom(teacher, tmp_path, train):
    before, after, _ = trained(teacher, tmp_path, run(train=train, layers=1))
    assert layers_of(moved(before, after)) == {"0"}
    assert WORDS in moved(before, after)


def test_too_many_layers(teacher):
    with pytest.raises(InputError, match="layers 3: the student has 2; choose no more"):
        choose_trainable(copy_query_side(teacher), run(train="all", layers=3))


def test_adapters_are_merged(teacher, tmp_path):
    before, after, _ = trained(teacher, tmp_path, run(train="adapters", adapter_rank=2))
    changed = moved(before, after)
    assert layers_of(changed) == {"0", "1"}
    for name in changed - {WORDS}:
        assert name.endswith("weight")
        assert torch.linalg.matrix_rank(after[name] - before[name], atol=1e-5) <= 2


def test_merging_keeps_the_function():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 6), nn.ReLU(), nn.Linear(6, 2))
    add_adapters(model, rank=2)
    for module in (model[0], model[2]):
        nn.init.normal_(module.parametrizations.weight[0].b)
    x = torch.randn(5, 4)
    expected = model(x)
    merge_adapters(model)
    assert torch.allclose(model(x), expected)
    assert {name for name, _ in model.named_parameters()} == {
        "0.weight", "0.bias", "2.weight", "2.bias",
    }  # fmt: skip


def test_a_body_at_rate_zero_is_frozen(teacher, tmp_path):
    before, after, _ = trained(teacher, tmp_path, run(train="all", body_learning_rate=0.0))
    assert moved(before, after) == {WORDS}


def test_the_body_has_its_own_rate(teacher, tmp_path):
    settings = run(train="all", learning_rate=1e-2, body_learning_rate=1e-5)
    before, after, trainer = trained(teacher, tmp_path, settings)
    sizes = {name: (after[name] - before[name]).abs().max().item() for name in before}
    body = max(size for name, size in sizes.items() if name != WORDS)
    # Adam moves a weight by at most about the rate in each of 6 steps.
    assert 0 < body < 1e-4
    assert sizes[WORDS] > 1e-3
    assert trainer.optimizer.param_groups[-1]["initial_lr"] == 1e-5


def test_the_body_starts_late(teacher, tmp_path):
    late = run(train="all", body_start=0.99)
    before, after, _ = trained(teacher, tmp_path / "late", late)
    assert moved(before, after) == {WORDS}
    half = run(train="all", body_start=0.5)
    before, after, _ = trained(teacher, tmp_path / "half", half)
    assert layers_of(moved(before, after)) == {"0", "1"}


def test_an_anchor_keeps_embeddings_nearer(teacher, tmp_path):
    distance = {}
    for anchor in (0.0, 10.0):
        settings = run(anchor=anchor, learning_rate=1e-2, epochs=3)
        before, after, trainer = trained(teacher, tmp_path / str(anchor), settings)
        distance[anchor] = (after[WORDS] - before[WORDS]).norm().item()
        logged = [entry for entry in trainer.state.log_history if "loss" in entry]
        assert all(("anchor" in entry) == bool(anchor) for entry in logged)
    assert distance[10.0] < distance[0.0] / 2


def test_accumulated_batches_are_one_step(teacher, tmp_path):
    """Two batches of 4 equal-length pairs are one of 8, where the loss is a mean over pairs."""
    same = [SentencePair("house", "mto", "xx")] * 16
    whole = trained(teacher, tmp_path / "8", run(batch_size=8), same)
    parts = trained(teacher, tmp_path / "4", run(batch_size=4, accumulate=2), same)
    assert whole[2].state.global_step == parts[2].state.global_step == 2
    assert torch.allclose(whole[1][WORDS], parts[1][WORDS], atol=1e-5)


def test_a_discriminator_is_in_checkpoints_and_not_released(teacher, tmp_path):
    settings = run(loss={"ot": 1.0, "language": 0.1}, save_steps=3)
    before, after, trainer = trained(teacher, tmp_path / "work", settings)
    assert before.keys() == after.keys()
    saved = [
        load_file(tmp_path / "work" / f"checkpoint-{step}" / "model.safetensors") for step in (3, 6)
    ]
    extra = saved[0].keys() - after.keys()
    assert extra
    assert all("language_discriminator" in name for name in extra)
    assert any(not torch.equal(saved[0][name], saved[1][name]) for name in extra)  # it is trained
    assert "language" in trainer.state.log_history[0]

    model = LateInteraction.from_encoder(teacher, "tiny")
    student = distil(model, PAIRS, tmp_path / "xx", settings=run(loss={"language": 1.0}))
    assert not any("discriminator" in name for name in student.encoder.state_dict())
    for weights in (tmp_path / "xx").rglob("*.safetensors"):
        assert not any("discriminator" in name for name in load_file(weights))


def test_every_loss_trains_together(teacher, tmp_path):
    losses = ("ot", "mse", "greedy", "scores", "contrastive", "perturbed", "language")
    settings = run(loss=dict.fromkeys(losses, 0.1), marginals="idf", anchor=0.1, train="all")
    model = LateInteraction.from_encoder(teacher, "tiny")
    distil(model, PAIRS, tmp_path / "xx", settings=settings)
    record = json.loads((tmp_path / "xx" / "training.json").read_text())
    entry = record["losses"][0]
    assert set(entry) == {"step", "loss", "anchor", *losses}
    total = sum(0.1 * entry[name] for name in (*losses, "anchor"))
    assert entry["loss"] == pytest.approx(total, abs=1e-3)
    card = (tmp_path / "xx" / "README.md").read_text()
    assert all(f"| `{name}`: " in card for name in losses)
    assert "| marginals | idf |" in card
