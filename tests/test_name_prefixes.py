"""Prefixes that are written onto names."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_encoder
from transformers import AutoTokenizer

from optical_pt.models.fingerprint import query_modules
from optical_pt.models.own_vocabulary import learn_own_pieces, replace_vocabulary
from optical_pt.models.piece_learning import learn_pieces, unknown_share
from optical_pt.models.reading import Reading, read_as, reading_of
from optical_pt.models.tokenizer_extension import extend_tokenizer
from optical_pt.text import cut_prefixes, learn_name_prefixes
from optical_pt.text.articles import articles_of
from optical_pt.training.bitext import SentencePair
from optical_pt.translation import LexicalTable
from optical_pt.translation.word_lexicon import WordLexicon

NAMES = ["Mandela", "Kenya", "Sisulu", "Maputo"]
PREFIXES = ("e", "ka", "u")
# Words in the style of Zulu, made up: the prefix u with four names, e with three.
PAIRS = [
    SentencePair(f"Today {name} sings.", f"Namhlanje u{name} uyacula.", "zu") for name in NAMES
] + [SentencePair(f"She is in {name}.", f"Use{name}, e{name}.", "zu") for name in NAMES[:3]]


@pytest.fixture(scope="module")
def tokenizer():
    return query_modules(tiny_encoder(["mandela", "kenya", "the"]))[0].tokenizer


def tokens(tokenizer, text):
    return tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])


def test_a_prefix_is_learnt_from_its_names_in_the_english_sentences():
    assert learn_name_prefixes(PAIRS, min_names=4) == ("u",)
    assert learn_name_prefixes(PAIRS, min_names=3) == ("e", "u", "use")
    assert learn_name_prefixes(PAIRS) == ()  # ten names
    assert learn_name_prefixes([]) == ()


def test_the_same_name_counts_once():
    assert learn_name_prefixes(PAIRS[:1] * 20, min_names=2) == ()


@pytest.mark.parametrize(
    ("english", "foreign"),
    [
        ("He met McDonald.", "Ya hadu da McDonald."),  # stands in the English sentence whole
        ("He met mandela.", "Ya hadu da uMandela."),  # no name there
        ("We met the UN.", "aUN"),  # too short to be sure
        ("The TITLE", "ATITLE"),  # perhaps a word in capitals
        ("Kenya", "ikulelizweKenya"),  # too long for a prefix
    ],
)
def test_what_is_no_prefix(english, foreign):
    assert learn_name_prefixes([SentencePair(english, foreign, "zu")], min_names=1) == ()


def test_languages_do_not_add_up():
    mixed = [
        SentencePair(pair.english, pair.foreign, language)
        for pair, language in zip(PAIRS[:4], ["zu", "xh", "zu", "xh"], strict=True)
    ]
    assert learn_name_prefixes(mixed, min_names=2) == ("u",)
    assert learn_name_prefixes(mixed, min_names=3) == ()


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("uMandela", "u Mandela"),
        ("UMandela", "U Mandela"),
        ("KaMandela noMandela", "Ka Mandela noMandela"),
        ("uANC", "u ANC"),
        ("UNIVERSITY EKENYA", "UNIVERSITY EKENYA"),
        ("eU uMa", "eU uMa"),
        ("Abu uThe", "Abu u The"),
        ("eÖstersund, uŁódź", "e Östersund, u Łódź"),
        ("अंग uMandela", "अंग u Mandela"),
        ("البيت uMandela", "البيت u Mandela"),
        ("", ""),
    ],
)
def test_names_are_cut_off(text, cut):
    assert cut_prefixes(text, PREFIXES) == cut
    assert cut_prefixes(text, ()) == text


def test_prefixes_are_no_patterns():
    assert cut_prefixes("a.Mandela aXMandela", ("a.",)) == "a. Mandela aXMandela"


@given(st.text(), st.lists(st.text("abu", min_size=1, max_size=4), max_size=4))
def test_cutting_only_adds_spaces_and_twice_is_once(text, prefixes):
    prefixes = tuple(prefixes)
    cut = cut_prefixes(text, prefixes)
    assert cut.replace(" ", "") == text.replace(" ", "")
    assert cut_prefixes(cut, prefixes) == cut


ARTICLES = articles_of("ar")


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("البيت", "ال بيت"),
        ("والبيت وبالبيت ولل بيت", "وال بيت وبال بيت ولل بيت"),
        ("للبيت، (البيت) 2البيت", "لل بيت، (ال بيت) 2البيت"),
        ("الله الى بالي", "الله الى بالي"),  # too short to be sure
        ("الأمم السّلام", "ال أمم ال سّلام"),
        ("وارسو ولاية", "وارسو ولاية"),
        ("الالكترونية والالكترونية الكترونية", "ال الكترونية وال الكترونية ال كترونية"),
        ("Albayt alBayt", "Albayt alBayt"),
    ],
)
def test_articles_are_cut_off(text, cut):
    assert cut_prefixes(text, ARTICLES) == cut


@given(st.text("الوبيت aB", max_size=20))
def test_cutting_articles_only_adds_spaces_and_twice_is_once(text):
    cut = cut_prefixes(text, ("a", *ARTICLES))
    assert cut.replace(" ", "") == text.replace(" ", "")
    assert cut_prefixes(cut, ("a", *ARTICLES)) == cut


def test_prefixes_in_letters_without_capitals_are_cut_off_capitals_alone():
    names = [f"Go{letter}gle" for letter in "abcdefghij"]
    pairs = [SentencePair(f"At {name}.", f"و{name}", "ar") for name in names]
    assert learn_name_prefixes(pairs) == ("و",)
    assert cut_prefixes("وGoogle وارسو", ("و",)) == "و Google وارسو"
    assert cut_prefixes("在Google 在北京大学", ("在",)) == "在 Google 在北京大学"


def test_articles_are_those_of_ten_words():
    nouns = [f"بيت{letter}" for letter in "ابتثجحخدذر"]
    pairs = [SentencePair("The house.", f"هذا ال{noun} وال{nouns[0]}", "ar") for noun in nouns]
    assert learn_name_prefixes(pairs) == ("ال",)
    assert learn_name_prefixes(pairs[1:]) == ()
    persian = [SentencePair(pair.english, pair.foreign, "fa") for pair in pairs]
    assert learn_name_prefixes(persian) == ()
    words = LexicalTable.learn(pairs, language="ar").words("البيتا هذا")
    assert words == ["ال", "بيتا", "هذا"]


def test_a_student_reads_articles_as_words(tokenizer):
    reader = read_as(tokenizer, Reading(("ال",)))
    student = extend_tokenizer(reader, learn_pieces(reader, ["البيت بيت"] * 2, size=100))
    assert tokens(student, "البيت") == ["ال", "بيت"]
    plain = extend_tokenizer(tokenizer, learn_pieces(tokenizer, ["البيت"] * 2, size=100))
    assert tokens(plain, "البيت") == ["البيت"]


def test_a_student_knows_names_behind_prefixes(tokenizer, tmp_path):
    text = ["uMandela eKenya"] * 2
    plain = extend_tokenizer(tokenizer, learn_pieces(tokenizer, text, size=100))
    assert tokens(plain, text[0]) == ["umandela", "ekenya"]
    reader = read_as(tokenizer, Reading(PREFIXES))
    student = extend_tokenizer(reader, learn_pieces(reader, text, size=100))
    assert tokens(student, text[0]) == ["u", "mandela", "e", "kenya"]
    assert "umandela" not in student.get_vocab()
    student.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert tokens(loaded, text[0]) == ["u", "mandela", "e", "kenya"]
    assert reading_of(loaded) == Reading(PREFIXES)
    assert reading_of(plain) == Reading()


def test_students_and_lexical_tables_cut_composed_and_decomposed_names(tokenizer):
    student = extend_tokenizer(read_as(tokenizer, Reading(("u",))), ["étienne"])
    table = LexicalTable("zu", {}, name_prefixes=("u",))
    for form in ("NFC", "NFD"):
        name = unicodedata.normalize(form, "uÉtienne")
        assert table.words(name) == ["u", "étienne"]
        assert tokens(student, name)[0] == "u"
        assert tokens(student, name) == tokens(student, "u étienne")
    assert table.words("ｕＭａｎｄｅｌａ") == ["u", "mandela"]
    assert tokens(student, "ｕＭａｎｄｅｌａ") == ["u", "mandela"]


def test_a_dictionary_learns_words_as_they_are():
    lexicon = WordLexicon.learn(PAIRS * 3, source="zu", target="en")
    _, name, _ = lexicon.units("1", "Namhlanje uMandela uyacula")
    assert name.choices == ("mandela",)


def test_offsets_are_those_of_the_text(tokenizer):
    text = "uMandela"
    student = extend_tokenizer(read_as(tokenizer, Reading(("u",))), [])
    spans = student(text, add_special_tokens=False, return_offsets_mapping=True)["offset_mapping"]
    assert [text[start:end] for start, end in spans] == ["u", "Mandela"]


def test_a_vocabulary_of_its_own_has_names_without_prefixes(tokenizer):
    text = ["uSisulu eMaputo"] * 3
    reader = read_as(tokenizer, Reading(PREFIXES))
    pieces = learn_own_pieces(reader, text, size=200)
    own = replace_vocabulary(reader, tokenizer.all_special_tokens, pieces)
    assert tokens(own, text[0]) == ["u", "sisulu", "e", "maputo"]


def test_a_name_behind_a_prefix_counts_as_known(tokenizer):
    words = [f"u{'x' * length}Mandela" for length in range(10)]  # each seen once
    assert unknown_share(tokenizer, words) == 1
    prefixes = [word.removesuffix("Mandela") for word in words]
    assert (
        unknown_share(read_as(tokenizer, Reading(tuple(prefixes))), words) == 0.5
    )  # the prefix is
