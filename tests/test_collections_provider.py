"""optical: datasets in PyTerrier."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyterrier as pt
import pytest
from collection_folders import write_folder

from optical_pt.collections import CollectionDataset, LocalCollection, OpticalProvider
from optical_pt.errors import InputError


class TestMini:
    @pytest.fixture
    def mini(self) -> pt.datasets.Dataset:
        return pt.get_dataset("optical:mini")

    def test_corpus(self, mini: pt.datasets.Dataset) -> None:
        documents = mini.get_corpus_iter(verbose=False)
        n_documents = len(documents)
        rows = list(documents)
        assert n_documents == len(rows) >= 240
        assert all(row["docno"] and row["text"] for row in rows)
        assert mini.get_corpus_lang() == "en"
        assert len(list(mini.get_corpus_iter())) == n_documents

    def test_topics_and_qrels(self, mini: pt.datasets.Dataset) -> None:
        languages = {"en", "sw", "ha", "zu", "hi", "de", "es", "tr"}
        assert set(mini.collection.languages()) == languages
        english = mini.get_topics("en")
        assert len(english) == 60
        for language in languages - {"en"}:
            topics = mini.get_topics(language)
            assert list(topics.columns) == ["qid", "query"]
            assert list(topics["qid"]) == list(english["qid"])
            assert mini.get_topics(f"{language}.en").equals(english)
            judged = mini.collection.judged_topics(language)
            assert len(judged.topics) == 60
        qrels = mini.get_qrels()
        assert set(qrels["label"]) == {0, 1, 2}
        assert set(qrels["qid"]) == set(english["qid"])
        assert mini.get_qrels("sw").equals(qrels)
        assert mini.get_topics_lang() is None

    def test_judgments_of_other_queries_with_the_same_qid(self, tmp_path: Path) -> None:
        other = {
            "queries/own-dev.ha.tsv": "s1\tina ruwa\n",
            "qrels/own-dev.ha.qrels": "s1 0 d1 1\n",
        }
        write_folder(tmp_path, other)
        dataset = CollectionDataset(LocalCollection(tmp_path))
        with pytest.raises(InputError, match=r"qid 's1' is another query .* name a variant of"):
            dataset.get_qrels()
        judged = dataset.get_qrels("ha").query("qid == 's1'")
        assert judged.to_numpy().tolist() == [["s1", "d1", 1]]

    def test_every_judged_document_is_there(self, mini: pt.datasets.Dataset) -> None:
        docnos = {doc["docno"] for doc in mini.collection.documents()}
        assert set(mini.get_qrels()["docno"]) <= docnos

    def test_a_variant_is_asked_for(self, mini: pt.datasets.Dataset) -> None:
        with pytest.raises(InputError, match="name a variant of de, en, es"):
            mini.get_topics()
        with pytest.raises(InputError, match="'fr'"):
            mini.get_topics("fr")
        with pytest.raises(InputError, match="no fr versions of the sw queries"):
            mini.get_topics("sw.fr")

    def test_experiment(self, mini: pt.datasets.Dataset) -> None:
        topics, qrels = mini.get_topicsqrels("sw")
        best = qrels[qrels["label"] == 2].assign(score=1.0).merge(topics)
        oracle = pt.Transformer.from_df(pt.model.add_ranks(best))
        assert pt.Experiment([oracle], topics, qrels, ["P_1"])["P_1"].item() > 0.9


def test_provider_lists_and_refuses() -> None:
    provider = OpticalProvider()
    names = list(provider.list_dataset_names())
    assert names[0] == "mini"
    assert {"clirmatrix/sw-en/test1", "mmarco/de-en/dev", "wikiclir/en-sw/title"} <= set(names)
    assert "clirmatrix/sw-yo/test1" not in names
    assert len(names) < 10_000
    with pytest.raises(KeyError, match="optical:mmarco/de-en/test: no such") as raised:
        provider.get_dataset("mmarco/de-en/test")
    assert "did you mean optical:mmarco/de-en/" in str(raised.value)
    with pytest.raises(KeyError, match="optical:maxi") as raised:
        pt.get_dataset("optical:maxi")
    assert "optical:maxi: no such collection" in str(raised.value.__cause__)


def test_provider_opens_the_catalogue_without_a_download() -> None:
    dataset = pt.get_dataset("optical:clirmatrix/sw-en/test1")
    assert dataset.get_corpus_lang() == "en"
    assert dataset.get_topics_lang() == "sw"
    assert dataset._describe_component("topics") == ["sw"]
    assert dataset.info_url() == "https://ir-datasets.com/clirmatrix.html"
    assert repr(dataset) == "CollectionDataset('optical:clirmatrix/sw-en/test1')"
    # Too many to list, yet there.
    assert OpticalProvider().get_dataset("clirmatrix/sw-yo/full/dev").get_corpus_lang() == "yo"


def test_dataset_is_described_as_pyterrier_lists_it() -> None:
    mini = pt.get_dataset("optical:mini")
    assert "sw" in mini._describe_component("topics")
    assert mini._describe_component("qrels") is mini._describe_component("corpus") is True
    assert mini._describe_component("index") is None
    assert mini.info_url() is None


def test_one_language_needs_no_variant(tmp_path: Path) -> None:
    names = ("cats.sw.tsv", "cats.ha.tsv", "cats.en.tsv")
    folder = write_folder(tmp_path, {f"queries/{name}": None for name in names})
    dataset = CollectionDataset(LocalCollection(folder))
    assert dataset.get_topics_lang() == "sw"
    assert list(dataset.get_topics()["qid"]) == ["s1"]


class TestTextLoader:
    @pytest.fixture
    def dataset(self, tmp_path: Path) -> CollectionDataset:
        return CollectionDataset(LocalCollection(write_folder(tmp_path)))

    def test_adds_fields_by_docno(self, dataset: CollectionDataset) -> None:
        results = pd.DataFrame(
            {"qid": ["1", "1", "2"], "docno": ["d2", "d1", "d2"]}, index=[5, 6, 7]
        )
        loaded = dataset.text_loader()(results)
        assert list(loaded["title"]) == ["Tigers", "Lions", "Tigers"]
        assert list(loaded["text"])[1] == "Lions live in prides."
        assert "title" not in dataset.text_loader("text")(results).columns
        assert list(dataset.text_loader(verbose=True)(results)["title"]) == list(loaded["title"])

    def test_refuses_what_is_not_there(self, dataset: CollectionDataset) -> None:
        with pytest.raises(InputError, match="no document with docno 'd7'"):
            dataset.text_loader()(pd.DataFrame({"docno": ["d1", "d7"]}))
        with pytest.raises(InputError, match="no field 'body'; choose from title, text"):
            dataset.text_loader("body")

    def test_is_a_value(self, dataset: CollectionDataset) -> None:
        again = CollectionDataset(LocalCollection(dataset.collection.folder))
        assert dataset.text_loader() == again.text_loader()
        assert hash(dataset.text_loader()) == hash(again.text_loader())
        assert dataset.text_loader("text") != dataset.text_loader("title")


@pt.testing.transformer_test_class
def TestTextLoaderContract() -> pt.Transformer:
    return pt.get_dataset("optical:mini").text_loader()
