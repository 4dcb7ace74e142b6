"""Collections that ir_datasets lacks, read from the files that their authors publish."""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry
from optical_pt.collections.published import lareqa, mlqa, mlqa_r, xquad, xquad_r

ENTRIES: tuple[CollectionEntry, ...] = (
    *xquad.ENTRIES,
    *xquad_r.ENTRIES,
    *mlqa.ENTRIES,
    *mlqa_r.ENTRIES,
    *lareqa.ENTRIES,
)
"""Everything that this package can open."""
