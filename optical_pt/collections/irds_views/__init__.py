"""Cross-lingual views of ir_datasets' collections, one module a collection."""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry
from optical_pt.collections.irds_views import (
    clirmatrix,
    csl,
    hc4,
    miracl,
    mmarco,
    mr_tydi,
    neuclir,
    neumarco,
    wikiclir,
)
from optical_pt.collections.irds_views.view import IrdsView, QuerySource

ENTRIES: tuple[CollectionEntry, ...] = (
    *clirmatrix.ENTRIES,
    *mmarco.ENTRIES,
    *wikiclir.ENTRIES,
    *neuclir.ENTRIES,
    *hc4.ENTRIES,
    *csl.ENTRIES,
    *neumarco.ENTRIES,
    *miracl.ENTRIES,
    *mr_tydi.ENTRIES,
)
"""Everything that this package can open."""

__all__ = ["ENTRIES", "IrdsView", "QuerySource"]
