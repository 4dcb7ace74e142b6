"""From a tiny teacher and a made-up language to a student on disk that finds its sentences."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from cipher import CIPHER, ENGLISH, FOREIGN, cipher_pairs, retrieval_score
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.trainer import TrainingSettings
from optical_pt.translation import LexicalTable

torch.set_num_threads(1)

PAIRS = cipher_pairs(300, seed=0)
UNSEEN = cipher_pairs(60, seed=1)
COPY = StartSettings(vocabulary=0)
OWN = StartSettings("new-vocabulary")
UNTRAINED = TrainingSettings(epochs=0)


def settings(**options) -> TrainingSettings:
    return TrainingSettings(**{"batch_size": 16, "bf16": False, "learning_rate": 2e-2, **options})


@pytest.fixture(scope="module")
def teacher():
    return LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")


@pytest.fixture(scope="module")
def released(teacher, tmp_path_factory):
    """The same training, released in both ways."""
    folder = tmp_path_factory.mktemp("students")
    before = {name: weight.clone() for name, weight in teacher.encoder.state_dict().items()}
    for release in ("router", "vocabulary"):
        distil(
            teacher,
            PAIRS,
            folder / release,
            settings=settings(epochs=1, learning_rate=1e-3),
            release=release,
            provenance={"data_licences": "CC0", "command": "made by a test"},
        )
    after = teacher.encoder.state_dict()
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())
    return folder


def test_training_teaches_the_language(tmp_path):
    # The teacher knows the words of both languages as tokens, with random embeddings.
    teacher = LateInteraction.from_encoder(tiny_encoder([*ENGLISH, *FOREIGN]), "tiny")
    assert retrieval_score(teacher, UNSEEN) < 0.2
    student = distil(teacher, PAIRS, tmp_path / "xx", start=COPY, settings=settings(epochs=4))
    assert retrieval_score(student, UNSEEN) > 0.9
    losses = json.loads((tmp_path / "xx" / "training.json").read_text())["losses"]
    assert losses[-1]["loss"] < losses[0]["loss"] / 2


def test_training_all_weights(tmp_path):
    teacher = LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")
    student = distil(teacher, PAIRS[:64], tmp_path / "xx", settings=settings(epochs=1, train="all"))
    mine = student.encoder[0].sub_modules["query"][0].auto_model.encoder.state_dict()
    theirs = teacher.encoder[0].auto_model.encoder.state_dict()
    assert not any(torch.equal(weight, theirs[name]) for name, weight in mine.items())
    assert student.fingerprint == teacher.fingerprint


def test_the_start_from_word_alignment_already_finds_most(teacher, tmp_path):
    assert retrieval_score(teacher, UNSEEN) < 0.2
    student = distil(teacher, PAIRS, tmp_path / "xx", settings=UNTRAINED)
    assert retrieval_score(student, UNSEEN) > 0.9
    assert "not trained" in (tmp_path / "xx" / "README.md").read_text()


def test_both_releases_load_and_encode_alike(teacher, released):
    queries = [pair.foreign for pair in UNSEEN]
    router = LateInteraction(released / "router", device="cpu")
    vocabulary = LateInteraction(released / "vocabulary", teacher=teacher, device="cpu")
    for a, b in zip(
        router.encode_queries(queries), vocabulary.encode_queries(queries), strict=True
    ):
        assert a.shape == b.shape
        assert (a * b).sum(axis=1).min() > 0.999  # int8 rounding
    texts = [pair.english for pair in UNSEEN]
    for model in (router, vocabulary):
        assert model.fingerprint == teacher.fingerprint
        assert retrieval_score(model, UNSEEN) > 0.9
        documents = zip(model.encode_documents(texts), teacher.encode_documents(texts), strict=True)
        assert all(np.array_equal(mine, theirs) for mine, theirs in documents)


def test_a_router_release_needs_no_teacher_and_is_the_trained_model(teacher, tmp_path):
    made = distil(teacher, PAIRS[:40], tmp_path / "xx", settings=UNTRAINED)
    again = LateInteraction(tmp_path / "xx", device="cpu")
    queries = [pair.foreign for pair in UNSEEN[:5]]
    for a, b in zip(made.encode_queries(queries), again.encode_queries(queries), strict=True):
        assert np.array_equal(a, b)


def test_a_vocabulary_release_wants_its_own_teacher(released):
    other = LateInteraction.from_encoder(tiny_encoder(ENGLISH, seed=5), "other")
    with pytest.raises(InputError, match=r"made with teacher tiny .* not other"):
        LateInteraction(released / "vocabulary", teacher=other).load()


@pytest.mark.parametrize("release", ["router", "vocabulary"])
def test_what_stands_beside_the_student(released, teacher, release):
    folder = released / release
    record = json.loads((folder / "training.json").read_text())
    assert record["languages"] == ["xx"]
    assert record["teacher_fingerprint"] == teacher.fingerprint
    assert record["settings"]["epochs"] == 1
    assert record["data_licences"] == "CC0"
    card = (folder / "README.md").read_text()
    assert "| xx | made-up | 300 |" in card
    assert "made by a test" in card
    assert card.startswith("---\nlanguage:\n- xx\n")
    lexicon = LexicalTable.load(folder / "lexicon.xx.tsv.gz")
    best = {word: max(lexicon.lookup(word).items(), key=lambda item: item[1]) for word in FOREIGN}
    assert sum(best[CIPHER[word]][0] == word for word in ENGLISH) > 45
    assert not (released / f"{release}.training").exists()
    assert not list(released.glob(".*"))


def test_two_trainings_give_the_same_bytes(teacher, released, tmp_path):
    distil(
        teacher,
        PAIRS,
        tmp_path / "again",
        settings=settings(epochs=1, learning_rate=1e-3),
        release="vocabulary",
    )
    for name in ("embeddings.safetensors", "vocabulary.txt", "lexicon.xx.tsv.gz"):
        again = (tmp_path / "again" / name).read_bytes()
        assert again == (released / "vocabulary" / name).read_bytes()


def test_several_languages_in_one_student(teacher, tmp_path):
    pairs = PAIRS[:40] + cipher_pairs(40, seed=2, language="yy")
    distil(teacher, pairs, tmp_path / "both", settings=UNTRAINED, release="vocabulary")
    assert json.loads((tmp_path / "both" / "optical.json").read_text())["languages"] == ["xx", "yy"]
    assert {path.name for path in (tmp_path / "both").glob("lexicon.*")} == {
        "lexicon.xx.tsv.gz",
        "lexicon.yy.tsv.gz",
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"release": "zip"}, "release 'zip': choose one of router, vocabulary"),
        (
            {"release": "vocabulary", "settings": TrainingSettings(train="all")},
            "a 'vocabulary' release needs train='embeddings'",
        ),
        (
            {"release": "vocabulary", "start": OWN},
            "needs the start copy or extended, not new-vocabulary; choose 'router'",
        ),
        (
            {"settings": TrainingSettings(train="new-embeddings"), "start": OWN},
            "train='new-embeddings' needs the start 'extended', not 'new-vocabulary'",
        ),
        ({"pairs": []}, "no sentence pairs to learn from"),
    ],
)
def test_options_that_are_refused_leave_nothing(teacher, tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        distil(teacher, **{"pairs": PAIRS, "output": tmp_path / "xx", **options})
    assert list(tmp_path.iterdir()) == []


def test_an_output_that_exists_is_refused(teacher, tmp_path):
    (tmp_path / "xx").mkdir()
    (tmp_path / "xx" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="xx: exists already"):
        distil(teacher, PAIRS, tmp_path / "xx")
    assert [path.name for path in tmp_path.rglob("*")] == ["xx", "notes.txt"]


def test_releasing_an_untrained_student_leaves_an_unfinished_training_alone(teacher, tmp_path):
    (tmp_path / "xx.training").mkdir()
    (tmp_path / "xx.training" / "started.json").write_text("{}")
    distil(teacher, PAIRS[:20], tmp_path / "xx", settings=UNTRAINED)
    assert (tmp_path / "xx.training" / "started.json").is_file()


@pytest.mark.parametrize("whole", [False, True])
def test_student_and_lexicon_read_names_alike(teacher, tmp_path, whole):
    names = [f"{chr(97 + i)}amba".title() for i in range(10)]
    pairs = [SentencePair(f"Here is {name}", f"u{name} eka", "zu") for name in names] * 2
    start = StartSettings(whole_names=whole)
    student = distil(teacher, pairs, tmp_path / "zu", start=start, settings=UNTRAINED)
    lexicon = LexicalTable.load(tmp_path / "zu" / "lexicon.zu.tsv.gz")
    read = "uaamba" if whole else "u aamba"
    assert lexicon.words("uAamba") == read.split()
    aamba, same = student.encode_queries(["uAamba", read])
    assert np.array_equal(aamba, same)


def test_a_teacher_of_another_kind_of_tokenizer_keeps_its_vocabulary(tmp_path, teacher):
    student = distil(teacher, PAIRS[:20], tmp_path / "xx", start=COPY, settings=UNTRAINED)
    for a, b in zip(
        student.encode_queries(ENGLISH[:5]), teacher.encode_queries(ENGLISH[:5]), strict=True
    ):
        assert np.array_equal(a, b)
