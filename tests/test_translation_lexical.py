from __future__ import annotations

import gzip

import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair
from optical_pt.translation import LexicalTable, LexicalTranslator
from optical_pt.translation.words import word_spans, words

TABLE = LexicalTable(
    "ha",
    {
        "ruwa": {"water": 0.6, "rain": 0.3, "river": 0.08, "wet": 0.02},
        "gida": {"house": 0.5, "home": 0.5},
        "sha": {"drink": 0.7, "water": 0.3},
    },
)


def pairs(*sentences: tuple[str, str]) -> list[SentencePair]:
    return [SentencePair(english, foreign, "ha") for english, foreign in sentences]


BITEXT = pairs(
    ("the water is cold", "ruwa sanyi"),
    ("cold house", "gida sanyi"),
    ("the house in Kano", "gida Kano"),
    ("water in Kano 1999", "ruwa Kano 1999"),
    ("water 1999", "ruwa 1999"),
)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Ina BIRNIN ƙasar?", "ha", ["ina", "birnin", "ƙasar"]),
        ("हिन्दी की किताब।", "hi", ["हिन्दी", "की", "किताब"]),
        ("北京2008年", "zh", ["北", "京", "北京", "2008", "年"]),
        ("ภาษาไทย", "th", ["ภาษา", "าษาไ", "ษาไท", "าไทย"]),
        ("ไทย", "th", ["ไทย"]),
        ("IĞDIR İzmir'de", "tr", ["ığdır", "izmir", "de"]),
        ("Ｆｕｌｌ ﬁt", "en", ["full", "fit"]),
        ("  ?! ", "en", []),
    ],
)
def test_words(text, language, expected):
    assert words(text, language) == expected


def test_a_translation_leaves_nothing_of_another_one():
    queries = pd.DataFrame({"qid": ["1"], "query": ["ruwa"], "kept": [7]})
    twice = LexicalTranslator(TABLE, "psq") >> pt.rewrite.reset() >> LexicalTranslator(TABLE)
    assert twice(queries).iloc[0].to_dict() == {
        "qid": "1",
        "kept": 7,
        "query_0": "ruwa",
        "query": "water",
    }


@given(st.text(), st.sampled_from(["ha", "tr", "zh", "th"]))
def test_words_are_never_empty_and_hold_no_separator(text, language):
    for word in words(text, language):
        assert word
        assert not any(c.isspace() for c in word)


def test_learn_keeps_what_has_to_be_translated():
    table = LexicalTable.learn(BITEXT, language="ha", iterations=20)
    assert next(iter(table.lookup("ruwa"))) == "water"
    assert next(iter(table.lookup("gida"))) == "house"
    # A name that English shares, a number, an unknown word.
    assert table.lookup("kano") == table.lookup("1999") == table.lookup("mota") == {}


def test_learn_keeps_chinese_numerals():
    table = LexicalTable.learn(
        pairs(("three cats", "三只猫"), ("three dogs", "三只狗"), ("some cats", "一些猫")),
        language="zh",
    )
    assert next(iter(table.lookup("三"))) == "three"


def test_a_table_written_by_hand_is_read_in_lower_case(tmp_path):
    content = "tr\ten\tprobability\nIRMAK\triver\t1\nİzmir\tizmir\t1\n"
    (tmp_path / "t.tsv.gz").write_bytes(gzip.compress(content.encode()))
    table = LexicalTable.load(tmp_path / "t.tsv.gz")
    assert set(table.translations) == {"ırmak", "izmir"}


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("ශ්\u200dරී ලංකා", "si", ["ශ්රී", "ලංකා"]),
        ("می\u200cشود", "fa", ["میشود"]),
        ("ca\u00adfé \u200efin\u200f", "fr", ["café", "fin"]),
        ("a\u200bb", "th", ["a", "b"]),
    ],
)
def test_invisible_characters_do_not_cut_words(text, language, expected):
    assert words(text, language) == expected
    read = [words(text[start:end], language) for start, end in word_spans(text)]
    assert [word for found in read for word in found] == expected


def test_learn_leaves_out_rare_latin_words_only():
    rare = pairs(("water", "ruwa"), ("water", "पानी"), ("cold", "sanyi"), ("cold", "sanyi"))
    assert set(LexicalTable.learn(rare, language="ha").translations) == {"sanyi", "पानी"}
    assert "ruwa" in LexicalTable.learn(rare, language="ha", min_count=1).translations


def test_learn_keeps_the_top_k():
    table = LexicalTable.learn(BITEXT, language="ha", top_k=1, iterations=20)
    assert all(len(translations) == 1 for translations in table.translations.values())
    assert table.translations["ruwa"].keys() == {"water"}


def test_learn_from_nothing():
    with pytest.raises(InputError, match="no ha sentence pair"):
        LexicalTable.learn([], language="ha")


def test_lookup_without_diacritics_averages():
    table = LexicalTable("yo", {"omí": {"water": 1.0}, "òmi": {"water": 0.5, "drown": 0.5}})
    assert table.lookup("omi") == {"water": 0.75, "drown": 0.25}
    assert table.lookup("omí") == {"water": 1.0}


def test_names_are_cut_off_the_prefixes_that_were_learnt(tmp_path):
    names = ["Mandela", "Kenya", "Maputo", "Sisulu", "Biko", "Durban", "Angola", "Soweto", "Tutu"]
    pairs = [SentencePair(f"I saw {name} again", f"ngibone u{name} futhi", "zu") for name in names]
    table = LexicalTable.learn(pairs, language="zu")
    assert table.name_prefixes == ()  # nine names
    pairs.append(SentencePair("I saw Brazil again", "ngibone uBrazil futhi", "zu"))
    table = LexicalTable.learn(pairs, language="zu")
    assert table.name_prefixes == ("u",)
    assert table.words("uZuma, uzuma") == ["u", "zuma", "uzuma"]
    queries = pd.DataFrame({"qid": ["1"], "query": ["UZuma"]})
    assert LexicalTranslator(table)(queries)["query"][0].split()[1] == "zuma"
    table.save(tmp_path / "zu.tsv.gz")
    header = gzip.decompress((tmp_path / "zu.tsv.gz").read_bytes()).decode().split("\n")[0]
    assert header == "zu\ten\tprobability\tname prefixes: u"
    assert LexicalTable.load(tmp_path / "zu.tsv.gz") == table
    assert LexicalTable("zu", table.translations) != table


def test_save_and_load(tmp_path):
    table = LexicalTable.learn(BITEXT, language="ha")
    table.save(tmp_path / "a.tsv.gz")
    table.save(tmp_path / "b.tsv.gz")
    assert (tmp_path / "a.tsv.gz").read_bytes() == (tmp_path / "b.tsv.gz").read_bytes()
    assert LexicalTable.load(tmp_path / "a.tsv.gz") == table
    assert {path.name for path in tmp_path.iterdir()} == {"a.tsv.gz", "b.tsv.gz"}
    TABLE.save(tmp_path / "c.tsv.gz")
    lines = gzip.decompress((tmp_path / "c.tsv.gz").read_bytes()).decode().splitlines()
    assert lines[:3] == ["ha\ten\tprobability", "gida\thome\t0.5", "gida\thouse\t0.5"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("foreign english p", r"t.tsv.gz:1: the header"),
        ("ha\ten\tprobability\nruwa\twater", r"t.tsv.gz:2: 'ruwa\\twater' is not"),
        ("ha\ten\tprobability\nruwa\twater\t1\n\n", r"t.tsv.gz:3: '' is not"),
        ("ha\ten\tprobability\nruwa\twater\tmuch", r"t.tsv.gz:2: 'much' is not a prob"),
        ("ha\ten\tprobability\nruwa\twater\t1.5", r"t.tsv.gz:2: '1.5' is not a prob"),
        ("ha\ten\tprobability\nruwa\twater\tnan", r"t.tsv.gz:2: 'nan' is not a prob"),
        ("ha\ten\tprobability\na\tb\t.5\na\tb\t.5", r"t.tsv.gz:3: 'a' to 'b' twice"),
    ],
)
def test_malformed_tables(tmp_path, content, message):
    path = tmp_path / "t.tsv.gz"
    path.write_bytes(gzip.compress(content.encode()))
    with pytest.raises(InputError, match=message):
        LexicalTable.load(path)


@pytest.mark.parametrize("content", [b"ha\ten\tprobability", b"", gzip.compress(b"\xff" * 99)[:-9]])
def test_broken_files(tmp_path, content):
    (tmp_path / "t.tsv.gz").write_bytes(content)
    with pytest.raises(InputError, match=r"t.tsv.gz"):
        LexicalTable.load(tmp_path / "t.tsv.gz")
    with pytest.raises(InputError, match="no such lexical table"):
        LexicalTable.load(tmp_path / "absent.tsv.gz")


def test_a_flipped_bit_is_noticed(tmp_path):
    path = tmp_path / "t.tsv.gz"
    TABLE.save(path)
    content = path.read_bytes()
    for place in range(10, len(content)):  # behind gzip's header
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        with pytest.raises(InputError, match=r"t.tsv.gz"):
            LexicalTable.load(path)


def test_one_best():
    queries = pd.DataFrame({"qid": ["1", "2"], "query": ["Gida a Kano 1999?", ""]}, index=[7, 4])
    result = LexicalTranslator(TABLE)(queries)
    assert result["query"].tolist() == ["home a kano 1999", ""]
    assert result["query_0"].tolist() == ["Gida a Kano 1999?", ""]
    assert list(result.columns) == ["qid", "query_0", "query"]


def test_psq_sums_over_the_query():
    queries = pd.DataFrame({"qid": ["1"], "query": ["sha ruwa, ruwa Kano"]})
    (weights,) = LexicalTranslator(TABLE, "psq")(queries)["query_toks"]
    assert weights == pytest.approx(
        {"drink": 0.7, "water": 0.3 + 0.6 + 0.6, "rain": 0.6, "river": 0.16, "kano": 1.0}
    )
    (cut,) = LexicalTranslator(TABLE, "psq", cumulative=0.5)(queries)["query_toks"]
    assert cut == pytest.approx({"drink": 0.7, "water": 1.2, "kano": 1.0})
    (top,) = LexicalTranslator(TABLE, "psq", top_k=2)(queries)["query_toks"]
    assert top == pytest.approx({"drink": 0.7, "water": 1.5, "rain": 0.6, "kano": 1.0})


@given(st.lists(st.text(alphabet="ruwagidsh 北京ภา?'", max_size=20), max_size=4))
def test_any_queries(texts):
    queries = pd.DataFrame({"qid": [str(i) for i in range(len(texts))], "query": texts})
    result = LexicalTranslator(TABLE, "psq")(queries)
    assert result["query_0"].tolist() == texts
    for text, weights in zip(texts, result["query_toks"], strict=True):
        assert sum(weights.values()) <= len(words(text, "ha")) + 1e-9


def test_empty_frame():
    result = LexicalTranslator(TABLE, "psq")(pd.DataFrame(columns=["qid", "query"]))
    assert list(result.columns) == ["qid", "query_0", "query", "query_toks"]


def test_finds_english_documents(tmp_path):
    from pyterrier_pisa import PisaIndex

    index = PisaIndex(str(tmp_path / "pisa"), text_field="text")
    index.index([{"docno": "d1", "text": "cold water"}, {"docno": "d2", "text": "a big house"}])
    pipeline = LexicalTranslator(TABLE) >> index.bm25()
    assert pipeline.search("ruwa")["docno"].tolist() == ["d1"]


@pytest.mark.parametrize("options", [{"mode": "x"}, {"cumulative": 0.0}, {"top_k": 0}])
def test_options_that_do_not_exist(options):
    with pytest.raises(InputError, match=next(iter(options))):
        LexicalTranslator(TABLE, **options)


def test_a_missing_query_is_named():
    with pytest.raises(InputError, match="qid 7: the query is None"):
        LexicalTranslator(TABLE)(pd.DataFrame({"qid": ["7"], "query": [None]}))


def test_equality_by_value():
    same = LexicalTable("ha", dict(reversed(TABLE.translations.items())))
    assert LexicalTranslator(TABLE) == LexicalTranslator(same)
    assert hash(LexicalTranslator(TABLE)) == hash(LexicalTranslator(same))
    assert LexicalTranslator(TABLE) != LexicalTranslator(TABLE, "psq")
    assert LexicalTranslator(TABLE) != LexicalTranslator(LexicalTable("ha", {}))


TestLexicalTranslator = pt.testing.transformer_test_class(lambda: LexicalTranslator(TABLE, "psq"))
