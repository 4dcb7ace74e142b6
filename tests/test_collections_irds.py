"""ir_datasets datasets as collections: small ones, registered here and read from local files."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import NamedTuple

import pytest
from collection_folders import one_line

from optical_pt.collections import IrdsCollection, open_collection
from optical_pt.errors import InputError
from optical_pt.table import ClirTable, TablePlan

ir_datasets = pytest.importorskip("ir_datasets")
from ir_datasets.datasets.base import Dataset  # noqa: E402
from ir_datasets.formats import TrecQrels, TsvDocs, TsvQueries  # noqa: E402
from ir_datasets.util import LocalDownload  # noqa: E402

# A registered name cannot be taken back, so each test registers its own.
SERIAL = itertools.count()


class Doc(NamedTuple):
    doc_id: str
    title: str
    text: str


class AbstractDoc(NamedTuple):
    doc_id: str
    headline: str
    abstract: str

    def default_text(self) -> str:
        return f"{self.headline} {self.abstract}"


class NeuclirQuery(NamedTuple):
    query_id: str
    title: str
    description: str
    ht_title: str
    mt_title: str
    translation_lang: str


DOCS = "d1\tSimba\tSimba huishi\nd2\tNyuki\tNyuki huruka\n"
QRELS = "q1 0 d1 1\nq2 0 d2 3\n"


def register(
    folder: Path,
    queries: str,
    *,
    docs: str = DOCS,
    qrels: str = QRELS,
    docs_lang: str | None = "en",
    queries_lang: str | None = "sw",
    query_cls: type | None = None,
    doc_cls: type = Doc,
    namespace: str = "",
) -> str:
    name = f"optical-test-{next(SERIAL)}"
    files = {
        f"{namespace or name}.docs": docs, f"{name}.queries": queries, f"{name}.qrels": qrels,
    }  # fmt: skip
    for file, contents in files.items():
        (folder / file).write_text(contents, encoding="utf-8")
    at = {file.rpartition(".")[2]: LocalDownload(folder / file) for file in files}
    options = {"query_cls": query_cls} if query_cls else {}
    dataset = Dataset(
        TsvDocs(at["docs"], doc_cls=doc_cls, namespace=namespace or name, lang=docs_lang),
        TsvQueries(at["queries"], lang=queries_lang, **options),
        TrecQrels(at["qrels"], {}),
    )
    ir_datasets.registry.register(name, dataset)
    return name


def test_a_dataset_with_one_query_field(tmp_path: Path) -> None:
    name = register(tmp_path, "q1\tsimba\nq2\tnyuki e\u0300\nq3\tchui\n")
    collection = open_collection(f"irds:{name}")
    assert collection.name == f"irds:{name}"
    assert collection.fingerprint() == collection.documents_fingerprint() == f"irds:{name}"
    assert collection.document_language == "en"
    assert collection.query_sets == (f"{name}:text",)
    assert collection.languages() == collection.foreign_languages() == ("sw",)
    assert collection.group("sw") == "low"
    assert list(collection.documents(collection.qrels("sw"))) == [
        {"docno": "d1", "title": "Simba", "text": "Simba huishi"},
        {"docno": "d2", "title": "Nyuki", "text": "Nyuki huruka"},
    ]
    assert list(collection.topics("sw")["query"]) == ["simba", "nyuki \u00e8", "chui"]
    assert collection.qrels("sw").to_numpy().tolist() == [["q1", "d1", 1], ["q2", "d2", 3]]
    assert collection.english_topics("sw") is None
    assert collection.judged_topics("sw").unjudged == ("q3",)


def test_fields_of_neuclir_are_sets_with_their_languages(tmp_path: Path) -> None:
    name = register(
        tmp_path,
        "q1\tlions\tabout lions\t獅子\t雄獅\tzh\nq2\tbees\tabout bees\t蜜蜂\t蜂\tzh\n",
        docs_lang="zh",
        queries_lang=None,
        query_cls=NeuclirQuery,
    )
    collection = IrdsCollection(name)
    fields = ("title", "description", "ht_title", "mt_title")
    assert collection.query_sets == tuple(f"{name}:{field}" for field in fields)
    assert collection.languages() == ("en", "zh")
    assert collection.foreign_languages() == ("en",)
    assert list(collection.topics("en")["query"]) == ["lions", "bees"]
    assert collection.topics("en", [f"{name}:description"])["query"].iloc[0] == "about lions"
    # People's translation into the documents' language is the default; a machine's has a name.
    assert list(collection.topics("zh")["query"]) == ["獅子", "蜜蜂"]
    assert list(collection.topics("zh", [f"{name}:mt_title"])["query"]) == ["雄獅", "蜂"]
    ceiling = collection.human_topics("en", "zh")
    assert ceiling is not None
    assert list(ceiling["query"]) == ["獅子", "蜜蜂"]
    english = collection.english_topics("zh", [f"{name}:mt_title"])
    assert english is not None
    assert list(english["query"]) == ["lions", "bees"]
    with pytest.raises(InputError, match="name one of these sets"):
        collection.topics("zh", [f"{name}:ht_title", f"{name}:mt_title"])


def test_a_dataset_is_the_collection_of_a_table(tmp_path: Path) -> None:
    plain = register(tmp_path, "q1\tsimba\nq2\tnyuki\n")
    news = register(
        tmp_path,
        "q1\tlions\tabout lions\t獅子\t雄獅\tzh\nq2\tbees\tabout bees\t蜜蜂\t蜂\tzh\n",
        docs_lang="zh",
        queries_lang=None,
        query_cls=NeuclirQuery,
    )

    def table(name: str, **choices) -> ClirTable:
        folder = tmp_path / f"table-{next(SERIAL)}"
        return ClirTable(
            TablePlan(f"irds:{name}", folder, systems=["bm25"], baseline=None, **choices)
        )

    assert table(plain).languages == ["sw"]
    assert list(table(news).topics["en"]["query"]) == ["lions", "bees"]
    for choice in (f"{news}:description", f"{news}:description:en"):
        chosen = table(news, query_sets=[choice])
        assert list(chosen.topics["en"]["query"]) == ["about lions", "about bees"]
    with pytest.raises(InputError, match=f"no query set '{news}:narrative'; choose from"):
        table(news, query_sets=[f"{news}:narrative:en"])


def test_repeated_queries_and_judgments(tmp_path: Path) -> None:
    twice = register(tmp_path, "q1\tsimba\nq1\tnyuki\n")
    with pytest.raises(InputError, match=f"irds:{twice}: two queries 'q1'; use another split"):
        IrdsCollection(twice).topics("sw")
    same = register(tmp_path, "q1\tsimba\nq1\tsimba\n", qrels="q1 0 d1 1\nq1 0 d1 1\n")
    assert list(IrdsCollection(same).topics("sw")["query"]) == ["simba"]
    assert IrdsCollection(same).qrels("sw").to_numpy().tolist() == [["q1", "d1", 1]]
    split = register(tmp_path, "q1\tsimba\n", qrels="q1 0 d1 1\nq1 0 d1 0\n")
    with pytest.raises(InputError, match="docno 'd1' of query 'q1' is judged 1 and 0"):
        IrdsCollection(split).qrels("sw")


def test_several_datasets_share_documents(tmp_path: Path) -> None:
    swahili = register(tmp_path, "q1\tsimba\n", namespace="shared")
    hausa = register(tmp_path, "q1\tzaki\n", namespace="shared", queries_lang="ha")
    other = register(tmp_path, "q1\tchui\n")
    collection = open_collection(f"irds:{swahili},{hausa}")
    assert collection.languages() == ("ha", "sw")
    assert list(collection.topics("ha")["query"]) == ["zaki"]
    assert len(list(collection.documents())) == 2
    with pytest.raises(InputError, match="other documents than"):
        open_collection(f"irds:{swahili},{other}").languages()


@pytest.mark.parametrize(
    "ids",
    [
        ("neuclir/1/zh/trec-2022", "neuclir/1/fa/trec-2022"),
        ("neuclir/1/zh/hc4-filtered", "neuclir/1/zh/trec-2022"),
        ("mmarco/de/dev/small", "mmarco/v2/de/train"),
    ],
)
def test_one_namespace_may_have_different_documents(ids: tuple[str, str]) -> None:
    with pytest.raises(InputError, match=f"irds:{ids[1]}: other documents than {ids[0]}"):
        open_collection(f"irds:{','.join(ids)}").languages()


def test_documents_without_a_text_field_use_the_default_text(tmp_path: Path) -> None:
    name = register(tmp_path, "q1\tsimba\n", doc_cls=AbstractDoc)
    first = next(IrdsCollection(name).documents())
    assert first == {"docno": "d1", "title": "", "text": "Simba Simba huishi"}


def test_undeclared_and_contradicted_languages(tmp_path: Path) -> None:
    name = register(tmp_path, "q1\tsimba\n", docs_lang=None, queries_lang=None)
    with pytest.raises(InputError, match="declares no document_language; give it"):
        _ = IrdsCollection(name).document_language
    with pytest.raises(InputError, match="declares no topic_language; give it"):
        IrdsCollection(name, document_language="en").languages()
    given = IrdsCollection(name, document_language="en", topic_language="so")
    assert (given.document_language, given.languages()) == ("en", ("so",))
    declared = register(tmp_path, "q1\tsimba\n")
    with pytest.raises(InputError, match="document_language 'de', but ir_datasets says 'en'"):
        _ = IrdsCollection(declared, document_language="de").document_language


def test_nothing_is_read_or_downloaded_by_construction() -> None:
    """Loading a clirmatrix id fetches an index of downloads: that waits for its first use."""
    collection = IrdsCollection("clirmatrix/en/bi139-base/sw/test1")
    assert collection.name == "irds:clirmatrix/en/bi139-base/sw/test1"
    assert "_datasets" not in vars(collection)


def test_real_ids_declare_their_languages_without_a_download() -> None:
    neuclir = IrdsCollection("neuclir/1/fa/trec-2022")
    assert neuclir.document_language == "fa"
    assert neuclir.languages() == ("en", "fa")
    assert neuclir.n_documents == 2232016
    assert IrdsCollection("vaswani").languages() == ("en",)
    wikiclir = IrdsCollection("wikiclir/sw")
    assert (wikiclir.document_language, wikiclir.foreign_languages()) == ("sw", ("en",))


def test_bad_datasets(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match="has no queries and no qrels; name one of its parts"
    ) as raised:
        IrdsCollection("hc4/fa").languages()
    assert "hc4/fa/" in one_line(raised)
    with pytest.raises(InputError, match="hc4/fa/tset: ir_datasets has no such dataset; did you"):
        IrdsCollection("hc4/fa/tset").languages()
    empty = register(tmp_path, "q1\t \n")
    with pytest.raises(InputError, match="query 'q1' is empty"):
        IrdsCollection(empty).topics("sw")
    gone = register(tmp_path, "q1\tsimba\n")
    (tmp_path / f"{gone}.queries").unlink()
    with pytest.raises(InputError, match="cannot read it") as raised:
        IrdsCollection(gone).topics("sw")
    assert gone in one_line(raised)
