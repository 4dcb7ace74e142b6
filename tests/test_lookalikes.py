"""Letters typed for others that look like them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_encoder

from optical_pt.models.fingerprint import query_modules
from optical_pt.models.piece_learning import learn_pieces
from optical_pt.models.tokenizer_extension import extend_tokenizer
from optical_pt.text.lookalikes import LOOKALIKES, fold_lookalikes
from optical_pt.translation.words import words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bεn", "bɛn"),
        ("sε", "sɛ"),
        ("εna", "ɛna"),
        ("kεε εε", "kɛɛ εε"),
        ("wᴐfrε", "wɔfrɛ"),
        ("aͻ Ͻkyerε", "aɔ Ɔkyerɛ"),
        ("sέn nɔ̀ε sὲ", "sɛ́n nɔ̀ɛ sɛ̀"),  # accents, composed with the Greek letter
        ("kεεεε", "kɛɛɛɛ"),
        ("Ƹdin", "Ɛdin"),
        ("mɑmɑ", "mɑmɑ"),  # a letter of its own in Cameroon
        ("ένα νερό, Ελλάς, εε", "ένα νερό, Ελλάς, εε"),
        ("еда море", "еда море"),  # Cyrillic
        ("", ""),
    ],
)
def test_letters_are_read_as_what_is_meant(typed, meant):
    assert fold_lookalikes(typed) == meant


@given(st.text(alphabet=[*"abnsεɛɔνόέὲ ", *LOOKALIKES]))
def test_letters_are_replaced_one_by_one(text):
    folded = fold_lookalikes(text)
    assert len(unicodedata.normalize("NFD", folded)) == len(unicodedata.normalize("NFD", text))
    assert LOOKALIKES.keys().isdisjoint(folded)


def test_students_and_lexical_tables_read_a_query_alike():
    tokenizer = query_modules(tiny_encoder(["water"]))[0].tokenizer
    text = ["nsuo no wɔ hɛn"] * 2
    student = extend_tokenizer(tokenizer, learn_pieces(tokenizer, text, size=100))
    asked = "Nsuo no wᴐ hεn?"
    tokens = student.tokenize(asked)
    assert tokens == ["nsuo", "no", "wɔ", "hɛn", "?"]
    assert words(asked, "tw") == tokens[:-1]
    assert student.tokenize("WƆ HƐN") == ["wɔ", "hɛn"]
