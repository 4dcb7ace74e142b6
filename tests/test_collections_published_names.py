"""Published collections under their names: in open_collection, in PyTerrier, and offline."""

from __future__ import annotations

from pathlib import Path

import pyterrier as pt
import pytest
from published_files import open_view, squad, write, write_json

from optical_pt.collections import open_collection
from optical_pt.collections.published import xquad_r
from optical_pt.collections.published.lareqa import document_languages
from optical_pt.errors import InputError
from optical_pt.measures import DocLanguages


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that OPTICAL_PT_DATA names, with Tatoeba in Swahili, and a cache of its own."""
    monkeypatch.setenv("OPTICAL_PT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OPTICAL_PT_HOME", str(tmp_path / "home"))
    for side, sentence in (("swh", "Simba {} analala.\n"), ("eng", "Lion {} sleeps.\n")):
        lines = "".join(sentence.format(number) for number in range(390))  # as published
        write(tmp_path / f"data/tatoeba/tatoeba.swh-eng.{side}", lines)
    return tmp_path / "data"


def test_an_experiment_by_name(data: Path) -> None:
    dataset = pt.get_dataset("optical:tatoeba/sw-en")
    topics, qrels = dataset.get_topicsqrels()
    assert (dataset.get_corpus_lang(), dataset.get_topics_lang()) == ("en", "sw")
    oracle = pt.Transformer.from_df(pt.model.add_ranks(qrels.merge(topics).assign(score=1.0)))
    assert pt.Experiment([oracle], topics, qrels, ["P_1"])["P_1"].item() == 1.0
    texts = dataset.text_loader("text")(oracle(topics))
    assert set(texts["text"]) == {f"Lion {number} sleeps." for number in range(390)}


def test_opening_reads_nothing(data: Path, tmp_path: Path) -> None:
    for name in ("xquad-r/de-en", "lareqa-xquad/mul-mul", "ciral/en-sw/dev", "flores/sw-en/dev"):
        collection = open_collection(f"optical:{name}")
        assert collection.name == f"optical:{name}"
        assert collection.languages()
    assert not (tmp_path / "home").exists()
    with pytest.raises(InputError, match="no such collection"):
        open_collection("optical:xquad-r/sw-en")


def test_a_corrupted_file_is_refused_by_name(data: Path) -> None:
    write_json(data / "xquad-r/en.json", squad("en", breaks=True))
    with pytest.raises(InputError, match=r"xquad-r/en\.json: \d+ bytes, but the published file"):
        open_collection("optical:xquad-r/en-en").topics("en")


def test_the_pools_languages_serve_the_measures(tmp_path: Path) -> None:
    for language in xquad_r.FILES:
        write_json(tmp_path / f"xquad-r/{language}.json", squad("en", breaks=True))
    pool = open_view("lareqa-xquad/de-mul", tmp_path)
    languages = DocLanguages(document_languages(pool.documents()), pool.name)
    assert sorted(languages.of_each(pool.qrels("de"))) == sorted([*xquad_r.FILES] * 2)


def test_documents_without_a_language_are_told() -> None:
    with pytest.raises(InputError, match="does not say which language each document is in"):
        document_languages(open_collection("optical:mini").documents())
