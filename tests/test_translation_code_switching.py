"""Switching words of queries: by dictionaries, and by alignment with human versions."""

from __future__ import annotations

import zipfile
from itertools import pairwise

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from collection_folders import one_line
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.ot import Alignment, align
from optical_pt.training.bitext import SentencePair
from optical_pt.translation import (
    AlignedQueries,
    CodeSwitch,
    WordLexicon,
    gatitos_languages,
    read_gatitos,
)
from optical_pt.translation.aligned_queries import _text, _word_masses
from optical_pt.translation.words import word_spans

LEXICON = WordLexicon(
    "ha", "en", {"Ruwa": ["water"], "ina": ["where"], "gida": ["house", "home"], "a kan": ["on"]}
)
CHINESE = WordLexicon("zh", "en", {"北京": ["Beijing"], "大": ["big"]})
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def frame(*queries):
    return pd.DataFrame({"qid": [str(n) for n in range(len(queries))], "query": list(queries)})


def switched(lexicon, query, share=1.0, seed=0):
    return CodeSwitch(lexicon, share, seed=seed)(frame(query))["query"].iloc[0]


def test_words_and_phrases_are_replaced_in_place():
    assert switched(LEXICON, "Ina ruwa, a Kano?") == "where water, a Kano?"
    assert switched(LEXICON, "RUWA a-kan, a. kan") == "water on, a. kan"
    assert switched(LEXICON, "") == ""
    assert switched(CHINESE, "北京是大的2008") == "Beijing 是 big 的2008"


def test_words_typed_without_tone_marks_are_found():
    lexicon = WordLexicon("yo", "en", {"omi": ["water"], "ọjọ́": ["day"], "òjò": ["rain"]})
    assert switched(lexicon, "ómì ọjọ́ òjò") == "water day rain"
    assert lexicon.units("1", "ojo")[0].choices == ("day", "rain")


def test_shares_are_nested_and_counted():
    query = "ruwa " * 7 + "Kano"
    counts, before = [], set()
    for share in SHARES:
        words = switched(LEXICON, query, share).split()
        places = {place for place, word in enumerate(words) if word == "water"}
        assert before <= places
        counts.append(len(places))
        before = places
    # Of eight words two more at each share, one of which is a name that is not in the lexicon.
    assert sorted(np.diff(counts)) == [1, 2, 2, 2]


def test_draws_depend_on_seed_and_qid_alone():
    queries = frame(*["gida ruwa gida gida ina gida"] * 40)
    switch = CodeSwitch(LEXICON, 0.5, seed=3)
    first = switch(queries).set_index("qid")["query"]
    assert first.nunique() > 10
    again = switch(queries.iloc[::-1]).set_index("qid")["query"]
    assert again.loc[first.index].tolist() == first.tolist()
    assert CodeSwitch(LEXICON, 0.5, seed=4)(queries)["query"].tolist() != first.tolist()
    # The same in every process: by hand of nothing but the documented rule's present outcome.
    assert first.loc["0"] == switched(LEXICON, "gida ruwa gida gida ina gida", 0.5, 3)


def test_a_word_is_switched_to_the_same_at_every_share():
    for qid in range(20):
        query = pd.DataFrame({"qid": [f"q{qid}"], "query": ["gida gida gida gida"]})
        whole = CodeSwitch(LEXICON, 1.0)(query)["query"].iloc[0].split()
        half = CodeSwitch(LEXICON, 0.5)(query)["query"].iloc[0].split()
        assert half.count("gida") == 2
        assert all(new in ("gida", old) for new, old in zip(half, whole, strict=True))


@given(st.lists(st.text("abginruw 北京大?'", max_size=20), max_size=4), st.sampled_from(SHARES))
def test_any_queries(texts, share):
    out = CodeSwitch(LEXICON, share)(frame(*texts))
    assert out["query_0"].tolist() == texts
    assert list(out.columns) == ["qid", "query_0", "query"]
    if not share:
        assert out["query"].tolist() == texts
    spans = [word_spans(text) for text in texts]
    for text, units in zip(texts, spans, strict=True):
        found = LEXICON.units("1", text)
        # The units cover the words, in order, without overlap.
        covered = [(s, e) for s, e in units if any(u.start <= s and e <= u.end for u in found)]
        assert covered == units
        assert all(a.end <= b.start for a, b in pairwise(found))


def test_composes_in_pipelines():
    switch = CodeSwitch(LEXICON, 1.0) >> CodeSwitch(LEXICON.reversed(), 1.0)
    out = switch(frame("ina ruwa"))
    assert out.iloc[0].to_dict() == {
        "qid": "0", "query_1": "ina ruwa", "query_0": "where water", "query": "ina ruwa",
    }  # fmt: skip
    assert list(switch(frame()).columns) == ["qid", "query_1", "query_0", "query"]


def test_equality_by_value():
    same = WordLexicon(
        "ha",
        "en",
        {"a kan": ["on"], "gida": ["house", "home"], "INA": ["where"], "ruwa": ["water"]},
    )
    assert CodeSwitch(LEXICON, 0.5) == CodeSwitch(same, 0.5)
    assert hash(CodeSwitch(LEXICON, 0.5)) == hash(CodeSwitch(same, 0.5))
    assert CodeSwitch(LEXICON, 0.5) != CodeSwitch(LEXICON, 0.25)
    assert CodeSwitch(LEXICON, 0.5) != CodeSwitch(LEXICON, 0.5, seed=1)
    assert CodeSwitch(LEXICON, 0.5) != CodeSwitch(LEXICON.reversed(), 0.5)


def test_reversed_twice_is_the_same():
    assert LEXICON.reversed().reversed() == LEXICON
    assert LEXICON.reversed().entries[("home",)] == ("gida",)


def test_learnt_in_both_directions():
    pairs = [
        SentencePair("big house", "babban gida", "ha"),
        SentencePair("house", "gida", "ha"),
    ] * 2
    there = WordLexicon.learn(pairs, source="ha", target="en")
    assert there.entries == {("babban",): ("big",), ("gida",): ("house",)}
    assert WordLexicon.learn(pairs, source="en", target="ha") == there.reversed()
    with pytest.raises(InputError, match="ha to de: bitext gives words from or into English"):
        WordLexicon.learn(pairs, source="ha", target="de")


TestCodeSwitch = pt.testing.transformer_test_class(lambda: CodeSwitch(LEXICON, 0.5))


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_that_do_not_exist(share):
    with pytest.raises(InputError, match="give a share of the words, from 0 to 1"):
        CodeSwitch(LEXICON, share)


def test_a_missing_query_is_named():
    with pytest.raises(InputError, match="qid 7: the query is None"):
        CodeSwitch(LEXICON, 0.5)(pd.DataFrame({"qid": ["7"], "query": [None]}))


# GATITOS


def write_gatitos(
    path, text="house\tgida\nhome\tgida\nhouse\tɗaki\nat once\tyanzu\n", name="en_ha"
):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"gatitos/{name}.tsv", text)
    return path


def test_gatitos_is_read_from_a_zip_or_folder(tmp_path):
    path = write_gatitos(tmp_path / "dict.zip")
    lexicon = read_gatitos(path, "ha")
    assert lexicon == WordLexicon(
        "en", "ha", {"house": ["gida", "ɗaki"], "home": ["gida"], "at once": ["yanzu"]}
    )
    assert gatitos_languages(path) == ("ha",)
    assert read_gatitos(path, "zu") is None
    (tmp_path / "en_ak.tsv").write_text("house\tofie\n")
    assert read_gatitos(tmp_path, "tw") == WordLexicon("en", "tw", {"house": ["ofie"]})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("house\tgida\nhome\n", "en_ha.tsv:2: 'home' is not 'English<TAB>translation'"),
        ("house\t\n", "en_ha.tsv:1: 'house\\t' is not"),
        ("a\tb\tc\n", "en_ha.tsv:1"),
        ("house\tgida", "truncated"),
        ("", "no entry"),
    ],
)
def test_malformed_lexicons(tmp_path, text, expected):
    path = write_gatitos(tmp_path / "dict.zip", text)
    with pytest.raises(InputError) as raised:
        read_gatitos(path, "ha")
    assert expected in one_line(raised)


def test_lexicons_that_are_not_there(tmp_path):
    with pytest.raises(InputError, match="absent: no such lexicons"):
        gatitos_languages(tmp_path / "absent")
    with pytest.raises(InputError, match=r"no file en_XX.tsv"):
        gatitos_languages(tmp_path)
    (tmp_path / "dict.zip").write_bytes(b"PK no more")
    with pytest.raises(InputError, match=r"dict.zip: cannot read it"):
        read_gatitos(tmp_path / "dict.zip", "ha")


# Alignment


@pytest.fixture(scope="module")
def model():
    return LateInteraction.from_encoder(tiny_encoder(["gida", "house"]), "tiny")


def test_tokens_know_where_they_are(model):
    foreign, english = "Gida, bay?", "a House"
    alignment = align(model, model, foreign, english)
    assert len(alignment.foreign_spans) == len(alignment.foreign)
    named = dict(zip(alignment.foreign, alignment.foreign_spans, strict=True))
    assert named["[CLS]"] == (0, 0)
    assert foreign[slice(*named["gida"])] == "Gida"
    assert foreign[slice(*named["##y"])] == "y"
    # The model reads 24 tokens; the last of them is the end.
    cut = align(model, model, "gida " * 40, english)
    assert len(cut.foreign) == 24
    assert (cut.foreign[-1], cut.foreign_spans[-1]) == ("[SEP]", (0, 0))
    assert cut.foreign_spans[-2] == (22 * 5 - 5, 22 * 5 - 1)


def test_a_prompt_is_read_but_is_no_part_of_the_sentence():
    plain = tiny_encoder(["query", "gida", "house"])
    asked = tiny_encoder(["query", "gida", "house"])
    asked.prompts["query"] = "query: "
    asked = LateInteraction.from_encoder(asked, "asked")
    whole = LateInteraction.from_encoder(plain, "plain")
    mine, theirs = align(asked, asked, "gida", "house"), align(whole, whole, "query: gida", "house")
    assert mine.foreign == theirs.foreign
    assert mine.plan.shape[1] == len(mine.english) > len(theirs.english)
    spans = dict(zip(mine.foreign, mine.foreign_spans, strict=True))
    assert spans == {**dict.fromkeys(mine.foreign, (0, 0)), "gida": (0, 4)}


def test_masses_of_words_by_hand():
    plan = np.array([[0.1, 0.0, 0.1], [0.0, 0.2, 0.1], [0.0, 0.3, 0.2]])
    alignment = Alignment(
        ("ba", "##y", "mu"), ("the", "big", "cat"), plan,
        ((0, 2), (2, 3), (4, 6)), ((0, 3), (4, 7), (8, 11)),
    )  # fmt: skip
    masses = _word_masses(alignment, "bay mu", "the big cat")
    assert masses == pytest.approx(np.array([[0.1, 0.2, 0.2], [0.0, 0.3, 0.2]]))


def test_neighbours_keep_what_is_between_them():
    version = "the king's big-hearted dog"
    spans = word_spans(version)
    assert _text(version, [spans[1], spans[2], spans[5]]) == ("king's dog",)
    assert _text("北京大", word_spans("北京大")) == ("北京大",)


def test_all_words_switched_hold_each_word_of_the_version_once(model):
    queries = frame("gida bay, mu?", "mu gida", "?", "bay")
    versions = frame("a house in the bay", "house", "who, me", "")
    for into in ("english", "foreign"):
        switch = CodeSwitch(AlignedQueries(versions, model, model, into=into), 1.0)
        out = switch(queries)
        for new, query, version in zip(
            out["query"], queries["query"], versions["query"], strict=True
        ):
            words = [word for word in new.strip("?").replace(",", "").split() if word]
            given = version.replace(",", "").split() if word_spans(query) else []
            assert all(words.count(word) == 1 for word in given)
            assert set(words) <= {*given, *query.strip("?").replace(",", "").split()}
        assert out["query"].iloc[2:].tolist() == ["?", "bay"]


def test_identical_versions_change_nothing(model):
    queries = frame("gida house mu", "house, gida?")
    sure = AlignedQueries(queries, model, model)
    out = CodeSwitch(sure, 1.0)(queries)
    assert out["query"].tolist() == queries["query"].tolist()
    assert sure == AlignedQueries(queries, model, model)
    assert sure != AlignedQueries(queries, model, model, into="foreign")
    assert hash(sure) == hash(AlignedQueries(queries, model, model))


def test_versions_that_are_not_there(model):
    aligned = AlignedQueries(frame("house"), model, model)
    with pytest.raises(InputError, match="qid 1: no version in the other language"):
        CodeSwitch(aligned, 1.0)(frame("gida", "mu"))
    with pytest.raises(InputError, match="into 'English'"):
        AlignedQueries(frame("house"), model, model, into="English")
