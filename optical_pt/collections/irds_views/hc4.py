"""HC4: TREC-style topics on Common Crawl news in Chinese, Persian and Russian (Lawrie et al. 2022).

https://arxiv.org/abs/2201.09992. The documents are not distributed: a script collects them from
Common Crawl.
"""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.irds_views.topics import (
    ENGLISH,
    TRANSLATED,
    human_versions,
    splits,
    topic_set_and_field,
)
from optical_pt.collections.irds_views.view import IrdsView, QuerySource, recorded_sizes

LANGUAGES = ("fa", "ru", "zh")
TOPIC_SETS = ("train", "dev", "test")
INSTRUCTIONS = (
    "collect the documents with download_documents.py and fix_document_order.py of "
    "https://github.com/hltcoe/HC4, and link the result at "
    "~/.ir_datasets/hc4/{fas,rus,zho}/hc4_docs.jsonl (or under $IR_DATASETS_HOME)"
)


def _open(view: View) -> IrdsView:
    topic_set, field = topic_set_and_field(view)
    dataset_id = f"hc4/{view.document_language}/{topic_set}"
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=f"hc4/{view.document_language}",
        document_language=view.document_language,
        queries={view.query_language: QuerySource(dataset_id, field)},
        versions=human_versions(dataset_id, field, view.document_language),
        advice=INSTRUCTIONS,
    )


def _sizes(view: View) -> Sizes:
    topic_set, _ = topic_set_and_field(view)
    return recorded_sizes(
        f"hc4/{view.document_language}", [f"hc4/{view.document_language}/{topic_set}"]
    )


def _entry(title: str, pairs: list[tuple[str, str]], fields: tuple[str, ...]) -> CollectionEntry:
    return CollectionEntry(
        collection="hc4",
        title=title,
        pairs=tuple(pairs),
        splits=splits(TOPIC_SETS, fields),
        licence="documents: Common Crawl's terms of use; topics, judgments: none stated",
        access="manual",
        source="ir_datasets",
        url="https://ir-datasets.com/hc4.html",
        open=_open,
        sizes=_sizes,
        instructions=INSTRUCTIONS,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry("English topics on news in X", [("en", code) for code in LANGUAGES], ENGLISH),
    _entry(
        "The topics translated by people (ht) or a machine (mt) on news in the same language",
        [(code, code) for code in LANGUAGES],
        TRANSLATED,
    ),
)
