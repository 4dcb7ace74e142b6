"""Languages whose words hang on diacritics that not everyone writes."""

from __future__ import annotations

import copy
import json
import unicodedata

import numpy as np
import pytest
import torch
from cipher import ENGLISH, retrieval_score
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_encoder
from tokenizers import normalizers
from transformers import AutoTokenizer

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.reading import Reading, read_as, reading_of
from optical_pt.models.tokenizer_extension import word_splitter
from optical_pt.text.diacritics import information, learn_diacritics, spellings, without_diacritics
from optical_pt.training.__main__ import main
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.spellings import by_spelling, in_all_spellings
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.starts import make_start

torch.set_num_threads(1)

UNTRAINED = TrainingSettings(epochs=0)
# Each two English words are one foreign word with and without its tone mark and dot below.
WORDS = sorted(ENGLISH)[:20]
FOREIGN = [f"{chr(97 + n // 2)}{'ọ́' if n % 2 else 'o'}k" for n in range(len(WORDS))]
FOREIGN = [unicodedata.normalize("NFC", word) for word in FOREIGN]
letters = st.text("aọọ́óöçйёабđ ा़kn", max_size=12)


def tonal_pairs(count: int, seed: int) -> list[SentencePair]:
    rng = np.random.default_rng(seed)
    drawn = [rng.choice(len(WORDS), size=3, replace=False) for _ in range(count)]
    return [
        SentencePair(" ".join(WORDS[n] for n in some), " ".join(FOREIGN[n] for n in some), "vi")
        for some in drawn
    ]


PAIRS = tonal_pairs(200, seed=0)
ALONE = [SentencePair(english, word, "vi") for english, word in zip(WORDS, FOREIGN, strict=True)]


@pytest.fixture(scope="module")
def teacher() -> LateInteraction:
    return LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")


@given(letters)
def test_spellings_lose_their_diacritics_step_by_step(text):
    forms = spellings(text, "yo")
    assert forms[0] == unicodedata.normalize("NFC", text)
    assert len(forms) == len(set(forms)) <= 3
    assert forms[-1] == without_diacritics(text).replace("đ", "d")
    assert spellings(forms[-1], "yo") == [forms[-1]]
    assert spellings(text, "vi") == list(dict.fromkeys([forms[0], forms[-1]]))
    left = [sum("\u0300" <= c <= "\u036f" for c in unicodedata.normalize("NFD", f)) for f in forms]
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    assert [c for c in text if "\u0900" <= c <= "\u097f"] == [
        c for c in forms[-1] if "\u0900" <= c <= "\u097f"
    ]


def test_information_by_hand():
    # Three of four running words are of one form: .25 * 2 + .75 * log2(4 / 3) bits.
    assert information(["Ọko ọko", "ọko oko"]) == pytest.approx(0.8112781)
    assert information(["ọko oko", "kan kan"]) == 0.5
    assert information(["2024 …", ""]) == 0


def test_pairs_in_all_spellings():
    pairs = [SentencePair("a", "ọ́k", "yo"), SentencePair("b", "kan", "yo")] * 2
    assert [p.foreign for p in in_all_spellings(pairs)] == ["ọ́k", "ọk", "ok", "kan"] * 2
    assert by_spelling(["kan"], "yo") == [["kan"]]
    assert by_spelling([], "yo") == []


def test_the_languages_decide_whether_diacritics_are_kept():
    plain = [SentencePair(p.english, p.foreign, "yo") for p in PAIRS]
    assert StartSettings().for_pairs(PAIRS).diacritics is True
    assert StartSettings().for_pairs(plain).diacritics is False
    assert StartSettings().for_pairs([*plain, *PAIRS]).diacritics is True
    three = [SentencePair(p.english, p.foreign, "vie_Latn") for p in PAIRS]
    assert StartSettings().for_pairs(three).diacritics is True
    assert StartSettings(diacritics=False).for_pairs(PAIRS).diacritics is False
    assert StartSettings("copy").for_pairs(PAIRS).diacritics is None
    for undecided in (StartSettings(), StartSettings().for_pairs(plain)):
        assert undecided.facts() == {"vocabulary": 8000, "start": None}
    assert StartSettings().for_pairs(PAIRS).facts()["start"] == {"diacritics": "kept 1"}
    with pytest.raises(InputError, match="diacritics: the start 'copy' has no new words"):
        StartSettings("copy", diacritics=True)


@pytest.mark.parametrize("kind", ["extended", "new-vocabulary"])
def test_words_are_told_apart_and_known_without_their_diacritics(teacher, kind):
    start = StartSettings(kind, diacritics=True)
    tokenizer = query_modules(make_start(teacher.encoder, PAIRS, start, seed=0))[0].tokenizer
    assert reading_of(tokenizer) == Reading(diacritics="\u0301\u0323")
    for text in ("aọ́k", "aok", unicodedata.normalize("NFD", "aọ́k"), "AỌ́K"):
        expected = unicodedata.normalize("NFC", text).lower()
        assert tokenizer.tokenize(text) == [expected]
    dropped = make_start(teacher.encoder, PAIRS, StartSettings(kind, diacritics=False), seed=0)
    assert query_modules(dropped)[0].tokenizer.tokenize("aọ́k") == ["aok"]


@pytest.mark.parametrize("release", ["router", "vocabulary"])
def test_a_student_that_keeps_diacritics_finds_what_another_cannot(teacher, tmp_path, release):
    distil(teacher, PAIRS, tmp_path / "kept", settings=UNTRAINED, release=release)
    kept = LateInteraction(tmp_path / "kept", teacher=teacher)
    dropping = StartSettings(diacritics=False)
    lost = distil(teacher, PAIRS, tmp_path / "lost", start=dropping, settings=UNTRAINED)
    assert retrieval_score(kept, ALONE) == 1
    bare = [SentencePair(p.english, without_diacritics(p.foreign), "vi") for p in ALONE]
    assert retrieval_score(lost, ALONE) == retrieval_score(lost, bare) == 0.5  # one of each two
    assert retrieval_score(kept, bare) == pytest.approx(0.5, abs=0.1)
    record = json.loads((tmp_path / "kept" / "training.json").read_text())
    assert record["start"]["diacritics"] is True
    assert record["diacritics"] == ["0301", "0323"]
    if release == "vocabulary":
        settings = json.loads((tmp_path / "kept" / "optical.json").read_text())
        assert settings["diacritics"] == ["0301", "0323"]
        assert settings["version"] == 3


def test_training_shows_every_spelling(teacher, tmp_path):
    settings = TrainingSettings(
        epochs=4, batch_size=16, bf16=False, learning_rate=2e-2, loss={"ot": 1.0, "mse": 1.0}
    )
    trained = distil(teacher, PAIRS, tmp_path / "yo", settings=settings)
    start = distil(teacher, PAIRS, tmp_path / "start", settings=UNTRAINED)
    for spelling in range(2):
        before, after = (query_modules(student.encoder)[0] for student in (start, trained))
        words = by_spelling(["aọ́k bọ́k"], "vi")[spelling][0].split()
        rows = after.tokenizer.convert_tokens_to_ids(words)
        moved = (
            after.auto_model.get_input_embeddings().weight[rows]
            - before.auto_model.get_input_embeddings().weight[rows]
        )
        assert (moved.abs().amax(dim=1) > 0).all()
    card = (tmp_path / "yo" / "README.md").read_text()
    assert "It reads words with and without their diacritics." in card


def test_reading_is_kept_beside_prefixes_of_names(teacher, tmp_path):
    reading = Reading(("u",), diacritics="\u0300\u0323")
    tokenizer = read_as(query_modules(teacher.encoder)[0].tokenizer, reading)
    tokenizer.save_pretrained(tmp_path)
    assert reading_of(AutoTokenizer.from_pretrained(tmp_path)) == reading
    assert Reading.from_facts(reading.facts()) == reading
    assert Reading.from_facts({}) == Reading()


def test_marks_of_other_languages_are_dropped(teacher):
    tokenizer = query_modules(teacher.encoder)[0].tokenizer
    reader = read_as(tokenizer, Reading(diacritics=learn_diacritics(p.foreign for p in PAIRS)))
    split = word_splitter(reader)
    assert split("Björn Škoda İstanbul naïve aọ́k José") == [
        *("bjorn", "skoda", "istanbul", "naive", "aọ́k", "josé")
    ]


def test_a_middle_spelling_is_of_languages_that_have_one(teacher):
    pairs = [SentencePair(p.english, p.foreign, "yo") for p in PAIRS]
    start = make_start(teacher.encoder, pairs, StartSettings(diacritics=True), seed=0)
    tokenizer = query_modules(start)[0].tokenizer
    assert tokenizer.tokenize("aọ́k aọk aok") == ["aọ́k", "aọk", "aok"]


def test_a_tokenizer_that_drops_diacritics_in_another_way_is_refused(teacher):
    tokenizer = copy.deepcopy(query_modules(teacher.encoder)[0].tokenizer)
    tokenizer.backend_tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents()]
    )
    with pytest.raises(InputError, match=r"does not normalise as BERT.*--no-diacritics"):
        read_as(tokenizer, Reading(diacritics="\u0301"))
    assert word_splitter(read_as(tokenizer, Reading(("u",))))("ọ́k") == ["ok"]


def test_the_command_says_where_diacritics_may_be_missed(teacher, tmp_path, capsys):
    teacher.save(tmp_path / "teacher")
    pairs = tmp_path / "en-yo.tsv"
    pairs.write_text("".join(f"{p.english}\t{p.foreign}\n" for p in PAIRS))
    command = ["--teacher", str(tmp_path / "teacher"), "--bitext", f"yo={pairs}", "--epochs", "0"]
    assert main([*command, "--output", str(tmp_path / "dropped")]) == 0
    assert "yo: many words differ by diacritics alone" in capsys.readouterr().err
    assert main([*command, "--output", str(tmp_path / "kept"), "--diacritics"]) == 0
    assert "differ by diacritics" not in capsys.readouterr().err
    kept = LateInteraction(tmp_path / "kept", device="cpu")
    assert retrieval_score(kept, ALONE) == 1
