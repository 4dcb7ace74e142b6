"""Views of collections whose queries and passages are in the same language: MIRACL, Mr. TyDi."""

from __future__ import annotations

from collections.abc import Iterable

from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.irds_views.view import IrdsView, QuerySource, recorded_sizes


def _documents_id(view: View) -> str:
    return f"{view.collection}/{view.document_language}"


def _open(view: View) -> IrdsView:
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=_documents_id(view),
        document_language=view.document_language,
        queries={view.query_language: QuerySource(f"{_documents_id(view)}/{view.split}")},
    )


def _sizes(view: View) -> Sizes:
    return recorded_sizes(_documents_id(view), [f"{_documents_id(view)}/{view.split}"])


def monolingual_entry(
    collection: str, title: str, languages: Iterable[str], splits: tuple[str, ...], licence: str
) -> CollectionEntry:
    """Names ``<collection>/X-X/<split>`` of ir_datasets' ids ``<collection>/X/<split>``."""
    return CollectionEntry(
        collection=collection,
        title=title,
        pairs=tuple((code, code) for code in languages),
        splits=splits,
        licence=licence,
        access="free",
        source="ir_datasets",
        url=f"https://ir-datasets.com/{collection}.html",
        open=_open,
        sizes=_sizes,
    )
