"""Collections that ir_datasets lacks, read from the files that their authors publish."""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry
from optical_pt.collections.published import (
    africlirmatrix,
    afriqa,
    ciral,
    flores,
    lareqa,
    mlqa,
    mlqa_r,
    multi30k,
    ntrex,
    tatoeba,
    tydiqa,
    xnli,
    xquad,
    xquad_r,
)

ENTRIES: tuple[CollectionEntry, ...] = (
    *xquad.ENTRIES,
    *xquad_r.ENTRIES,
    *mlqa.ENTRIES,
    *mlqa_r.ENTRIES,
    *lareqa.ENTRIES,
    *afriqa.ENTRIES,
    *tatoeba.ENTRIES,
    *xnli.ENTRIES,
    *multi30k.ENTRIES,
    *tydiqa.ENTRIES,
    *flores.ENTRIES,
    *ntrex.ENTRIES,
    *africlirmatrix.ENTRIES,
    *ciral.ENTRIES,
)
"""Everything that this package can open."""
