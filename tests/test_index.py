"""The token index on disk."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from collection_folders import one_line
from hypothesis import given
from hypothesis import strategies as st

from optical_pt import InputError, TokenIndex

MODEL = "0123456789abcdef"


def documents(lengths: list[int], dim: int = 4, seed: int = 0) -> list[dict]:
    rng = np.random.default_rng(seed)
    return [
        {
            "docno": f"d{number:02}",
            "doc_embs": rng.normal(size=(length, dim)).astype(np.float16),
            "embs_model": MODEL,
        }
        for number, length in enumerate(lengths)
    ]


@pytest.fixture
def index(tmp_path) -> TokenIndex:
    return TokenIndex(tmp_path / "index").index(documents([3, 0, 2]))


@given(lengths=st.lists(st.integers(0, 5), min_size=1, max_size=6), dim=st.integers(1, 5))
def test_what_goes_in_comes_out(tmp_path_factory, lengths, dim):
    given_documents = documents(lengths, dim)
    path = tmp_path_factory.mktemp("round") / "index"
    TokenIndex(path).index(iter(given_documents))
    opened = TokenIndex(path)
    assert len(opened) == len(lengths)
    assert opened.fingerprint == MODEL
    assert list(opened.docnos) == [document["docno"] for document in given_documents]
    assert list(opened.lengths) == lengths
    assert opened.tokens.shape == (sum(lengths), dim)
    for docno, start, length in zip(opened.docnos, opened.starts, lengths, strict=True):
        expected = given_documents[opened.position[docno]]["doc_embs"]
        np.testing.assert_array_equal(opened.tokens[start : start + length], expected)


def test_stores_half_precision_whatever_comes(tmp_path):
    document = {"docno": "d", "doc_embs": [[0.1, 0.2]], "embs_model": MODEL}
    index = TokenIndex(tmp_path / "index").index([document])
    assert index.tokens.dtype == np.dtype("<f2")
    np.testing.assert_array_equal(index.tokens, np.array([[0.1, 0.2]], dtype=np.float16))
    assert (tmp_path / "index" / "tokens.f16").stat().st_size == 4


def test_docnos_keep_their_characters(tmp_path):
    names = ["a b", "Ɓarawo", "x\ty", "#1", "ｎ"]
    given_documents = [
        document | {"docno": docno}
        for document, docno in zip(documents([1] * 5), names, strict=True)
    ]
    index = TokenIndex(tmp_path / "index").index(given_documents)
    assert list(TokenIndex(index.path).docnos) == names


def test_artifact_load_finds_the_index(index):
    loaded = pt.Artifact.load(str(index.path))
    assert isinstance(loaded, TokenIndex)
    assert loaded == index
    assert hash(loaded) == hash(index)
    assert loaded != TokenIndex(index.path.parent / "other")
    assert repr(loaded) == f"TokenIndex({str(index.path)!r})"
    assert pt.inspect.artifact_type_format(index) == ("token_index", "optical")


def test_an_error_while_documents_stream_leaves_nothing(tmp_path):
    def stream():
        yield from documents([2, 2])
        raise InputError("docs.tsv line 3: broken")

    with pytest.raises(InputError, match="line 3"):
        TokenIndex(tmp_path / "index").index(stream())
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_dies_leaves_no_index(tmp_path):
    code = (
        "import os, sys, numpy as np\n"
        "from optical_pt import TokenIndex\n"
        "def stream():\n"
        "    for docno in ('a', 'b'):\n"
        "        yield {'docno': docno, 'doc_embs': np.ones((1, 4)), 'embs_model': 'm'}\n"
        "    os._exit(9)\n"
        "TokenIndex(sys.argv[1]).index(stream())"
    )
    path = tmp_path / "index"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True)
    assert done.returncode == 9
    assert not path.exists()
    with pytest.raises(InputError, match="no token index there"):
        len(TokenIndex(path))
    assert len(TokenIndex(path).index(documents([1, 2]))) == 2


def test_an_index_that_is_there_is_kept(index):
    with pytest.raises(InputError, match="exists already"):
        index.index(documents([1]))
    assert list(TokenIndex(index.path).lengths) == [3, 0, 2]


def test_an_index_built_again_is_read_again(index):
    assert list(index.docnos) == ["d00", "d01", "d02"]
    assert index.starts[2] == 3
    assert index.position["d02"] == 2
    assert index.tokens.shape == (5, 4)
    for file in index.path.iterdir():
        file.unlink()
    index.index(documents([7, 1], dim=2))
    assert list(index.docnos) == ["d00", "d01"]
    assert list(index.starts) == [0, 7]
    assert len(index.position) == len(index) == 2
    assert index.tokens.shape == (8, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"docno": "d00"}, "d00: given twice"),
        ({"docno": ""}, "docno '' after 1 documents"),
        ({"docno": None}, "docno None"),
        ({"docno": 3}, "docno 3"),
        ({"docno": "a\nb"}, "one-line"),
        ({"docno": "a\rb"}, "one-line"),
        ({"doc_embs": np.zeros(4)}, r"shape \(4,\)"),
        ({"doc_embs": np.zeros((1, 3))}, r"d01: embeddings of shape \(1, 3\), not \(n, 4\)"),
        ({"doc_embs": np.full((1, 4), np.nan)}, "d01: an embedding is not finite"),
        ({"embs_model": "another"}, "d01: encoded by another model"),
    ],
)
def test_a_bad_document_is_named_and_leaves_nothing(tmp_path, change, message):
    first, second = documents([1, 1])
    with pytest.raises(InputError, match=message) as raised:
        TokenIndex(tmp_path / "index").index([first, second | change])
    one_line(raised)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("column", ["doc_embs", "embs_model"])
def test_documents_without_embeddings_are_told_how_to_get_some(tmp_path, column):
    (document,) = documents([1])
    del document[column]
    with pytest.raises(InputError, match=f"d00: no '{column}'; put model.doc_encoder"):
        TokenIndex(tmp_path / "index").index([document])


def test_no_documents(tmp_path):
    with pytest.raises(InputError, match="no document"):
        TokenIndex(tmp_path / "index").index([])
    assert list(tmp_path.iterdir()) == []


def test_no_index(tmp_path):
    with pytest.raises(InputError, match="no token index there"):
        len(TokenIndex(tmp_path))


@pytest.mark.parametrize("file", ["tokens.f16", "lengths.npy", "docnos.txt", "pt_meta.json"])
@pytest.mark.parametrize("damage", ["cut", "gone", "noise"])
def test_damage_is_found_and_named(index, file, damage):
    path = index.path / file
    contents = path.read_bytes()
    if damage == "cut":
        path.write_bytes(contents[: len(contents) - 4])
    elif damage == "noise":
        path.write_bytes(b"\n{]" * 100)
    else:
        path.unlink()
    opened = TokenIndex(index.path)
    queries = pd.DataFrame({"qid": ["1"], "query": ["x"], "embs_model": [MODEL]})
    queries["query_embs"] = pd.Series([np.ones((1, 4), dtype=np.float32)])
    with pytest.raises(InputError) as raised:
        opened.retriever()(queries)
    assert str(index.path if (file, damage) == ("pt_meta.json", "gone") else path) in one_line(
        raised
    )


@pytest.mark.parametrize("change", [{"n_docs": None}, {"dim": "x"}, {"version": 99}, {"format": 1}])
def test_metadata_of_another_kind(index, change):
    path = index.path / "pt_meta.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(InputError, match=r"pt_meta.json: .* the index anew|build it anew"):
        len(TokenIndex(index.path))


def test_lengths_that_do_not_add_up(index):
    np.save(index.path / "lengths.npy", np.array([3, 1, 2], dtype=np.int32))
    with pytest.raises(InputError, match=r"lengths\.npy"):
        _ = TokenIndex(index.path).lengths


def test_inputs_that_indexing_needs(index):
    assert pt.inspect.indexer_inputs(index) == [["docno", "doc_embs", "embs_model"]]
