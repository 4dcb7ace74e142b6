"""Words of Chinese characters in tokenizers."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_encoder
from transformers import AutoTokenizer

from optical_pt.models.fingerprint import query_modules
from optical_pt.models.han_words import han_runs, learn_han_words
from optical_pt.models.own_vocabulary import learn_own_pieces, replace_vocabulary
from optical_pt.models.piece_learning import learn_pieces
from optical_pt.models.tokenizer_extension import extend_tokenizer, word_splitter

SENTENCES = ["我爱伦敦的河", "伦敦的河很美", "我在伦敦", "london 2024年"]
TEXT = st.text(st.sampled_from("我爱伦敦的河很美在年北a 2,。é"), max_size=20)


@pytest.fixture(scope="module")
def teacher():
    return query_modules(tiny_encoder(["london", "##s", "river", "2024", "a"]))[0].tokenizer


@pytest.fixture(scope="module")
def student(teacher):
    return extend_tokenizer(teacher, learn_pieces(teacher, SENTENCES, size=1000))


def test_runs_end_where_another_script_begins(teacher):
    words = word_splitter(teacher)("我去北京,2026年 A級")
    assert list(han_runs(words)) == ["我去北京", "年", "級"]


def test_frequent_words_are_learnt_in_order():
    runs = {"伦敦的河": 3, "我在伦敦": 2, "小河": 1}
    assert learn_han_words(runs, 2)[0] == "伦敦"
    assert all(learn_han_words(runs, 10) == learn_han_words(runs, 10) for _ in range(5))
    assert "小河" not in learn_han_words(runs, 10)  # seen once
    assert learn_han_words({}, 10) == learn_han_words(runs, 0) == []


def test_the_longest_word_is_read_and_the_rest_in_characters(teacher):
    student = extend_tokenizer(teacher, [*"伦敦大学河我", "伦敦", "伦敦大学", "大学河"])
    assert student.tokenize("我伦敦大学河London敦2024") == [
        "我", "伦敦大学", "河", "london", "敦", "2024",
    ]  # fmt: skip
    assert student.tokenize("伦敦大河") == ["伦敦", "大", "河"]


def test_an_unknown_character_makes_nothing_else_unknown(student):
    assert student.tokenize("我爱鱷伦敦") == [*"我爱", "[UNK]", "伦敦"]


def test_offsets_are_those_of_the_text(student):
    text = "我爱伦敦,London"
    encoded = student(text, add_special_tokens=False, return_offsets_mapping=True)
    assert [text[start:end] for start, end in encoded["offset_mapping"]] == [
        *"我爱", "伦敦", ",", "London",
    ]  # fmt: skip


@given(TEXT)
def test_text_is_cut_but_not_changed(student, text):
    read = "".join(token.removeprefix("##") for token in student.tokenize(text))
    if "[UNK]" not in read:
        assert read == text.replace(" ", "").replace("é", "e")


def test_texts_of_other_scripts_are_read_as_before(teacher, student):
    added = [piece for piece in student.get_vocab() if piece not in teacher.get_vocab()]
    plain = extend_tokenizer(teacher, [piece for piece in added if len(piece) == 1])
    for text in ["London, 2024", "a river! 河", "éa"]:
        assert student.tokenize(text) == plain.tokenize(text)


def test_a_saved_or_extended_tokenizer_reads_the_same_words(student, tmp_path):
    student.save_pretrained(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    more = extend_tokenizer(student, ["美河"])
    assert more.backend_tokenizer.to_str().count('"Split"') == 1
    for sentence in SENTENCES:
        assert again.tokenize(sentence) == more.tokenize(sentence) == student.tokenize(sentence)
    assert more.tokenize("美河伦敦") == ["美河", "伦敦"]


def test_an_own_vocabulary_has_them_too(teacher):
    pieces = learn_own_pieces(teacher, SENTENCES, size=20)
    own = replace_vocabulary(teacher, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], pieces)
    assert own.tokenize("我爱伦敦") == [*"我爱", "伦敦"]


def test_without_words_of_chinese_characters_nothing_changes(teacher):
    before = copy.deepcopy(teacher).backend_tokenizer.to_str()
    pieces = learn_pieces(teacher, ["ina son kogi", "ina son kogi 河"], size=100)
    state = extend_tokenizer(teacher, pieces).backend_tokenizer.to_str()
    assert '"Split"' not in state
    assert teacher.backend_tokenizer.to_str() == before
