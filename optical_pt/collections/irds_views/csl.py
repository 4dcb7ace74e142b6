"""CSL: TREC NeuCLIR 2023's technical topics on Chinese scientific abstracts.

The documents are of Li et al., COLING 2022, https://aclanthology.org/2022.coling-1.344.
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


def _open(view: View) -> IrdsView:
    topic_set, field = topic_set_and_field(view)
    dataset_id = f"csl/{topic_set}"
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents="csl",
        document_language="zh",
        queries={view.query_language: QuerySource(dataset_id, field)},
        versions=human_versions(dataset_id, field, "zh"),
    )


def _sizes(view: View) -> Sizes:
    topic_set, _ = topic_set_and_field(view)
    return recorded_sizes("csl", [f"csl/{topic_set}"])


def _entry(title: str, query_language: str, fields: tuple[str, ...]) -> CollectionEntry:
    return CollectionEntry(
        collection="csl",
        title=title,
        pairs=((query_language, "zh"),),
        splits=splits(["trec-2023"], fields),
        licence="documents: Apache-2.0; topics, judgments (NIST): none stated",
        access="free",
        source="ir_datasets",
        url="https://ir-datasets.com/csl.html",
        open=_open,
        sizes=_sizes,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry("English topics on Chinese scientific abstracts", "en", ENGLISH),
    _entry(
        "The topics translated by people (ht) or a machine (mt) on Chinese scientific abstracts",
        "zh",
        TRANSLATED,
    ),
)
