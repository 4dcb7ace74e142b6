"""Tokenisation: nothing in any script becomes empty, and terms survive both engines."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.bm25 import index_terms, weighted_terms, words


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Don't U.S.A. running e-mail 3.5", ["don", "usa", "running", "e", "mail", "3", "5"]),
        ("en", "the city’s CAFÉ", ["the", "city", "cafe"]),
        ("en", "Ọlọ́run in 1960", ["olorun", "in", "1960"]),
        ("yo", "Ọlọ́run Ẹ̀kọ́", ["ọlọ́run", "ẹ̀kọ́"]),
        ("hi", "हिन्दी में १९४७", ["हिन्दी", "में", "1947"]),
        ("ar", "كِتَاب كتـــاب ١٢", ["كتاب", "كتاب", "12"]),
        ("zh", "中国 2008", ["中", "国", "中国", "2008"]),
        ("zh", "猫", ["猫"]),
        ("ja", "カタカナ", ["カタ", "タカ", "カナ"]),
        ("th", "ที่นี่", ["ที่นี่"]),
        ("agq", "ɔ̣ba", ["ɔ̣ba"]),
        ("en", "\U0001ccf1 b", ["\U0001ccf1", "b"]),
        ("ko", "한국어", ["한국", "국어"]),
        ("tr", "IŞIK İZMİR", ["ışık", "izmir"]),
        ("de", "STRASSE Straße", ["strasse", "strasse"]),
        ("fr", "ﬁn de l'été", ["fin", "de", "l", "été"]),
        ("en", "", []),
        ("en", "?! … ‘’ ()", []),
    ],
)
def test_words(language, text, expected):
    text = unicodedata.normalize("NFC", text)
    assert words(text, language) == [unicodedata.normalize("NFKC", word) for word in expected]
    assert words(unicodedata.normalize("NFD", text), language) == words(text, language)


def test_english_is_stemmed_without_stopwords_and_other_languages_are_not():
    assert sorted(index_terms("The houses of Ọyọ")) == ["hous", "oyo"]
    assert index_terms("the houses", "sw") == ["the", "houses"]
    assert index_terms("what is it?") == []


def test_long_and_foreign_words_keep_a_term_of_their_own():
    texts = ["internationalisations", "internationalisationx", "हिन्दी", "हिन्द", "中国"]
    terms = [tuple(index_terms(text, "hi")) for text in texts]
    assert len(set(terms)) == len(texts)


@given(st.text(max_size=40), st.sampled_from(["en", "hi", "zh", "tr"]))
def test_any_text_with_letters_or_digits_has_engine_safe_words(text, language):
    assert words(text, language) == words(text, language)
    terms = index_terms(text, language)
    assert all(re.fullmatch(r"[a-z0-9]{1,20}", term) for term in terms)
    if language != "en":
        assert len(terms) == len(words(text, language))
    if any(unicodedata.category(c) in ("Lu", "Ll", "Lo", "Nd") for c in text):
        assert words(f"{text} z", language)


def test_weighted_terms_share_stems_and_reject_bad_weights():
    assert weighted_terms({"house": 0.5, "Houses": 0.25, "the": 1.0, "e-mail": 2}) == {
        "hous": 0.75,
        "e": 2.0,
        "mail": 2.0,
    }
    for weight in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="'red'"):
            weighted_terms({"red": weight})
