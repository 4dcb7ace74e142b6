"""NeuMARCO: English MS MARCO queries on passages translated into Chinese, Persian and Russian.

The translation is that of NeuCLIR's organisers, https://neuclir.github.io; ids are MS MARCO's.
"""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.irds_views.view import IrdsView, QuerySource, recorded_sizes


def _id(view: View) -> str:
    return f"neumarco/{view.document_language}/{view.split}"


def _open(view: View) -> IrdsView:
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=f"neumarco/{view.document_language}",
        document_language=view.document_language,
        queries={"en": QuerySource(_id(view))},
    )


def _sizes(view: View) -> Sizes:
    return recorded_sizes(f"neumarco/{view.document_language}", [_id(view)])


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="neumarco",
        title="English MS MARCO queries on passages translated into X",
        pairs=(("en", "fa"), ("en", "ru"), ("en", "zh")),
        splits=("train", "dev", "dev/small"),
        licence="MS MARCO's terms (non-commercial research)",
        access="free",
        source="ir_datasets",
        url="https://ir-datasets.com/neumarco.html",
        open=_open,
        sizes=_sizes,
    ),
)
