"""Unknown words of queries that are read as known ones."""

from __future__ import annotations

import math
import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt import (
    InputError,
    LexicalTable,
    LexicalTranslator,
    Respeller,
    bm25_index,
)
from optical_pt.respelling import document_words
from optical_pt.respelling.nearest import NearestSpelling
from optical_pt.respelling.sound import consonants, sound_key

DOCUMENTS = {"nigeria": 80, "portugal": 9, "okadigbo": 1, "city": 30}
TABLE = LexicalTable(
    "ha",
    {"kasar": {"country": 1.0}, "kwamfuta": {"computer": 1.0}, "ọ̀rọ̀": {"word": 1.0}},
    name_prefixes=("e", "u"),
)
RESPELL = Respeller(TABLE, DOCUMENTS)

words = st.text("aeioubkcnstwyzgj", min_size=1, max_size=9)


def edit_distance(a: str, b: str) -> int:
    """Levenshtein's, by its definition."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (x != y)))
    return row[-1]


def test_a_turkish_capital_i_keeps_its_dot():
    respell = Respeller(LexicalTable("tr", {"ilçe": {"district": 1.0}}), {"istanbul": 50})
    out = respell(frame("İstanbuul ISTANBUUL Istanbuul"))
    assert set(out["query"].iloc[0].split()) <= {"İstanbul", "ISTANBUUL", "Istanbuul"}
    assert out["query"].iloc[0].startswith("İstanbul ")


def frame(*queries: object) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{n}" for n in range(len(queries))], "query": queries})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ọstraliya", "ostralia"),
        ("nijeriya", "nigeria"),
        ("ƙasa", "kassa"),
        ("olympic", "olimpik"),
        ("photo", "foto"),
        ("mexico", "meksiko"),
    ],
)
def test_spellings_of_one_sound_have_one_key(one, other):
    assert sound_key(one.lower()) == sound_key(other)


def test_other_scripts_keep_their_vowel_signs():
    assert sound_key("पानी") == unicodedata.normalize("NFD", "पानी")
    assert sound_key("पाना") != sound_key("पानी")


@given(st.text(max_size=12))
def test_a_key_is_its_own_key(word):
    key = sound_key(word.lower())
    assert sound_key(key) == key
    assert not set(consonants(key)) & set("aeiou")


@given(words, st.dictionaries(words, st.integers(1, 10_000), max_size=12))
def test_the_nearest_word_is_that_of_the_definition(word, counts):
    key = sound_key(word)
    greatest = max((count for known, count in counts.items() if len(known) >= 4), default=1)
    costs = []
    for known, count in counts.items():
        if len(known) < 4:
            continue
        other = sound_key(known)
        keys = edit_distance(key, other)
        skeletons = edit_distance(consonants(key), consonants(other))
        bonus = 0.09 * math.log1p(count) / math.log1p(greatest)
        cost = (keys + skeletons) / (2 * len(key)) - bonus
        costs.append((cost, known))
    found = NearestSpelling(counts).find(word)
    best = min(costs, default=(1.0, ""))
    # Costs that differ by rounding alone may come in either order.
    if len(key) < 4 or best[0] > 0.2 + 1e-9:
        assert found is None
    elif best[0] < 0.2 - 1e-9:
        assert {known: cost for cost, known in costs}[found] <= best[0] + 1e-9


def test_equal_costs_are_broken_by_the_alphabet():
    assert NearestSpelling({"kasaru": 3, "kasare": 3}).find("kasari") == "kasare"
    assert NearestSpelling({"kasare": 3, "kasaru": 3}).find("kasari") == "kasare"


def test_frequent_words_are_nearer():
    assert NearestSpelling({"kasare": 3, "kasaru": 300}).find("kasari") == "kasaru"
    assert NearestSpelling({"kasare": 3, "kasaru": 300}, frequency=0).find("kasari") == "kasare"


def test_unknown_words_alone_are_replaced():
    out = RESPELL(frame("Kasar Nijeriya, komfuta?").assign(kept=7))
    assert out.to_dict("records") == [
        {"qid": "q0", "kept": 7, "query_0": "Kasar Nijeriya, komfuta?",
         "query": "Kasar Nigeria, kwamfuta?"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    "query",
    [
        "Okadigbo",  # a document has it
        "kasar",  # the table has it
        "oro",  # has it with other diacritics
        "Zanzibar",  # nothing is near
        "nigeria7",  # not a word
        "city 1999: ...",
        "kas",  # too short
        "北京 นิวยอร์ก",
        "",
    ],
)
def test_other_words_stay_as_they_are(query):
    assert RESPELL.respell(query) == query


def test_a_query_without_unknown_words_stays_letter_by_letter():
    decomposed = unicodedata.normalize("NFD", "ọ̀rọ̀  uNigeria")
    assert RESPELL.respell(decomposed) == decomposed


def test_articles_that_the_table_does_not_know_are_left_alone():
    table = LexicalTable("ar", {"بيت": {"house": 1.0}}, name_prefixes=("ال", "وال"))
    respeller = Respeller(table, document_words(["Al Obama went to the wal."]))
    assert respeller.respell("البيت والبيت") == "البيت والبيت"
    assert respeller.respell("الاوباما") == "ال obama"


def test_prefixes_are_cut_off_names_that_are_replaced_alone():
    query = "Abantu, eNijeriya uKasar ½"
    assert RESPELL.respell(query) == "Abantu, e Nigeria uKasar ½"


def test_words_of_the_table_come_with_their_diacritics():
    table = LexicalTable("tr", {"öğretmenler": {"teachers": 1.0}, "ırmak": {"river": 1.0}})
    respell = Respeller(table, DOCUMENTS)
    assert respell.respell("Öğretmenlerr IRMAKK") == "Öğretmenler Irmak"


@pytest.mark.parametrize(
    ("language", "known", "spelt"),
    [("hi", "नाइजीरिया", "नाईजीरिया"), ("bn", "বাংলাদেশ", "বাঙলাদেশ"), ("ru", "майский", "маискйий")],
)
def test_words_of_other_scripts_are_respelt(language, known, spelt):
    respell = Respeller(LexicalTable(language, {known: {"x": 1.0}}), {"city": 30})
    assert respell.respell(f"{spelt}?") == f"{known}?"


@pytest.mark.parametrize(
    ("language", "name", "read"),
    [
        ("hi", "डिकेंस", "dickens"),
        ("ru", "Диккенса", "dickens"),
        ("el", "Ντίκενς", "dickens"),
        ("ar", "بينينغتون", "bennington"),
        ("hi", "लंदन", "london"),
        ("am", "ለንደን", "london"),
        ("he", "בנינגטון", "bennington"),
        ("ka", "დიკენსი", "dickens"),
        ("hy", "Բենինգթոնը", "bennington"),
        ("ko", "베닝턴", "bennington"),
        ("si", "ඩිකන්ස්", "dickens"),
        ("kk", "Бенингтонға", "bennington"),
    ],
)
def test_names_in_other_letters_are_read_as_the_documents_have_them(language, name, read):
    documents = {"dickens": 4, "bennington": 2, "london": 60, "city": 30}
    respell = Respeller(LexicalTable(language, {}), documents)
    assert respell.respell(f"{name} 1812?") == f"{read} 1812?"
    assert (
        Respeller(LexicalTable(language, {name.lower(): {read: 1.0}}), documents).respell(name)
        == name
    )  # the bitext knows it
    others = {"город": 9, "река": 8, "гора": 7, "лев": 6, "пчела": 5}
    assert Respeller(LexicalTable(language, {}), documents | others).respell(name) == name
    strict = Respeller(LexicalTable(language, {}), documents, most_transliterated=0)
    assert strict != respell
    assert strict.respell(name) == name


def test_what_was_made_of_a_query_before_goes():
    queries = frame("komfuta").assign(query_toks=[{"komfuta": 1.0}], embs_model="m", kept=7)
    assert set(RESPELL(queries)) == {"qid", "kept", "query_0", "query"}


@given(st.text(max_size=40))
def test_any_text_can_be_respelt(query):
    out = RESPELL.respell(query)
    assert RESPELL.respell(out) == out  # all words are known by now, or unknown to both


def test_a_misspelt_query_finds_what_it_asks_for(tmp_path):
    texts = {"d1": "Nigeria has many rivers.", "d2": "A computer is a machine.", "d3": "Rivers."}
    documents = [{"docno": docno, "text": text} for docno, text in texts.items()]
    bm25 = bm25_index(documents, tmp_path / "bm25", fields=("text",)).retriever()
    translate = LexicalTranslator(TABLE, mode="psq") >> bm25
    respell = Respeller(TABLE, document_words(texts.values()))
    queries = frame("Nijeriya", "komfuta")
    assert len(translate(queries)) == 0
    found = (respell >> translate)(queries)
    assert found[["qid", "docno"]].values.tolist() == [["q0", "d1"], ["q1", "d2"]]


def test_no_query_gives_none():
    assert RESPELL(frame()).empty


@pytest.mark.parametrize("query", [None, 3, float("nan")])
def test_a_query_that_is_no_text_is_refused(query):
    with pytest.raises(InputError, match=r"qid q0.*no text; fill it"):
        RESPELL(frame(query))


@pytest.mark.parametrize(
    ("documents", "options", "named"),
    [
        ({}, {}, "documents: no words"),
        (["nigeria"], {}, "documents: no words"),
        ({"Nigeria": 8}, {}, "'Nigeria': 8 is no lower-cased word"),
        ({"nigeria": 0}, {}, "'nigeria': 0"),
        ({"nigeria": "9"}, {}, "'nigeria': '9'"),
        ({3: 9}, {}, "3: 9"),
        (DOCUMENTS, {"most": 1.0}, "most 1.0"),
        (DOCUMENTS, {"most": "0.2"}, "most '0.2'"),
        (DOCUMENTS, {"most": float("nan")}, "most nan"),
        (DOCUMENTS, {"most_transliterated": 1}, "most_transliterated 1"),
        (DOCUMENTS, {"frequency": -0.1}, "frequency -0.1"),
        (DOCUMENTS, {"frequency": float("inf")}, "frequency inf"),
    ],
)
def test_what_cannot_be_used_is_refused(documents, options, named):
    with pytest.raises(InputError, match=named):
        Respeller(TABLE, documents, **options)


@pytest.mark.parametrize(
    ("texts", "named"), [("Nigeria has", "is one text"), (["Kano", None], "document 1 is None")]
)
def test_texts_that_are_none_are_refused(texts, named):
    with pytest.raises(InputError, match=named):
        document_words(texts)


def test_respellers_are_equal_by_value():
    assert Respeller(TABLE, dict(DOCUMENTS)) == RESPELL
    assert hash(Respeller(TABLE, dict(DOCUMENTS))) == hash(RESPELL)
    assert Respeller(TABLE, DOCUMENTS, most=0.1) != RESPELL
    assert repr(RESPELL) == "Respeller(LexicalTable('ha', 3 words), 4 words of documents)"
