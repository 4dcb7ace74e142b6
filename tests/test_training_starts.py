"""Starting points of a student: each encodes, is released, loads, and trains."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
import torch
from cipher import CIPHER, ENGLISH, FOREIGN, cipher_pairs, retrieval_score
from tiny_models import new_words, save_plain_bert, save_xlm_roberta, tiny_encoder

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.own_vocabulary import kept_entries, learn_own_pieces, replace_vocabulary
from optical_pt.models.reading import Reading, reading_of
from optical_pt.models.tokenizer_extension import word_splitter
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil
from optical_pt.training.new_embeddings import new_embeddings
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.starts import make_start
from optical_pt.training.vocabulary import new_vocabulary

torch.set_num_threads(1)

PAIRS = cipher_pairs(200, seed=0)
UNSEEN = cipher_pairs(40, seed=1)
UNTRAINED = TrainingSettings(epochs=0)


@pytest.fixture(scope="module")
def teacher():
    return LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    """A WordPiece and a SentencePiece encoder, both wider or narrower than the teacher."""
    folder = tmp_path_factory.mktemp("encoders")
    save_plain_bert(folder / "bert")
    save_xlm_roberta(folder / "xlmr", [*ENGLISH, *FOREIGN], dim=24)
    return folder


@pytest.mark.parametrize(
    "start",
    [
        StartSettings("copy"),
        StartSettings("extended", fragments=50),
        StartSettings("extended", new_embeddings="random"),
        StartSettings("extended", new_embeddings="mean"),
        StartSettings("new-vocabulary", vocabulary=300),
        StartSettings("multilingual", encoder="{encoders}/bert"),
        StartSettings("multilingual", encoder="{encoders}/xlmr", encoder_layers=1),
    ],
    ids=["copy", "fragments", "random", "mean", "new-vocabulary", "bert", "xlmr"],
)
def test_each_start_encodes_and_is_released(teacher, encoders, tmp_path, start):
    if start.encoder:
        start = StartSettings(
            "multilingual",
            encoder=start.encoder.format(encoders=encoders),
            encoder_layers=start.encoder_layers,
        )
    made = make_start(teacher.encoder, PAIRS, start, seed=0)
    distil(teacher, PAIRS, tmp_path / "xx", start=start, settings=UNTRAINED)
    again = LateInteraction(tmp_path / "xx", device="cpu")
    sentences = [pair.foreign for pair in UNSEEN[:6]]
    in_memory = LateInteraction.from_encoder(made, "made").encode_queries(sentences)
    for a, b in zip(in_memory, again.encode_queries(sentences), strict=True):
        assert a.shape[1] == 32
        assert np.allclose(np.linalg.norm(a, axis=1), 1, atol=1e-5)
        assert np.array_equal(a, b)
    texts = [pair.english for pair in UNSEEN[:6]]
    for a, b in zip(teacher.encode_documents(texts), again.encode_documents(texts), strict=True):
        assert np.array_equal(a, b)
    assert again.fingerprint == teacher.fingerprint
    record = json.loads((tmp_path / "xx" / "training.json").read_text())
    assert record["start"]["kind"] == start.kind
    assert "It was not trained; it is as it started: " in (tmp_path / "xx/README.md").read_text()


def test_a_new_vocabulary_already_finds_most(teacher):
    start = StartSettings("new-vocabulary", vocabulary=400)
    student = make_start(teacher.encoder, PAIRS, start, seed=0)
    tokenizer = query_modules(student)[0].tokenizer
    assert not set(ENGLISH) & set(tokenizer.get_vocab())
    assert set(FOREIGN) <= set(tokenizer.get_vocab())
    model = LateInteraction.from_encoder(student, "own")
    model.encode_documents = teacher.encode_documents
    assert retrieval_score(model, UNSEEN) > 0.9


def test_a_new_vocabulary_keeps_special_tokens(teacher):
    old = teacher.encoder.tokenizer
    student = make_start(teacher.encoder, PAIRS, StartSettings("new-vocabulary"), seed=0)
    new = query_modules(student)[0].tokenizer
    words, before = (
        query_modules(model)[0].auto_model.get_input_embeddings().weight
        for model in (student, teacher.encoder)
    )
    assert len(words) == len(new)
    for name in ("[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]"):
        mine, theirs = new.convert_tokens_to_ids(name), old.convert_tokens_to_ids(name)
        assert torch.equal(words[mine], before[theirs])
    ids = new(PAIRS[0].foreign)["input_ids"]
    assert new.convert_ids_to_tokens([ids[0], ids[-1]]) == ["[CLS]", "[SEP]"]


def test_a_new_vocabulary_keeps_tokens_that_are_written_in_other_cases(teacher):
    tokenizer = copy.deepcopy(teacher.encoder.tokenizer)
    tokenizer.add_tokens(["[Q] ", "[D] "])
    kept = kept_entries(tokenizer, [])
    assert {"[Q] ", "[D] ", "[CLS]"} <= set(kept)
    new = replace_vocabulary(tokenizer, kept, ["nyumba"])
    assert new.get_added_vocab().keys() >= {"[Q] ", "[D] "}


@pytest.mark.parametrize("kind", ["copy", "extended", "new-vocabulary"])
def test_a_teacher_in_half_precision_has_students_in_full(teacher, kind):
    half = copy.deepcopy(teacher.encoder).bfloat16()
    start = StartSettings(kind, vocabulary=0 if kind == "copy" else 100)
    student = make_start(half, PAIRS, start, seed=0)
    assert {weight.dtype for weight in student.parameters()} == {torch.float32}
    assert {weight.dtype for weight in half.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("sentence", ["सिंहों की ज़िंदगी", "สิงโตอยู่ที่ไหน", "狮子住在哪里", "àṣà Yorùbá"])
def test_no_word_of_a_script_is_unknown(teacher, sentence):
    old = teacher.encoder.tokenizer
    pieces = learn_own_pieces(old, [sentence], size=60)
    new = replace_vocabulary(old, kept_entries(old, []), pieces)
    ids = new(sentence, add_special_tokens=False)["input_ids"]
    assert ids
    assert new.unk_token_id not in ids
    if sentence.startswith("सि"):
        text = "".join(piece.removeprefix("##") for piece in new.convert_ids_to_tokens(ids))
        assert "िं" in text  # vowel sign and nasalisation


def test_where_new_embeddings_start(teacher):
    tokenizer = teacher.encoder.tokenizer
    english = teacher.encoder[0].auto_model.get_input_embeddings().weight.detach()
    extended, aligned = new_vocabulary(teacher.encoder, PAIRS, size=100)
    pieces = new_words(teacher.encoder, extended)
    mean = new_vocabulary(teacher.encoder, PAIRS, size=100, embeddings="mean").embeddings
    assert torch.allclose(mean, english.mean(dim=0).expand_as(mean))
    for word in FOREIGN[:5]:
        row = aligned[pieces.index(word)]
        nearest = torch.cosine_similarity(row, english).argmax()
        translation = {foreign: word for word, foreign in CIPHER.items()}[word]
        assert tokenizer.convert_ids_to_tokens(nearest.item()) == translation
    one, same, other = (
        new_vocabulary(teacher.encoder, PAIRS, size=100, embeddings="random", seed=seed).embeddings
        for seed in (0, 0, 1)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert (one.std(dim=0) / english.std(dim=0)).mean() == pytest.approx(1, abs=0.2)
    with pytest.raises(InputError, match="new_embeddings 'zero': choose one of ibm1, random, mean"):
        new_embeddings("zero", teacher.encoder, tokenizer, PAIRS, first=0)


@pytest.mark.parametrize("kind", ["extended", "new-vocabulary"])
def test_names_are_cut_unless_they_are_to_stay_whole(teacher, kind):
    names = [f"{chr(97 + i)}amba".title() for i in range(10)]
    pairs = [SentencePair(f"Here is {name}", f"u{name} eka", "zu") for name in names] * 2
    for whole, words in ((False, ["u", "aamba"]), (True, ["uaamba"])):
        settings = StartSettings(kind, whole_names=whole)
        tokenizer = make_start(teacher.encoder, pairs, settings, seed=0)[0].tokenizer
        assert reading_of(tokenizer) == Reading(tuple(words[:-1]))
        assert word_splitter(tokenizer)("uAamba") == words


def test_a_multilingual_student_learns_the_language(teacher, encoders, tmp_path):
    start = StartSettings("multilingual", encoder=str(encoders / "xlmr"))
    settings = TrainingSettings(
        loss={"ot": 1.0, "contrastive": 1.0},
        train="all",
        batch_size=16,
        bf16=False,
        learning_rate=1e-2,
        epochs=6,
    )
    student = distil(teacher, PAIRS, tmp_path / "xx", start=start, settings=settings)
    assert retrieval_score(student, UNSEEN) > 0.8


def test_a_projection_is_trained_with_word_embeddings_too(teacher, encoders, tmp_path):
    start = StartSettings("multilingual", encoder=str(encoders / "bert"))
    before = make_start(teacher.encoder, PAIRS, start, seed=0)
    settings = TrainingSettings(batch_size=16, bf16=False, epochs=1)
    distil(teacher, PAIRS[:32], tmp_path / "xx", start=start, settings=settings)
    after = LateInteraction(tmp_path / "xx", device="cpu").encoder
    moved = [
        [not torch.equal(old, new) for old, new in zip(a.parameters(), b.parameters(), strict=True)]
        for a, b in zip(query_modules(before), query_modules(after), strict=True)
    ]
    assert moved[1] == [True]
    assert sum(moved[0]) == 1  # the word embeddings; layers are frozen


def test_starts_are_facts_only_where_they_are_not_the_default():
    assert StartSettings().facts() == {"vocabulary": 8000, "start": None}
    assert StartSettings(vocabulary=0).facts() == {"vocabulary": 0, "start": None}
    assert StartSettings(fragments=9).facts()["start"] == {"fragments": 9}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "scratch"}, "start 'scratch': choose one of copy, extended"),
        ({"vocabulary": -1}, "vocabulary -1: it must be at least 0"),
        ({"kind": "extended", "vocabulary": 0}, "start 'extended': it needs words"),
        ({"kind": "copy", "whole_names": True}, "whole_names: the start 'copy' cuts no names"),
        ({"kind": "copy", "new_embeddings": "mean"}, "new_embeddings 'mean': the start 'copy' has"),
        ({"encoder_layers": 2}, "encoder 2: it is for the start 'multilingual' only"),
    ],
)
def test_options_that_do_not_go_together(options, message):
    with pytest.raises(InputError, match=message):
        StartSettings(**options)


def test_a_tokenizer_that_is_not_wordpiece_gets_no_new_vocabulary(encoders):
    made = make_start(
        tiny_encoder(ENGLISH),
        PAIRS,
        StartSettings("multilingual", encoder=str(encoders / "xlmr")),
        seed=0,
    )
    pairs = [SentencePair("a", "b", "xx")]
    with pytest.raises(InputError, match="not WordPiece"):
        make_start(made, pairs, StartSettings("new-vocabulary"), seed=0)
