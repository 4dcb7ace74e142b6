"""Names of the catalogue: taken apart, opened, and refused with near matches."""

from __future__ import annotations

import gzip
import sys
from subprocess import run

import pytest
from collection_folders import one_line
from hypothesis import given
from hypothesis import strategies as st
from published_files import write

from optical_pt.collections import ENTRIES, View, open_collection
from optical_pt.collections.catalogue import collection_names, find_entry
from optical_pt.errors import InputError


@given(st.sampled_from(ENTRIES), st.data())
def test_a_name_finds_its_entry_and_opens_as_declared(entry, data: st.DataObject) -> None:
    pair = data.draw(st.sampled_from(entry.pairs))
    view = View(entry.collection, *pair, data.draw(st.sampled_from(entry.splits)))
    assert find_entry(str(view)) == (entry, view)
    collection = entry.open(view)
    assert collection.name == f"optical:{view}"
    assert set(collection.languages()) <= set(entry.query_languages)
    assert collection.document_language in {*entry.document_languages, "en", "mul"}
    if view.query_language not in ("mul", "simple"):
        assert collection.languages() == (view.query_language,)
    if view.document_language != "simple":
        assert collection.document_language == view.document_language


@given(st.text("abdemnrsw/-1", max_size=24))
def test_any_other_name_is_refused_in_one_line(name: str) -> None:
    if find_entry(name) is not None or name == "mini":
        return
    with pytest.raises(InputError, match="no such collection") as raised:
        open_collection(f"optical:{name}")
    assert one_line(raised).startswith(f"optical:{name}: ")


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("mmarco/de-en/tset", "optical:mmarco/de-en/"),
        ("mmarco/de-en", "optical:mmarco/de-en/train, optical:mmarco/de-en/dev"),
        ("mmarco/de-en/dev/", "optical:mmarco/de-en/dev"),
        ("wikiclir/sw-en/title", "optical:wikiclir/en-sw/title?"),
        ("clirmatrix/sw-yo/test", "optical:clirmatrix/sw-yo/test"),
        ("clirmatrx/sw-en/test1", "optical:clirmatrix/sw-en/test1"),
        ("neuclir/en-fa/trec-2022", "optical:neuclir/en-fa/trec-2022/title"),
        ("minni", "optical:mini"),
        ("wikiclr", "optical:wikiclir/en-ar/title"),
    ],
)
def test_near_matches(wrong: str, meant: str) -> None:
    with pytest.raises(InputError) as raised:
        open_collection(f"optical:{wrong}")
    assert f"did you mean {meant}" in one_line(raised)


def test_what_every_entry_says() -> None:
    for entry in ENTRIES:
        assert entry.title
        assert entry.licence
        assert entry.source
        assert entry.url.startswith("https://")
        assert entry.access in ("free", "manual")
        assert bool(entry.instructions) == (entry.access == "manual")
        for text in (entry.title, entry.licence, entry.instructions):
            assert "\n" not in text
        for code in {code for pair in entry.pairs for code in pair}:
            assert code.isalpha()
        has_pool = any("mul" in pair for pair in entry.pairs)
        assert entry.pooled or not has_pool


def test_names_are_unique_and_open() -> None:
    names = list(collection_names())
    assert len(set(names)) == len(names)
    assert names[0] == "mini"


def test_importing_the_catalogue_loads_neither_ir_datasets_nor_torch() -> None:
    check = (
        "import sys; from optical_pt.collections import ENTRIES, open_collection; "
        "open_collection('optical:mmarco/de-en/dev').languages(); "
        "print(*{'ir_datasets', 'torch', 'sentence_transformers'} & set(sys.modules))"
    )
    done = run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


def test_published_files_are_taken_from_a_named_folder(tmp_path) -> None:
    for language, caption in (("de", "Ein Löwe.\n"), ("en", "A lion.\n")):
        write(
            tmp_path / f"multi30k/test_2016_flickr.{language}.gz", gzip.compress(caption.encode())
        )
    name = "optical:multi30k/de-en/test-2016"
    opened = open_collection(name, folder=tmp_path, verify=False)
    assert opened.topics("de")["query"].tolist() == ["Ein Löwe."]
    with pytest.raises(InputError, match="bytes, but the published file has"):
        open_collection(name, folder=tmp_path).topics("de")
    with pytest.raises(InputError, match="optical:mini: it is not read from published files"):
        open_collection("optical:mini", folder=tmp_path)
