"""BM25 in PISA and Terrier: the same results from both, for text in any script."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import pandas as pd
import pyterrier as pt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optical_pt.bm25 import BM25Index, bm25_index, documents_sha256, open_bm25_index
from optical_pt.bm25.terrier import start_terrier
from optical_pt.errors import InputError
from optical_pt.fusion import rrf

DOCUMENTS = [
    {"docno": "d1", "title": "Cats", "text": "A cat sleeps on the mat."},
    {"docno": "d2", "title": "Dogs", "text": "Dogs chase cats, and cats chase mice."},
    {"docno": "d3", "title": "", "text": ""},
    {"docno": "d4", "title": "Hindi", "text": "हिन्दी एक भाषा है"},
    {"docno": "d5", "title": "China", "text": "中国人民 live there"},
    {"docno": "d6", "title": "Thai", "text": "ภาษาไทย"},
    {"docno": "d7", "title": "Arabic", "text": "اللغة العربية"},
    {"docno": "d8", "title": "Yoruba", "text": "Èdè Yorùbá ni Ọlọ́run"},
    {"docno": "a9", "title": "Dogs", "text": "Dogs chase cats, and cats chase mice."},
    {"docno": "dé-10", "title": "Not", "text": "combine syn or and not uw 1 base64 prefix"},
]
NO_TITLE = {"fields": ("text",)}


@pytest.fixture(scope="session")
def jvm() -> None:
    """Start Java, or skip: Terrier comes from Maven Central the first time."""
    try:
        start_terrier()
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=["pisa", "terrier"])
def engine(request: pytest.FixtureRequest) -> str:
    if request.param == "terrier":
        request.getfixturevalue("jvm")
    return request.param


@pytest.fixture(scope="session")
def index(engine: str, tmp_path_factory: pytest.TempPathFactory) -> BM25Index:
    path = tmp_path_factory.mktemp(engine) / "index"
    return bm25_index(DOCUMENTS, path, engine=engine)


def queries(*texts: str) -> pd.DataFrame:
    return pd.DataFrame({"qid": [f"q{i}" for i in range(len(texts))], "query": texts})


def weighted(*toks: dict[str, float]) -> pd.DataFrame:
    frame = pd.DataFrame({"qid": [f"q{i}" for i in range(len(toks))]})
    return frame.assign(query_toks=pd.Series(toks, dtype=object))


def docnos(index: BM25Index, query: str) -> list[str]:
    return index.retriever()(queries(query))["docno"].tolist()


def test_scores_by_hand(index):
    """BM25 by its formula: idf x tf (k1 + 1) / (tf + k1 (1 - b + b length / mean length))."""
    # Terms: cat cat sleep mat | dog dog chase cat cat chase mice (twice) | ... of 10 documents.
    result = index.retriever(k1=1.2, b=0)(queries("chasing mice"))
    idf = math.log((10 - 2 + 0.5) / (2 + 0.5))
    expected = idf * 2 * 2.2 / (2 + 1.2) + idf * 1 * 2.2 / (1 + 1.2)
    assert result["score"].tolist() == pytest.approx([expected, expected], rel=1e-5)
    assert result["docno"].tolist() == ["a9", "d2"]  # equal scores: by docno
    assert result["rank"].tolist() == [0, 1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("भाषा", ["d4"]),
        ("中国", ["d5"]),
        ("民", ["d5"]),
        ("ภาษา", ["d6"]),
        ("العربية", ["d7"]),
        ("YORÙBÁ", ["d8"]),
        ("Olorun", ["d8"]),
        ("sleeping", ["d1"]),
        ("zebra", []),
    ],
)
def test_every_script_is_found(index, query, expected):
    assert docnos(index, query) == expected


@pytest.mark.parametrize("query", ["", "  ", "?!", "the of and"])
def test_a_query_without_terms_has_no_results_and_harms_no_other(index, query):
    result = index.retriever()(queries(query, "sleeping"))
    assert result["qid"].tolist() == ["q1"]
    assert result["docno"].tolist() == ["d1"]


@pytest.mark.parametrize(
    "shape", ["{} ", '"{}"', "+{}", "-{}", "{}^9", "({}", "{})", "[{}]", "{}~"]
)
def test_punctuation_means_nothing(index, shape):
    assert docnos(index, shape.format("mice")) == ["a9", "d2"]


@pytest.mark.parametrize(
    "query", ["#combine(syn)", "#base64(syn)", "syn applypipeline:off", "#uw8(syn", "a:syn {} /'"]
)
def test_query_language_words_are_words(index, query):
    assert "dé-10" in docnos(index, query)


def test_query_columns_are_kept_and_empty_frames_work(index):
    frame = queries("mice").assign(query_0="panya", extra=7)
    result = index.retriever()(frame)
    assert list(result.columns) == ["qid", "query", "query_0", "extra", "docno", "score", "rank"]
    empty = index.retriever()(frame.iloc[:0])
    assert list(empty.columns) == list(result.columns)
    assert len(empty) == 0


def test_weighted_queries_add_up(index):
    retriever = index.retriever()

    def scores(*toks: dict[str, float]) -> list[dict[str, float]]:
        result = retriever(weighted(*toks))
        return [dict(zip(g["docno"], g["score"], strict=True)) for _, g in result.groupby("qid")]

    mat, mice, both = scores({"mat": 1}, {"mice": 1}, {"mat": 0.25, "mice": 0.05, "the": 9})
    assert both["d1"] == pytest.approx(0.25 * mat["d1"], rel=1e-4)
    assert both["d2"] == pytest.approx(0.05 * mice["d2"], rel=1e-4)
    (stemmed,) = scores({"sleeping": 0.5, "sleeps": 0.5})
    (plain,) = scores({"sleep": 1.0})
    assert stemmed == pytest.approx(plain, rel=1e-5)


def test_query_toks_win_over_query_and_may_be_empty(index):
    frame = weighted({"mat": 0.5}, {}).assign(query="mice")
    result = index.retriever()(frame)
    assert result["docno"].tolist() == ["d1"]
    assert result["qid"].tolist() == ["q0"]


def test_ties_rank_by_docno_at_every_cutoff(engine, tmp_path):
    documents = [{"docno": f"d{i * 37 % 100:02}", "text": "same words"} for i in range(100)]
    documents += [{"docno": f"x{i}", "text": "something else"} for i in range(150)]
    index = bm25_index(documents, tmp_path / "index", engine=engine, **NO_TITLE)
    for num_results in (1, 10, 99, 1000):
        result = index.retriever(num_results)(queries("words same"))
        assert result["docno"].tolist() == [f"d{i:02}" for i in range(min(num_results, 100))]


def test_rank_cutoff_is_fused_and_never_relaxed(index):
    retriever = index.retriever(num_results=3)
    assert (retriever % 1).compile() == index.retriever(num_results=1)
    assert retriever.fuse_rank_cutoff(10) == retriever
    frame = queries("cats chase dogs", "mice")
    pd.testing.assert_frame_equal((retriever % 1).compile()(frame), (retriever % 1)(frame))


def test_more_than_a_thousand_results(engine, tmp_path):
    documents = ({"docno": f"d{i}", "text": f"word {i % 2}"} for i in range(3000))
    index = bm25_index(documents, tmp_path / "index", engine=engine, **NO_TITLE)
    assert len(index.retriever(num_results=1200)(queries("1"))) == 1200


def test_equality_by_value(index):
    again = open_bm25_index(index.path)
    assert again == index
    assert hash(again.retriever()) == hash(index.retriever())
    assert again.retriever() == index.retriever()
    assert index.retriever(b=0.5) != index.retriever(b=0.6)


def test_experiment_with_a_tree_plan_and_fusion(index):
    qrels = pd.DataFrame({"qid": ["q0", "q1"], "docno": ["d1", "d2"], "label": [1, 1]})
    bm25 = index.retriever()
    other = index.retriever(k1=2.0)
    table = pt.Experiment(
        [bm25, bm25 % 1, rrf(bm25, other)], queries("sleep", "mice"), qrels, ["recall_5"],
        plan="tree",
    )  # fmt: skip
    assert table["recall_5"].tolist() == [1.0, 0.5, 1.0]


def test_engines_agree(jvm, tmp_path):
    texts = [f"w{i % 3} w{i % 5} " * (1 + i % 4) + f"w{i % 7} हिन्दी{i % 4}" for i in range(60)]
    documents = [{"docno": f"d{i}", "text": text} for i, text in enumerate(texts)]
    frame = queries("w1 w4 हिन्दी2", "w6", "w0 w0 w2 w2 w2 w1 हिन्दी3")
    toks = weighted({"w1": 0.001, "w4": 0.7, "हिन्दी2": 0.3}, {"w6": 12.5})
    found = []
    for engine in ("pisa", "terrier"):
        index = bm25_index(documents, tmp_path / engine, engine=engine, **NO_TITLE)
        for part in (index.retriever()(frame), index.retriever(k1=2, b=0.9)(toks)):
            found.append(part.set_index(["qid", "docno"])["score"].sort_index())
    # Terms of more than half of the documents (w0, w1) score almost nothing, a little differently.
    pd.testing.assert_series_equal(found[0], found[2], rtol=1e-4, atol=1e-4)
    # PISA rounds weights to thousandths of the greatest.
    pd.testing.assert_series_equal(found[1], found[3], rtol=2e-3, atol=2e-3)


@settings(max_examples=15)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_no_query_text_can_raise(index, texts):
    result = index.retriever(num_results=3)(queries(*texts))
    assert set(result["qid"]) <= {f"q{i}" for i in range(len(texts))}
    assert (result.groupby("qid").size() <= 3).all()


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ([], "no documents"),
        ([{"text": "x"}], "document 1 has no docno"),
        ([{"docno": "a b", "text": "x"}], "'a b'"),
        ([{"docno": "", "text": "x"}], "document 1"),
        ([{"docno": "a", "text": "x"}, {"docno": "a", "text": "y"}], "'a' occurs again"),
        ([{"docno": "a", "text": "x"}, {"docno": "b"}], "'b' has no text in field 'text'"),
        ([{"docno": "a", "text": None}], "'a' has no text"),
        ([{"docno": "a", "text": "..."}], "no words"),
    ],
)
def test_bad_documents_leave_nothing_behind(tmp_path, documents, message):
    with pytest.raises(InputError, match=message):
        bm25_index(documents, tmp_path / "index", **NO_TITLE)
    assert list(tmp_path.iterdir()) == []


def test_overwrite_replaces_only_a_bm25_index(tmp_path):
    path = tmp_path / "index"
    bm25_index(DOCUMENTS, path)
    with pytest.raises(InputError, match="overwrite=True"):
        bm25_index(DOCUMENTS, path)
    assert len(bm25_index(DOCUMENTS[:2], path, overwrite=True)) == 2
    (tmp_path / "mine").mkdir()
    with pytest.raises(InputError, match="mine exists already"):
        bm25_index(DOCUMENTS, tmp_path / "mine", overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["index", "mine"]


def test_open_refuses_what_is_not_the_index_asked_for(tmp_path):
    path = tmp_path / "index"
    index = bm25_index(DOCUMENTS, path, language="hi")
    assert index.metadata.documents_sha256 == documents_sha256(DOCUMENTS, ("title", "text"))
    assert open_bm25_index(path, engine="pisa", language="hi").metadata == index.metadata
    assert open_bm25_index(path, language="hin_Deva").metadata.language == "hi"
    for no_code in ("Hindi", "", "h1"):
        with pytest.raises(InputError, match=f"language '{no_code}': give an ISO 639 code"):
            bm25_index(DOCUMENTS, tmp_path / "other", language=no_code)
    for wrong in (
        {"engine": "terrier"},
        {"language": "en"},
        {"fields": ("text",)},
        {"documents_sha256": documents_sha256(DOCUMENTS[1:], ("title", "text"))},
    ):
        with pytest.raises(InputError, match=next(iter(wrong))):
            open_bm25_index(path, **wrong)
    with pytest.raises(InputError, match="not a BM25 index"):
        open_bm25_index(tmp_path / "nothing")
    metadata = json.loads((path / "bm25.json").read_text())
    (path / "bm25.json").write_text(json.dumps({**metadata, "format": 0}))
    with pytest.raises(InputError, match="format 0"):
        open_bm25_index(path)
    (path / "bm25.json").write_text("{")
    with pytest.raises(InputError, match="not BM25 metadata"):
        open_bm25_index(path)
    (path / "bm25.json").write_text(json.dumps(metadata))
    (path / "pisa" / "inv.freqs").write_bytes(b"")
    with pytest.raises(InputError, match=r"inv\.freqs is missing or not whole"):
        open_bm25_index(path)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (queries("cat").assign(query=None), "'q0'"),
        (pd.concat([queries("cat"), queries("dog")]), "'q0' occurs twice"),
        (queries("cat").assign(query_toks="cat"), "'q0'"),
        (weighted({"cat": -1.0}), "'cat' has weight"),
        (weighted({"cat": "much"}), "'q0'"),
    ],
)
def test_bad_queries(index, frame, message):
    with pytest.raises(InputError, match=message):
        index.retriever()(frame)


def test_terrier_without_java_says_what_to_do(tmp_path):
    """In a process of its own: a JVM starts once."""
    code = (
        "from optical_pt.bm25 import bm25_index\n"
        "bm25_index([{'docno': 'a', 'text': 'x'}], 'unused', engine='terrier', fields=('text',))"
    )
    environment = {**os.environ, "JAVA_HOME": os.devnull, "JVM_PATH": "", "PATH": ""}
    process = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    last = process.stderr.strip().splitlines()[-1]
    assert last.startswith("optical_pt.errors.InputError: Terrier cannot start")
    assert "engine='pisa'" in last


def test_bad_options(tmp_path, index):
    with pytest.raises(InputError, match="lucene"):
        bm25_index(DOCUMENTS, tmp_path / "index", engine="lucene")
    with pytest.raises(InputError, match="fields"):
        bm25_index(DOCUMENTS, tmp_path / "index", fields="text")
    for options in ({"num_results": 0}, {"k1": -1}, {"b": 1.5}):
        with pytest.raises(InputError, match=next(iter(options))):
            index.retriever(**options)


def test_pyterrier_transformer_contract(index):
    contract = pt.testing.transformer_test_class(index.retriever)
    case = contract()
    contract.setUpClass()
    case.test_inspect_io()
    case.test_schematic()
    assert contract.io_configs == [
        (["qid", "query"], ["qid", "query", "docno", "score", "rank"]),
        (["qid", "query_toks"], ["qid", "query_toks", "docno", "score", "rank"]),
    ]
