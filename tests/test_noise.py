"""Noise in queries: deterministic, never empty, and nothing where there is nothing to spoil."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.studies.noise import drop_diacritics, misspell, noises, shuffle_words
from optical_pt.text.transliteration import transliterate

TEXTS = {
    "de": "Wo leben Löwen, und wie viele gibt es?",
    "ru": "Где живут львы и чем они питаются?",
    "el": "Πού ζουν τα λιοντάρια;",
    "ar": "أين تعيش الأسود؟",
    "hi": "शेर कहाँ रहते हैं और क्या खाते हैं?",
    "ta": "சிங்கங்கள் எங்கே வாழ்கின்றன?",
    "th": "สิงโตอาศัยอยู่ที่ไหน",
    "zh": "狮子住在哪里？",
    "empty": "",
    "word": "lions",
    "marks": "\u0301\u0301 a",
}
letters = st.sampled_from("".join(TEXTS.values()) + "đıøİß०१९-. \t")
text = st.one_of(st.text(letters, max_size=40), st.text(max_size=20))
KINDS = noises(rate=0.3, seed=1)


@given(text)
def test_the_same_text_always_gets_the_same_noise(query):
    for kind, again in zip(KINDS, noises(rate=0.3, seed=1), strict=True):
        assert kind.apply(query) == again.apply(query)


@given(text)
def test_nothing_but_white_space_is_only_left_where_it_was_before(query):
    if regex.search(r"\p{L}", query):
        for kind in KINDS:
            assert kind.apply(query).strip()


@given(text)
def test_words_are_shuffled_and_none_is_lost(query):
    words, shuffled = query.split(), shuffle_words(query, 3).split()
    assert Counter(words) == Counter(shuffled)
    assert (words != shuffled) == (len(set(words)) > 1)


@given(text, st.integers(0, 3))
def test_misspelling_adds_no_letter_that_the_text_has_not(query, seed):
    assert set(misspell(query, 1.0, seed)) <= set(query)
    assert misspell(query, 0.0, seed) == query


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_has_no_diacritics_and_is_latin(query):
    assert drop_diacritics(query) == query == transliterate(query)


@given(text)
def test_dropped_diacritics_stay_dropped(query):
    once = drop_diacritics(query)
    assert drop_diacritics(once) == once


@pytest.mark.parametrize("code", ["ru", "el", "ar", "hi", "ta"])
def test_transliterated_text_is_latin_and_stays_so(code):
    latin = transliterate(TEXTS[code])
    names = {unicodedata.name(character).split()[0] for character in latin if character.isalpha()}
    assert names == {"LATIN"}
    assert transliterate(latin) == latin


@pytest.mark.parametrize("code", ["de", "empty", "word", "marks"])
def test_other_text_is_not_transliterated(code):
    assert transliterate(TEXTS[code]) == TEXTS[code]


def test_letters_are_written_as_they_sound():
    assert transliterate("ЖУК, жук, щи: ъ, ё") == "ZhUK, zhuk, shchi: , e"
    assert transliterate("Θάλασσα") == "Thalassa"
    assert transliterate("سلام") == "slam"
    assert transliterate("कृष्ण १९८४।") == "krisna 1984."
    # What is Latin in a foreign sentence keeps its own marks.
    assert transliterate("Škoda чеш") == "Škoda chesh"


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("ቴስላ", "tesla"),  # Amharic, Tigrinya
        ("ტესლა", "tesla"),
        ("Տեսլա", "Tesla"),
        ("טסלה", "tslh"),
        ("테슬라", "teseulla"),
        ("ガーナ", "gana"),
        ("නිකොලා", "nikola"),
        ("เทสลา", "ethsla"),
        ("特斯拉", "tesila"),
        ("Қазақстан", "Qazaqstan"),  # letters that Russian has not
        ("Өнөр Ғабит", "Onor Ghabit"),
    ],
)
def test_letters_of_other_scripts_are_written_in_latin_ones(name, latin):
    assert transliterate(name) == latin
    assert transliterate(unicodedata.normalize("NFD", name)) == latin


def test_marks_are_dropped_only_where_they_are_diacritics():
    assert drop_diacritics(TEXTS["de"]) == "Wo leben Lowen, und wie viele gibt es?"
    assert drop_diacritics("đường İstanbul ılık") == "duong Istanbul ilik"
    assert drop_diacritics("كُتُبٌ أو إن") == "كتب او ان"
    for code in ("hi", "ta", "th", "zh", "marks"):
        assert drop_diacritics(TEXTS[code]) == TEXTS[code]


def test_the_rate_is_that_of_spoilt_letters():
    plain = "abcdefghij " * 200
    words = misspell(plain, 0.1).split()
    # A word of ten letters stays whole with probability 0.9^10 = 0.35, 70 of 200, give or take 7.
    assert 50 < words.count("abcdefghij") < 95
    assert len(words) == 200
    assert misspell(plain, 0.1, seed=0) != misspell(plain, 0.1, seed=1)


def test_a_letter_takes_its_vowel_sign_along():
    clusters = set(regex.findall(r"\X", TEXTS["hi"]))
    spoilt = regex.findall(r"\X", misspell(TEXTS["hi"], 0.8))
    assert set(spoilt) <= clusters
