"""Copies of a teacher's query side, and students kept as the embeddings that differ."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import late_interaction, save_xlm_roberta, student_with, tiny_encoder
from transformers import DistilBertConfig, DistilBertModel

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.models.fingerprint import document_fingerprint, query_modules
from optical_pt.models.student import copy_query_side, join_sides
from optical_pt.models.vocabulary_student import (
    is_vocabulary_student,
    load_vocabulary_student,
    save_vocabulary_student,
)

torch.set_num_threads(1)

PIECES = ["nyumba", "mto", "नदी"]
QUERIES = ["nyumba mto", "नदी house", "river"]


@pytest.fixture(scope="module")
def teacher():
    return LateInteraction.from_encoder(tiny_encoder(["house", "river"]), "tiny")


def embeddings(encoder):
    return query_modules(encoder)[0].auto_model.get_input_embeddings().weight


def student_of(teacher, *, moved=("river",)):
    """A student with three new words, whose embedding of the moved words is another."""
    torch.manual_seed(7)
    student = student_with(teacher, PIECES, torch.randn(3, teacher_dim(teacher)))
    with torch.no_grad():
        for word in moved:
            row = query_modules(teacher)[0].tokenizer.convert_tokens_to_ids(word)
            embeddings(student)[row] += 0.5
    return student


def teacher_dim(teacher) -> int:
    return embeddings(teacher).shape[1]


@pytest.fixture
def saved(teacher, tmp_path):
    student = student_of(teacher.encoder)
    save_vocabulary_student(student, teacher.encoder, teacher.name, ["sw", "hi"], tmp_path)
    return tmp_path


def encode(encoder, queries=QUERIES):
    return LateInteraction.from_encoder(encoder, "any").encode_queries(queries)


def assert_alike(some, others):
    for a, b in zip(some, others, strict=True):
        assert a.shape == b.shape
        assert (a * b).sum(axis=1).min() > 0.999


def test_a_loaded_student_encodes_as_the_saved_one(teacher, saved):
    loaded = load_vocabulary_student(saved, teacher=teacher)
    assert_alike(encode(loaded), encode(student_of(teacher.encoder)))
    assert document_fingerprint(loaded) == teacher.fingerprint


def test_a_student_keeps_the_prefixes_of_names(teacher, tmp_path):
    rows = torch.ones(1, teacher_dim(teacher.encoder))
    student = student_with(teacher.encoder, ["nyumba"], rows, ["e", "u"])
    save_vocabulary_student(student, teacher.encoder, teacher.name, ["zu"], tmp_path)
    loaded = load_vocabulary_student(tmp_path, teacher=teacher)
    assert_alike(encode(loaded, ["uRiver eHouse"]), encode(student, ["u river e house"]))


def test_students_of_the_first_version_have_no_prefixes_of_names_nor_diacritics(teacher, saved):
    path = saved / "optical.json"
    record = json.loads(path.read_text())
    assert record["version"] == 2
    assert record.pop("name_prefixes") == []
    assert record.pop("diacritics") == []
    path.write_text(json.dumps({**record, "version": 1}))
    loaded = load_vocabulary_student(saved, teacher=teacher)
    assert_alike(encode(loaded), encode(student_of(teacher.encoder)))


def test_only_new_and_moved_rows_are_stored_each_within_half_a_step(teacher, saved):
    stored = load_file(saved / "embeddings.safetensors")
    known = len(query_modules(teacher.encoder)[0].tokenizer)
    river = query_modules(teacher.encoder)[0].tokenizer.convert_tokens_to_ids("river")
    assert stored["rows"].tolist() == [river, known, known + 1, known + 2]
    assert stored["values"].dtype == torch.int8
    wanted = embeddings(student_of(teacher.encoder)).detach()[stored["rows"]]
    error = (stored["values"].float() * stored["scales"][:, None] - wanted).abs()
    assert (error <= wanted.abs().amax(dim=1, keepdim=True) / 127 / 2 + 1e-6).all()
    assert (saved / "vocabulary.txt").read_text(encoding="utf-8") == "nyumba\nmto\nनदी\n"


def test_loading_shares_the_teachers_layers_and_changes_nothing_of_it(teacher, saved):
    before = {name: weight.clone() for name, weight in teacher.encoder.state_dict().items()}
    loaded = load_vocabulary_student(saved, teacher=teacher)
    mine = {id(weight) for weight in query_modules(loaded)[0].auto_model.encoder.parameters()}
    assert mine == {
        id(weight) for weight in query_modules(teacher.encoder)[0].auto_model.encoder.parameters()
    }
    assert embeddings(loaded) is not embeddings(teacher.encoder)
    after = teacher.encoder.state_dict()
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())


def test_a_copy_shares_nothing_and_can_be_trained(teacher):
    frozen = tiny_encoder(["house"]).requires_grad_(False)
    copy = student_with(frozen, ["mto"], torch.zeros(1, 32))
    assert all(weight.requires_grad for weight in copy.parameters())
    assert not {id(w) for w in copy.parameters()} & {id(w) for w in frozen.parameters()}
    assert not any(weight.requires_grad for weight in frozen.parameters())


def test_a_copy_without_new_words_encodes_as_its_teacher(teacher):
    copy = copy_query_side(teacher.encoder)
    for a, b in zip(encode(copy), encode(teacher.encoder), strict=True):
        assert np.array_equal(a, b)


def test_a_student_can_be_a_teacher(teacher):
    first = join_sides(student_of(teacher.encoder), teacher.encoder)
    second = join_sides(
        student_with(first, ["mbwa"], torch.ones(1, teacher_dim(teacher.encoder))), first
    )
    assert_alike(encode(second), encode(first))
    assert document_fingerprint(second) == teacher.fingerprint


def test_a_student_without_new_words(teacher, tmp_path):
    student = copy_query_side(teacher.encoder)
    save_vocabulary_student(student, teacher.encoder, "tiny", ["sw"], tmp_path)
    loaded = load_vocabulary_student(tmp_path, teacher=teacher)
    # Students with new words keep vowel signs, which the teacher's own tokenizer strips.
    queries = [*QUERIES, "कुल house"]
    for a, b in zip(encode(loaded, queries), encode(teacher.encoder, queries), strict=True):
        assert np.array_equal(a, b)


def test_a_student_with_the_tokenizer_of_another_kind_of_teacher(tmp_path):
    save_xlm_roberta(tmp_path / "xlmr", ["house", "river"], dim=32)
    encoder = late_interaction(tmp_path / "xlmr")
    teacher = LateInteraction.from_encoder(encoder, "xlmr")
    student = copy_query_side(encoder)
    with torch.no_grad():
        embeddings(student)[5] += 0.5
    (tmp_path / "student").mkdir()
    save_vocabulary_student(student, encoder, "xlmr", ["sw"], tmp_path / "student")
    loaded = load_vocabulary_student(tmp_path / "student", teacher=teacher)
    assert_alike(encode(loaded), encode(student))


def test_a_teacher_with_more_rows_than_tokens(tmp_path):
    encoder = tiny_encoder(["house", "river"])
    query_modules(encoder)[0].auto_model.resize_token_embeddings(128, mean_resizing=False)
    student = student_of(encoder)
    save_vocabulary_student(student, encoder, "padded", ["sw"], tmp_path)
    teacher = LateInteraction.from_encoder(encoder, "padded")
    loaded = load_vocabulary_student(tmp_path, teacher=teacher)
    assert_alike(encode(loaded), encode(student))


def test_a_teacher_that_is_no_bert(tmp_path):
    encoder = tiny_encoder(["house", "river"])
    size = len(query_modules(encoder)[0].tokenizer)
    torch.manual_seed(0)
    config = DistilBertConfig(vocab_size=size, dim=32, n_layers=1, n_heads=2, hidden_dim=64)
    query_modules(encoder)[0].model = DistilBertModel(config).eval()
    student = student_of(encoder)
    save_vocabulary_student(student, encoder, "distil", ["sw"], tmp_path)
    teacher = LateInteraction.from_encoder(encoder, "distil")
    assert_alike(encode(load_vocabulary_student(tmp_path, teacher=teacher)), encode(student))


def test_a_trained_body_cannot_be_left_out(teacher, tmp_path):
    student = student_of(teacher.encoder)
    with torch.no_grad():
        next(query_modules(student)[0].auto_model.encoder.parameters()).add_(0.1)
    with pytest.raises(InputError, match="differs from its teacher's; a vocabulary student may"):
        save_vocabulary_student(student, teacher.encoder, "tiny", ["sw"], tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_teacher_is_refused(saved):
    other = LateInteraction.from_encoder(tiny_encoder(["house", "river"], seed=1), "other")
    with pytest.raises(InputError, match=r"made with teacher tiny \(.*\), not other \(.*\); load"):
        load_vocabulary_student(saved, teacher=other)


def test_a_student_is_where_its_teacher_is(saved, teacher):
    with pytest.raises(InputError, match=r"asked for on meta, but .* a teacher on cpu"):
        load_vocabulary_student(saved, device="meta", teacher=teacher)
    load_vocabulary_student(saved, device="cpu", teacher=teacher)


def test_what_is_a_vocabulary_student(saved, tmp_path_factory):
    assert is_vocabulary_student(saved)
    assert not is_vocabulary_student(tmp_path_factory.mktemp("empty"))
    assert not is_vocabulary_student("minilm")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-20])


def shorten(path):
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]))


def drop_scales(path):
    save_file({"rows": torch.zeros(1), "values": torch.zeros(1, 32)}, path)


def change_version(path):
    path.write_text(json.dumps({**json.loads(path.read_text()), "version": 9}))


@pytest.mark.parametrize(
    ("name", "harm", "message"),
    [
        ("embeddings.safetensors", truncate, "embeddings.safetensors: broken"),
        ("embeddings.safetensors", drop_scales, "embeddings.safetensors: broken"),
        ("embeddings.safetensors", lambda path: path.unlink(), "embeddings.safetensors: missing"),
        ("vocabulary.txt", shorten, "vocabulary.txt: its 2 entries are not those of"),
        ("vocabulary.txt", lambda path: path.unlink(), "vocabulary.txt: missing"),
        ("optical.json", truncate, "optical.json: not JSON"),
        ("optical.json", change_version, "version 9 is not .* version 3; update optical-pt"),
    ],
)
def test_broken_files_are_named(teacher, saved, tmp_path_factory, name, harm, message):
    folder = shutil.copytree(saved, tmp_path_factory.mktemp("broken") / "student")
    harm(folder / name)
    with pytest.raises(InputError, match=message) as caught:
        LateInteraction(folder, teacher=teacher).load()
    assert "\n" not in str(caught.value)


def test_a_student_on_the_hub_is_loaded_by_its_name(saved, teacher, tmp_path, monkeypatch):
    # As the hub's client lays out what it fetched; the tests have no network.
    repository = tmp_path / "hub" / "models--me--student"
    snapshot = repository / "snapshots" / ("0" * 40)
    shutil.copytree(saved, snapshot)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0" * 40)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    found = LateInteraction("me/student", device="cpu", teacher=teacher)
    here = LateInteraction(saved, device="cpu", teacher=teacher)
    np.testing.assert_array_equal(*(m.encode_queries(["simba"])[0] for m in (found, here)))
