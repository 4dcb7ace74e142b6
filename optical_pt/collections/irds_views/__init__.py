"""Cross-lingual views of ir_datasets' collections, one module a collection."""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry

ENTRIES: tuple[CollectionEntry, ...] = ()
"""Everything that this package can open."""
