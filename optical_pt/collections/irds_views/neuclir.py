"""NeuCLIR: TREC's topics of 2022 and 2023 on Common Crawl news in Chinese, Persian and Russian.

Lawrie et al., https://arxiv.org/abs/2304.12367 and https://arxiv.org/abs/2404.08071. The documents
of the three languages are also one pool (``mul``), for the multilingual task of 2023.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.irds_views.topics import (
    ENGLISH,
    TRANSLATED,
    human_versions,
    splits,
    topic_set_and_field,
)
from optical_pt.collections.irds_views.view import (
    IrdsView,
    QuerySource,
    read_queries,
    recorded_sizes,
)

LANGUAGES = ("fa", "ru", "zh")
TOPIC_SETS = ("trec-2022", "trec-2023", "hc4-filtered")


def _queries_id(view: View) -> str:
    topic_set, _ = topic_set_and_field(view)
    part = "multi" if view.document_language == MULTIPLE else view.document_language
    return f"neuclir/1/{part}/{topic_set}"


def _documents_id(view: View) -> str:
    dataset_id = _queries_id(view)
    # HC4's documents are a part of NeuCLIR's; all the other sets of topics search all of them.
    return dataset_id if dataset_id.endswith("/hc4-filtered") else dataset_id.rpartition("/")[0]


def _read_queries(dataset_id: str) -> Iterable[Any]:
    """The queries of an id; those of 2023 without ir_datasets' filter.

    Up to 0.6.3 it keeps the topics of 2023 that are judged in 2022: none
    (https://github.com/allenai/ir_datasets/issues/292).
    """
    _, _, language, topic_set = dataset_id.split("/")
    if topic_set != "trec-2023" or language == "multi":
        return read_queries(dataset_id)
    import ir_datasets
    from ir_datasets.formats import ExctractedCCNoReportNoHtNarQuery, ExctractedCCQueries

    folder = ir_datasets.util.home_path() / "neuclir"
    files = ir_datasets.util.DownloadConfig.context("neuclir", folder)
    return ExctractedCCQueries(
        files["trec-2023/queries"],
        subset_lang=language,
        filter_lwq=False,
        cls=ExctractedCCNoReportNoHtNarQuery,
    ).queries_iter()


def _open(view: View) -> IrdsView:
    _, field = topic_set_and_field(view)
    dataset_id = _queries_id(view)
    if view.document_language == MULTIPLE:
        # The topics of the pool have machine translations only, into each of its languages.
        own = field if view.query_language == "en" else f"{view.query_language}_{field}"
        versions = {"en": QuerySource(dataset_id, field.removeprefix("mt_"))}
    else:
        own, versions = field, human_versions(dataset_id, field, view.document_language)
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=_documents_id(view),
        document_language=view.document_language,
        queries={view.query_language: QuerySource(dataset_id, own)},
        versions=versions,
        read_queries=_read_queries,
    )


def _sizes(view: View) -> Sizes:
    return recorded_sizes(_documents_id(view), [_queries_id(view)])


def _entry(title: str, pairs: Iterable[tuple[str, str]], names: tuple[str, ...]) -> CollectionEntry:
    return CollectionEntry(
        collection="neuclir",
        title=title,
        pairs=tuple(pairs),
        splits=names,
        licence="documents: ODC-By, from Common Crawl; topics, judgments (NIST): none stated",
        access="free",
        source="ir_datasets",
        url="https://ir-datasets.com/neuclir.html",
        open=_open,
        sizes=_sizes,
        pooled=LANGUAGES,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(
        "English topics on news in X",
        [("en", code) for code in LANGUAGES],
        splits(TOPIC_SETS, ENGLISH),
    ),
    _entry(
        "The topics translated by people (ht) or a machine (mt) on news in the same language",
        [(code, code) for code in LANGUAGES],
        splits(TOPIC_SETS, TRANSLATED),
    ),
    _entry(
        "English topics on news in three languages",
        [("en", MULTIPLE)],
        splits(["trec-2023"], ENGLISH),
    ),
    _entry(
        "The topics translated by a machine on news in three languages",
        [(code, MULTIPLE) for code in LANGUAGES],
        splits(["trec-2023"], ["mt_title", "mt_description"]),
    ),
)
