"""A teacher's embeddings, computed once: the same numbers, and never broken ones."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.training import teacher_store as module
from optical_pt.training.teacher_store import teacher_store

torch.set_num_threads(1)

SENTENCES = ["house river", "a", "the river runs", "house river", "", "x " * 40]
RUN = {"max_length": 16, "bf16": False}


@pytest.fixture(scope="module")
def teacher():
    return tiny_encoder(["house", "river", "the", "runs"])


def encode(teacher, sentence):
    given = teacher.preprocess([sentence], task="query", max_length=16)
    with torch.no_grad():
        found = teacher(given, task="query")
    mask = found["attention_mask"][0].bool()
    return found["token_embeddings"][0, mask], found["input_ids"][0, mask]


@settings(max_examples=10)
@given(st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=5))
def test_stored_embeddings_are_the_teachers(tmp_path_factory, teacher, chosen):
    folder = tmp_path_factory.getbasetemp() / "shared"
    found = teacher_store(teacher, SENTENCES, folder, **RUN).features(chosen)
    embeddings, mask = found["token_embeddings"], found["attention_mask"]
    assert embeddings.dtype == torch.float16
    assert mask.sum(dim=1).max() == embeddings.shape[1]
    for row, sentence in enumerate(chosen):
        expected, ids = encode(teacher, sentence)
        assert torch.allclose(embeddings[row, mask[row]].float(), expected, atol=1e-3)
        assert found["input_ids"][row, mask[row]].tolist() == ids.tolist()
        assert embeddings[row, ~mask[row]].count_nonzero() == 0


def test_a_store_is_made_once(teacher, tmp_path):
    teacher_store(teacher, SENTENCES, tmp_path, **RUN)
    (store,) = tmp_path.iterdir()
    before = {path.name: path.stat().st_mtime_ns for path in store.iterdir()}
    teacher_store(teacher, [*SENTENCES, "a"], tmp_path, **RUN)  # repetitions count once
    assert {path.name: path.stat().st_mtime_ns for path in store.iterdir()} == before


def test_another_teacher_text_or_way_is_another_store(teacher, tmp_path):
    prompted = tiny_encoder(["house", "river", "the", "runs"])
    prompted.prompts["query"] = "the "
    for model, sentences, run in [
        (teacher, SENTENCES, RUN),
        (tiny_encoder(["house", "river", "the", "runs"], seed=1), SENTENCES, RUN),
        (prompted, SENTENCES, RUN),
        (teacher, SENTENCES[:2], RUN),
        (teacher, SENTENCES, {**RUN, "max_length": 12}),
        (teacher, SENTENCES, {**RUN, "bf16": True}),
    ]:
        teacher_store(model, sentences, tmp_path, **run)
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.parametrize("name", ["embeddings.float16", "ids.npy", "starts.npy", "store.json"])
@pytest.mark.parametrize("harm", ["missing", "cut", "changed"])
def test_a_broken_store_is_made_anew(teacher, tmp_path, name, harm):
    whole = teacher_store(teacher, SENTENCES, tmp_path, **RUN).features(SENTENCES)
    (store,) = tmp_path.iterdir()
    content = bytearray((store / name).read_bytes())
    (store / name).unlink()
    if harm == "cut":
        (store / name).write_bytes(content[:-1])
    elif harm == "changed":
        content[len(content) // 2] ^= 255
        (store / name).write_bytes(content)
    again = teacher_store(teacher, SENTENCES, tmp_path, **RUN).features(SENTENCES)
    assert all(torch.equal(again[key], value) for key, value in whole.items())
    hashes = json.loads((store / "store.json").read_text())["sha256"]
    assert set(hashes) == set(module.FILES)
    assert os.listdir(tmp_path) == [store.name]


def test_a_store_that_is_cut_short_leaves_nothing(teacher, tmp_path, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "save", fail)
    with pytest.raises(KeyboardInterrupt):
        teacher_store(teacher, SENTENCES, tmp_path, **RUN)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_said_before(teacher, tmp_path, monkeypatch):
    usage = module.shutil.disk_usage(tmp_path)._replace(free=10)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InputError, match=r"name another folder \(--store\) or use --no-store"):
        teacher_store(teacher, SENTENCES, tmp_path, **RUN)
