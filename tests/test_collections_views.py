"""Cross-lingual views of ir_datasets, on tiny files of ours in the published formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import irds_home
import pytest

from optical_pt.collections import ENTRIES, open_collection
from optical_pt.collections.entry import MULTIPLE
from optical_pt.collections.irds_views import ENTRIES as VIEWS
from optical_pt.collections.irds_views import IrdsView, clirmatrix, miracl, mmarco
from optical_pt.errors import InputError

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


def test_every_id_exists_with_its_parts_and_field() -> None:
    """For each name but CLIRMatrix's, whose ids are patterns; registry items load no file."""
    registry = ir_datasets.registry
    known = set(registry)
    for entry in VIEWS:
        if entry.collection == "clirmatrix":
            continue
        for view in entry.views():
            collection = entry.open(view)
            assert isinstance(collection, IrdsView)
            assert collection.documents_id in known
            documents = registry[collection.documents_id]
            assert documents.has("docs")
            sources = [*collection.sources.values(), *collection.versions.values()]
            for dataset_id, field in sources:
                assert dataset_id in known
                queries = registry[dataset_id]
                assert queries.has("queries")
                assert queries.has("qrels") or dataset_id.startswith("msmarco-passage")
                assert field in queries.queries_cls()._fields
            declared = documents.docs_lang()
            if declared is not None and view.document_language != "nl":
                assert collection.document_language == declared


def test_every_clirmatrix_id_matches_ir_datasets_patterns_and_direction() -> None:
    patterns = [pattern for pattern, _ in ir_datasets.registry._patterns]
    checked = 0
    for entry in clirmatrix.ENTRIES:
        for view in entry.views():
            if view.query_language == MULTIPLE or (checked := checked + 1) % 50:
                continue
            collection = entry.open(view)
            [(dataset_id, field)] = collection.sources.values()
            _, first, _, second, _ = dataset_id.split("/")
            assert (second, first) == (view.query_language, view.document_language)
            assert any(pattern.match(dataset_id) for pattern in patterns)
            assert any(pattern.match(collection.documents_id) for pattern in patterns)
            assert field == "text"
    assert checked > 2 * 139 * 138 * 4


def test_clirmatrix_has_all_of_its_languages() -> None:
    [alternatives] = {
        pattern.pattern.split("(")[1].split(")")[0]
        for pattern, _ in ir_datasets.registry._patterns
        if "bi139-full" in pattern.pattern
    }
    assert tuple(alternatives.split("|")) == clirmatrix.BI139
    assert len(clirmatrix.BI139) == 139


def test_every_dataset_that_can_be_evaluated_has_a_name() -> None:
    """Whatever of these collections has documents, queries and judgments in ir_datasets."""
    named: set[str] = set()
    for entry in VIEWS:
        if entry.collection != "clirmatrix":
            for view in entry.views():
                named |= {source.dataset_id for source in entry.open(view).sources.values()}
    families = {"wikiclir", "mmarco", "neuclir", "hc4", "csl", "miracl", "mr-tydi"}
    unnamed = {
        dataset_id
        for dataset_id in ir_datasets.registry
        if dataset_id.split("/")[0] in families
        and all(ir_datasets.registry[dataset_id].has(part) for part in ("docs", "queries", "qrels"))
    } - named
    superseded = {
        f"mmarco/{part}"
        for part in ("pt/train", "pt/dev", "pt/dev/small", "zh/dev", "zh/dev/small")
    }
    whole = {f"mr-tydi/{code}" for code in ("ar", "bn", "en", "fi", "id", "ja", "ko", "ru")}
    whole |= {f"mr-tydi/{code}" for code in ("sw", "te", "th")}
    assert unnamed == superseded | whole


def test_all_languages_at_once() -> None:
    collection = open_collection("optical:mmarco/mul-en/dev/small")
    assert collection.languages() == collection.foreign_languages() == mmarco.V2
    assert collection.n_documents == 8841823
    low = open_collection("optical:clirmatrix/mul-en/test1", low_resource=["sco"])
    assert len(low.languages()) == 137
    assert "simple" not in low.languages()
    assert (low.group("sco"), low.group("sw")) == ("low", "other")
    eight = open_collection("optical:clirmatrix/mul-en/multi8/test1")
    assert eight.languages() == ("ar", "de", "es", "fr", "ja", "ru", "zh")


def test_sizes_are_those_of_ir_datasets() -> None:
    sizes = {
        str(view): entry.sizes(view)
        for entry in VIEWS
        if entry.collection != "clirmatrix"
        for view in entry.views()
    }
    assert all(None not in size for size in sizes.values())
    assert sizes["mmarco/nl-en/dev/small"] == (8841823, 6980)
    assert sizes["neuclir/en-mul/trec-2023/title"] == (10038768, 76)
    assert sizes["miracl/yo-yo/dev"] == (49043, 119)
    assert open_collection("optical:clirmatrix/sw-en/test1").n_documents is None


def test_views_are_values() -> None:
    one = open_collection("optical:mmarco/de-en/dev")
    assert one == open_collection("optical:mmarco/de-en/dev")
    assert hash(one) == hash(open_collection("optical:mmarco/de-en/dev"))
    assert one != open_collection("optical:mmarco/de-en/dev/small")
    # An index of the documents serves all queries.
    other = open_collection("optical:mmarco/mul-en/train")
    assert one.documents_fingerprint() == other.documents_fingerprint() == "irds:msmarco-passage"
    assert one.fingerprint() != open_collection("optical:mmarco/nl-en/dev").fingerprint()
    assert one.fingerprint(["de"]) == "irds:msmarco-passage mmarco/v2/de/dev:text"


def test_a_contradicted_language_is_refused() -> None:
    assert open_collection("optical:miracl/sw-sw/dev", document_language="sw").group("sw") == "low"
    with pytest.raises(InputError, match="document_language 'de', but the documents are in 'sw'"):
        open_collection("optical:miracl/sw-sw/dev", document_language="de")
    with pytest.raises(InputError, match="'de' is for irds: only; the name says the language"):
        open_collection("optical:miracl/sw-sw/dev", topic_language="de")


def test_miracl_has_the_languages_of_its_paper() -> None:
    languages = {code for entry in miracl.ENTRIES for code in entry.query_languages}
    assert len(languages) == 18
    assert {"yo", "de", "sw"} <= languages


def test_no_name_is_declared_twice() -> None:
    for entry in ENTRIES:
        assert entry.splits
        assert len(set(entry.pairs)) == len(entry.pairs)
    names = [str(view) for entry in ENTRIES if entry.enumerated for view in entry.views()]
    assert len(set(names)) == len(names)
