"""The listing: python -m optical_pt.datasets."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest
from collection_folders import one_line

from optical_pt.collections import ENTRIES
from optical_pt.datasets import list_collections, show_collection
from optical_pt.datasets.__main__ import main
from optical_pt.errors import InputError


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the listing opens a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_one_item_an_entry_and_the_embedded_collection() -> None:
    listed = list_collections()
    assert len(listed) == len(ENTRIES) + 1
    assert listed[0].name == "optical:mini"
    assert (listed[0].documents, listed[0].queries) == ((252, 252), (60, 60))
    by_name = {item.name: item for item in listed}
    wikiclir = by_name["optical:wikiclir/en-{X}/{title,first_sent}"]
    assert wikiclir.documents == (37079, 3785412)
    assert len(wikiclir.document_languages) == 25
    clirmatrix = by_name["optical:clirmatrix/{X}-en/{train,dev,test1,test2}"]
    assert (clirmatrix.documents, clirmatrix.queries) == (None, None)
    assert len(clirmatrix.query_languages) == 138
    pool = by_name["optical:neuclir/en-mul/trec-2023/{title,description}"]
    assert pool.document_languages == ("fa", "ru", "zh")
    hc4 = by_name["optical:hc4/en-{fa,ru,zh}/{train,dev,test}/{title,description}"]
    assert hc4.access == "manual"
    assert "download_documents.py" in hc4.instructions
    assert all(item.access == "free" for item in listed if not item.instructions)


def test_a_language_on_either_side() -> None:
    names = [item.name for item in list_collections("sw")]
    assert "optical:clirmatrix/{sw,mul}-en/{train,dev,test1,test2}" in names
    assert "optical:clirmatrix/sw-{X}/{train,dev,test1,test2}" in names
    assert "optical:clirmatrix/{X}-sw/{train,dev,test1,test2}" in names
    assert "optical:wikiclir/en-sw/{title,first_sent}" in names
    assert "optical:miracl/sw-sw/{train,dev}" in names
    assert not [name for name in names if "mmarco" in name]
    with pytest.raises(InputError, match="language 'xx': no collection has it") as raised:
        list_collections("xx")
    one_line(raised)


def test_each_name_has_its_own_sizes() -> None:
    every = list_collections(names=True)
    assert len(every) > 1000
    by_name = {item.name: item for item in every}
    small = by_name["optical:mmarco/nl-en/dev/small"]
    assert (small.documents, small.queries) == ((8841823, 8841823), (6980, 6980))
    assert (small.query_languages, small.document_languages) == (("nl",), ("en",))
    assert by_name["optical:mmarco/mul-en/dev/small"].queries == (13 * 6980, 13 * 6980)
    assert "optical:clirmatrix/sw-yo/test1" not in by_name
    swahili = {item.name for item in list_collections("sw", names=True)}
    assert {"optical:clirmatrix/sw-yo/test1", "optical:clirmatrix/yo-sw/test1"} <= swahili


def test_show() -> None:
    [item] = show_collection("optical:neuclir/en-mul/trec-2023/title")
    assert item.documents == (10038768, 10038768)
    assert item.document_languages == ("fa", "ru", "zh")
    assert [item.name for item in show_collection("csl")] == [
        "optical:csl/en-zh/trec-2023/{title,description}",
        "optical:csl/zh-zh/trec-2023/{ht_title,ht_description,mt_title,mt_description}",
    ]
    assert [item.name for item in show_collection("mini")] == ["optical:mini"]
    with pytest.raises(InputError, match="did you mean optical:mmarco/de-en/dev"):
        show_collection("mmarco/de-en/dv")


def test_text(capsys: pytest.CaptureFixture[str]) -> None:
    shown = output(capsys, "show", "optical:hc4/en-ru/test/title")
    assert shown.splitlines() == [
        "optical:hc4/en-ru/test/title",
        "  English topics on news in X",
        "  queries:   en; 50",
        "  documents: ru; 4,721,064",
        "  access:    manual; documents: Common Crawl's terms of use; topics, judgments: none "
        "stated; from ir_datasets",
        "  by hand:   collect the documents with download_documents.py and fix_document_order.py "
        "of https://github.com/hltcoe/HC4, and link the result at "
        "~/.ir_datasets/hc4/{fas,rus,zho}/hc4_docs.jsonl (or under $IR_DATASETS_HOME)",
        "  read:      https://ir-datasets.com/hc4.html",
    ]
    listed = output(capsys, "list")
    assert listed.count("optical:") >= len(ENTRIES) + 1
    assert "138 languages (af als am" in listed
    assert "number unknown before the download" in listed
    assert "sw" in output(capsys, "list", "--language", "sw", "--names")


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(output(capsys, "list", "--language", "yo", "--json"))
    [miracl] = [item for item in listed if item["name"] == "optical:miracl/yo-yo/dev"]
    assert miracl["documents"] == [49043, 49043]
    assert miracl["queries"] == [119, 119]
    assert miracl["query_languages"] == miracl["document_languages"] == ["yo"]
    assert miracl["licence"] == "Apache-2.0"


def test_bad_input_ends_with_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "nothing"]) == 2
    assert capsys.readouterr().err.startswith("error: optical:nothing: no such collection")
    assert main(["list", "--language", "xx"]) == 2
    with pytest.raises(SystemExit):
        main([])


def test_a_reader_that_stops_early_is_no_error() -> None:
    listing = subprocess.Popen(
        [sys.executable, "-m", "optical_pt.datasets", "list", "--names"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert listing.stdout is not None
    assert listing.stderr is not None
    assert listing.stdout.readline().startswith(b"optical:mini")
    listing.stdout.close()
    assert listing.stderr.read() == b""
    listing.stderr.close()
    assert listing.wait() == 0
