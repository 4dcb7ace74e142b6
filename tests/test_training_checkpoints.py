"""Which checkpoint counts as complete, and whose it is."""

from __future__ import annotations

import json
import shutil

import pytest
import torch
from safetensors.torch import load_file
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.models.student import copy_query_side
from optical_pt.training.bitext import SentencePair
from optical_pt.training.checkpoints import newest_complete_checkpoint, open_checkpoints
from optical_pt.training.trainer import TrainingSettings, distillation_trainer

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A folder with two checkpoints that the trainer wrote."""
    folder = tmp_path_factory.mktemp("work")
    teacher = tiny_encoder(["house"])
    pairs = [SentencePair("house", "nyumba", "sw")] * 12
    settings = TrainingSettings(epochs=1, batch_size=1, save_steps=6, bf16=False)
    distillation_trainer(copy_query_side(teacher), teacher, pairs, folder, settings).train()
    return folder


@pytest.fixture
def checkpoints(trained, tmp_path):
    return shutil.copytree(trained, tmp_path / "work")


def test_the_newest_whole_checkpoint_is_chosen(checkpoints):
    assert newest_complete_checkpoint(checkpoints) == str(checkpoints / "checkpoint-12")


def test_a_checkpoint_is_resumed_though_the_model_has_no_pooler(checkpoints):
    teacher = tiny_encoder(["house"])
    assert not any("pooler" in name for name, _ in teacher.named_parameters())
    pairs = [SentencePair("house", "nyumba", "sw")] * 12
    settings = TrainingSettings(epochs=1, batch_size=1, save_steps=6, bf16=False)
    student = copy_query_side(teacher)
    trainer = distillation_trainer(student, teacher, pairs, checkpoints, settings)
    whole = load_file(checkpoints / "checkpoint-12" / "model.safetensors")
    trainer.train(resume_from_checkpoint=str(checkpoints / "checkpoint-6"))
    resumed = student.state_dict()
    assert resumed.keys() == whole.keys()
    assert all(torch.equal(resumed[name], weight) for name, weight in whole.items())


def test_steps_are_compared_as_numbers_and_other_folders_ignored(checkpoints):
    shutil.copytree(checkpoints / "checkpoint-6", checkpoints / "checkpoint-100")
    (checkpoints / "checkpoint-old").mkdir()
    assert newest_complete_checkpoint(checkpoints) == str(checkpoints / "checkpoint-100")


@pytest.mark.parametrize(
    "name", ["optimizer.pt", "scheduler.pt", "trainer_state.json", "model.safetensors"]
)
@pytest.mark.parametrize("harm", ["missing", "truncated", "empty"])
def test_a_checkpoint_cut_short_gives_way_to_the_one_before(checkpoints, name, harm):
    path = checkpoints / "checkpoint-12" / name
    content = path.read_bytes()
    path.unlink()
    if harm != "missing":
        path.write_bytes(content[: len(content) // 2] if harm == "truncated" else b"")
    assert newest_complete_checkpoint(checkpoints) == str(checkpoints / "checkpoint-6")


def test_no_whole_checkpoint_is_none(checkpoints, tmp_path):
    for folder in checkpoints.glob("checkpoint-*"):
        (folder / "trainer_state.json").unlink()
    assert newest_complete_checkpoint(checkpoints) is None
    assert newest_complete_checkpoint(tmp_path / "absent") is None


FACTS = {"teacher": "0123", "bitext": "4567", "epochs": 3, "learning_rate": 1e-3}


def test_a_new_folder_keeps_the_facts(tmp_path):
    work = tmp_path / "deep" / "ha.training"
    open_checkpoints(work, FACTS, resume=False)
    assert json.loads((work / "started.json").read_text()) == FACTS
    open_checkpoints(work, FACTS, resume=True)


def test_resuming_where_nothing_was_starts_anew(tmp_path):
    open_checkpoints(tmp_path / "ha.training", FACTS, resume=True)
    assert (tmp_path / "ha.training" / "started.json").is_file()


def test_an_unfinished_training_wants_resume(tmp_path):
    open_checkpoints(tmp_path / "ha.training", FACTS, resume=False)
    with pytest.raises(InputError, match=r"ha\.training: an unfinished training; use --resume"):
        open_checkpoints(tmp_path / "ha.training", FACTS, resume=False)


def test_another_training_is_not_resumed(tmp_path):
    work = tmp_path / "ha.training"
    open_checkpoints(work, FACTS, resume=False)
    changed = {**FACTS, "bitext": "89ab", "epochs": 4}
    with pytest.raises(InputError, match="started with another bitext, epochs; resume with the"):
        open_checkpoints(work, changed, resume=True)


def test_checkpoints_of_an_unknown_training_are_not_resumed(checkpoints):
    with pytest.raises(InputError, match="does not say what was trained"):
        open_checkpoints(checkpoints, FACTS, resume=True)
