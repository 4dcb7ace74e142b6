"""A training that goes on from a checkpoint, with everything switched on, is the same training."""

from __future__ import annotations

import shutil

import pytest
import torch
from cipher import ENGLISH, cipher_pairs
from tiny_models import tiny_encoder

from optical_pt.training.attention import plain_attention
from optical_pt.training.hold_out import hold_out
from optical_pt.training.run import train
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.starts import make_start

torch.set_num_threads(1)

PAIRS = [*cipher_pairs(90, seed=0), *cipher_pairs(30, seed=3, language="yy")]
ALL_LOSSES = ("ot", "mse", "greedy", "scores", "contrastive", "perturbed", "language")
RUN = {"bf16": False, "batch_size": 4, "epochs": 1, "save_steps": 5, "hold_out": 8}
EVERYTHING = {
    "loss": dict.fromkeys(ALL_LOSSES, 0.2),
    "anchor": 0.1,
    "marginals": "idf",
    "accumulate": 2,
    "temperature": 3.0,
    "evaluate_steps": 2,
    "body_start": 0.4,
    "body_learning_rate": 1e-4,
}


@pytest.fixture(scope="module")
def teacher():
    return tiny_encoder(ENGLISH)


def start(teacher, kept):
    return make_start(teacher, kept, StartSettings(vocabulary=100), seed=0)


@pytest.mark.parametrize(
    "options",
    [
        {**EVERYTHING, "train": "adapters"},
        {**EVERYTHING, "train": "all", "store": False, "layers": 1},
        {"train": "new-embeddings", "evaluate_steps": 3},
        {"learning_rate": 5.0, "evaluate_steps": 2, "patience": 4},
    ],
    ids=["adapters", "all", "new-embeddings", "patience"],
)
def test_resuming_gives_the_same_weights_and_history(teacher, tmp_path, options):
    settings = TrainingSettings(**{**RUN, **options})
    kept, held_out = hold_out(PAIRS, settings.hold_out, seed=0)
    whole = start(teacher, kept)
    history = train(whole, teacher, kept, held_out, tmp_path / "whole", settings)
    first, *later = sorted(
        (tmp_path / "whole").glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1])
    )

    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "whole", killed)
    for checkpoint in later:
        shutil.rmtree(killed / checkpoint.name)
    again = start(teacher, kept)
    resumed = train(again, teacher, kept, held_out, killed, settings)

    steps = [entry["step"] for entry in history.evaluations]
    assert steps[:2] == [0, settings.evaluate_steps]
    assert int(first.name.split("-")[1]) < steps[-1]  # something was left to do
    assert resumed == history
    weights = again.state_dict()
    assert weights.keys() == whole.state_dict().keys()
    assert all(torch.equal(weights[name], value) for name, value in whole.state_dict().items())


def test_the_teachers_embeddings_are_made_once(teacher, tmp_path):
    settings = TrainingSettings(**{**RUN, "hold_out": 0})
    times = []
    for name in ("first", "second"):
        work, student = tmp_path / name, start(teacher, PAIRS)
        train(student, teacher, PAIRS, {}, work, settings, store=tmp_path / "store")
        assert not (work / "teacher").exists()
        (made,) = (tmp_path / "store").iterdir()
        times.append({path.name: path.stat().st_mtime_ns for path in made.iterdir()})
    assert times[0] == times[1]


def test_stored_and_fresh_teacher_embeddings_train_alike(teacher, tmp_path):
    losses = []
    for store in (True, False):
        settings = TrainingSettings(**{**RUN, "hold_out": 0, "store": store})
        student = start(teacher, PAIRS)
        history = train(student, teacher, PAIRS, {}, tmp_path / str(store), settings)
        losses.append([entry["loss"] for entry in history.losses])
        assert (tmp_path / str(store) / "teacher").exists() == store
    assert len(losses[0]) >= 2
    assert losses[0] == pytest.approx(losses[1], rel=0.02)


def test_attention_is_plain_while_a_cpu_trains_in_bf16_only(teacher):
    student = make_start(teacher, [], StartSettings(vocabulary=0), seed=0)
    body = student[0].auto_model
    before = body.config._attn_implementation
    for bf16 in (True, False):
        with plain_attention(student, TrainingSettings(bf16=bf16)):
            assert body.config._attn_implementation == ("eager" if bf16 else before)
        assert body.config._attn_implementation == before
