"""Names of the views of ir_datasets: all of them exist, and are what they say."""

from __future__ import annotations

import pytest

from optical_pt.collections import ENTRIES, open_collection
from optical_pt.collections.entry import MULTIPLE
from optical_pt.collections.irds_views import ENTRIES as VIEWS
from optical_pt.collections.irds_views import IrdsView, clirmatrix, miracl, mmarco
from optical_pt.errors import InputError

ir_datasets = pytest.importorskip("ir_datasets")


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
