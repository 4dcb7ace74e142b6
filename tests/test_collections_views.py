"""Cross-lingual views of ir_datasets, on tiny files of ours in the published formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import irds_home
import pytest

from optical_pt.collections.entry import MULTIPLE

ir_datasets = pytest.importorskip("ir_datasets")

NAMES = [
    "clirmatrix/sw-en/test1",
    "clirmatrix/en-sw/test1",
    "clirmatrix/sw-en/full/dev",
    "clirmatrix/de-en/multi8/test2",
    "clirmatrix/yo-en/test1",
    "mmarco/nl-en/dev",
    "mmarco/de-en/dev/small",
    "mmarco/en-de/dev",
    "mmarco/nl-de/dev",
    "mmarco/pt-en/v1/dev",
    "neumarco/en-fa/dev",
    "neuclir/en-zh/trec-2022/title",
    "neuclir/en-zh/trec-2022/description",
    "neuclir/zh-zh/trec-2022/ht_title",
    "neuclir/zh-zh/trec-2022/mt_title",
    "neuclir/en-fa/trec-2023/title",
    "neuclir/fa-fa/trec-2023/mt_title",
    "neuclir/en-mul/trec-2023/title",
    "neuclir/ru-mul/trec-2023/mt_title",
    "csl/en-zh/trec-2023/title",
    "csl/zh-zh/trec-2023/ht_description",
    "hc4/en-fa/dev/title",
    "hc4/en-ru/dev/title",
    "wikiclir/en-sw/title",
    "wikiclir/en-sw/first_sent",
    "wikiclir/en-simple/title",
    "miracl/sw-sw/dev",
    "mr-tydi/sw-sw/test",
]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home: Path = tmp_path_factory.mktemp("irds")
    irds_home.write_clirmatrix(home)
    irds_home.write_msmarco(home)
    irds_home.write_trec(home)
    irds_home.write_wikipedia(home)
    results = irds_home.read_collections(home, [f"optical:{name}" for name in NAMES])
    return {name.removeprefix("optical:"): result for name, result in results.items()}


def documents(result: dict[str, Any]) -> list[str]:
    return [docno for docno, _, _ in result["documents"]]


def test_clirmatrix_has_the_queries_in_the_first_language(read: dict[str, Any]) -> None:
    result = read["clirmatrix/sw-en/test1"]
    assert result["name"] == "optical:clirmatrix/sw-en/test1"
    assert result["document_language"] == "en"
    assert result["documents"] == [
        ["12", "", "Lion: a large cat"],
        ["34", "", "Bee: an insect"],
    ]
    assert result["sw"]["topics"] == [["7", "Simba"], ["8", "Nyuki"]]
    assert result["sw"]["qrels"] == [["7", "12", 6], ["7", "34", 0], ["8", "34", 5]]
    assert result["sw"]["english"] is None
    other_way = read["clirmatrix/en-sw/test1"]
    assert other_way["document_language"] == "sw"
    assert documents(other_way) == ["56"]
    assert other_way["en"]["topics"] == [["12", "Lion"]]


def test_clirmatrix_has_full_and_multi8(read: dict[str, Any]) -> None:
    assert read["clirmatrix/sw-en/full/dev"]["sw"]["topics"] == [["9", "Simba wa bahari"]]
    assert read["clirmatrix/de-en/multi8/test2"]["de"]["topics"] == [["77", "Löwe"]]


def test_a_pair_that_the_publisher_lacks(read: dict[str, Any]) -> None:
    assert "clirmatrix/en/bi139-base/yo/test1" in read["clirmatrix/yo-en/test1"]["error"]


def test_mmarco_joins_translated_queries_and_english_passages(read: dict[str, Any]) -> None:
    result = read["mmarco/nl-en/dev"]
    assert result["document_language"] == "en"
    assert result["documents"][0] == ["0", "", "Lions live in prides."]
    assert result["nl"]["topics"] == [["5", "waar leven leeuwen"]]
    assert result["nl"]["unjudged"] == ["6"]
    # The English originals are what a ceiling searches with.
    assert result["nl"]["english"] == ["where do lions live"]
    assert read["mmarco/de-en/dev/small"]["de"]["topics"] == [["5", "wo leben Löwen"]]


def test_mmarco_in_other_directions(read: dict[str, Any]) -> None:
    result = read["mmarco/en-de/dev"]
    assert result["document_language"] == "de"
    assert result["documents"][0][2] == "Löwen leben in Rudeln."
    assert result["en"]["topics"] == [["5", "where do lions live"]]
    assert read["mmarco/nl-de/dev"]["nl"]["topics"] == [["5", "waar leven leeuwen"]]


def test_mmarco_v1_takes_the_corrected_files(read: dict[str, Any]) -> None:
    assert read["mmarco/pt-en/v1/dev"]["pt"]["topics"] == [["5", "onde vivem os leões"]]


def test_neumarco(read: dict[str, Any]) -> None:
    result = read["neumarco/en-fa/dev"]
    assert (result["document_language"], documents(result)) == ("fa", ["0", "1"])
    assert result["en"]["topics"] == [["5", "where do lions live"]]


def test_neuclir_names_the_field(read: dict[str, Any]) -> None:
    result = read["neuclir/en-zh/trec-2022/title"]
    assert result["document_language"] == "zh"
    assert result["documents"] == [["z1", "title z1", "text z1"]]
    assert result["en"]["topics"] == [["1", "lions"]]
    assert result["en"]["qrels"] == [["1", "z1", 3]]
    # Into the documents' language by people: the ceiling of this side.
    assert result["en"]["human"] == ["獅子"]
    description = read["neuclir/en-zh/trec-2022/description"]["en"]
    assert (description["topics"][0][1], description["human"]) == (
        "lions, described",
        ["獅子, described"],
    )
    human = read["neuclir/zh-zh/trec-2022/ht_title"]["zh"]
    machine = read["neuclir/zh-zh/trec-2022/mt_title"]["zh"]
    assert (human["topics"][0][1], machine["topics"][0][1]) == ("獅子", "雄獅")
    assert human["english"] == machine["english"] == ["lions"]
    assert human["human"] == machine["human"] == ["獅子"]


def test_neuclir_2023_has_its_topics(read: dict[str, Any]) -> None:
    """ir_datasets 0.6.3 filters them by the judgments of 2022: it reads none."""
    result = read["neuclir/en-fa/trec-2023/title"]
    assert result["en"]["topics"] == [["200", "bees"]]
    assert result["en"]["qrels"] == [["200", "f1", 1]]
    assert result["en"]["human"] == ["شیر"]
    machine = read["neuclir/fa-fa/trec-2023/mt_title"]["fa"]
    found = [machine[part] for part in ("topics", "english", "human")]
    assert found == [[["200", "شیرها"]], ["bees"], ["شیر"]]


def test_neuclir_pools_three_languages(read: dict[str, Any]) -> None:
    result = read["neuclir/en-mul/trec-2023/title"]
    assert result["document_language"] == MULTIPLE
    assert sorted(documents(result)) == ["f1", "r1", "z1"]
    assert result["en"]["topics"] == [["200", "bees"]]
    assert result["en"]["qrels"] == [["200", "z1", 3], ["200", "f1", 1]]
    machine = read["neuclir/ru-mul/trec-2023/mt_title"]["ru"]
    assert (machine["topics"], machine["english"]) == ([["200", "лев"]], ["bees"])


def test_csl(read: dict[str, Any]) -> None:
    result = read["csl/en-zh/trec-2023/title"]
    assert result["documents"] == [["csl-1", "", "獅群\n論獅群"]]
    assert result["en"]["topics"] == [["t1", "prides of lions"]]
    assert read["csl/zh-zh/trec-2023/ht_description"]["zh"]["topics"] == [["t1", "獅子, described"]]


def test_hc4_with_its_documents_and_without(read: dict[str, Any]) -> None:
    result = read["hc4/en-fa/dev/title"]
    assert result["documents"] == [["h1", "عنوان", "متن"]]
    assert (result["en"]["topics"], result["en"]["human"]) == ([["1", "lions"]], ["شیر"])
    error = read["hc4/en-ru/dev/title"]["error"]
    assert "\n" not in error
    assert "download_documents.py" in error
    assert "~/.ir_datasets/hc4" in error


def test_wikiclir_has_titles_and_first_sentences(read: dict[str, Any]) -> None:
    result = read["wikiclir/en-sw/title"]
    assert (result["document_language"], result["documents"]) == (
        "sw",
        [["9", "Simba", "Paka mkubwa ."]],
    )
    assert result["en"]["topics"] == [["1", "Lion"]]
    assert read["wikiclir/en-sw/first_sent"]["en"]["topics"] == [["1", "A large cat ."]]
    simple = read["wikiclir/en-simple/title"]
    assert (simple["document_language"], documents(simple)) == ("en", ["4"])


def test_miracl_and_mr_tydi_are_monolingual(read: dict[str, Any]) -> None:
    for name, qid in (("miracl/sw-sw/dev", "m1"), ("mr-tydi/sw-sw/test", "t1")):
        result = read[name]
        assert (result["document_language"], documents(result)) == ("sw", ["3#0"])
        assert result["sw"]["topics"] == [[qid, "Simba ni nini?"]]
        assert result["sw"]["qrels"] == [[qid, "3#0", 1]]


def test_a_truncated_and_a_corrupted_file_are_named(tmp_path: Path) -> None:
    irds_home.write_msmarco(tmp_path)
    irds_home.write_wikipedia(tmp_path)
    repeated = tmp_path / "mmarco" / "v2" / "dutch.queries.dev.tsv"
    repeated.write_text("5\twaar\n5\twaar leven leeuwen\n", encoding="utf-8")
    packed = tmp_path / "miracl" / "v1.0" / "sw" / "docs" / "docs-0.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-12])
    empty = tmp_path / "mmarco" / "v2" / "german.queries.dev.tsv"
    empty.write_text("5\t \n", encoding="utf-8")
    names = ["mmarco/nl-en/dev", "miracl/sw-sw/dev", "mmarco/de-en/dev", "mmarco/ar-en/dev"]
    results = irds_home.read_collections(tmp_path, [f"optical:{name}" for name in names])
    errors = [results[f"optical:{name}"]["error"] for name in names]
    assert all("\n" not in error for error in errors)
    assert "two queries '5'" in errors[0]
    assert "optical:miracl/sw-sw/dev: ir_datasets cannot read it (EOFError" in errors[1]
    assert "irds:mmarco/v2/de/dev: query '5' is empty (field text)" in errors[2]
    assert "cannot read it" in errors[3]
    assert "check the network" in errors[3]
