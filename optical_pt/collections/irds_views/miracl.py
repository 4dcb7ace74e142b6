"""MIRACL: native questions on Wikipedia passages of the same language (Zhang et al., TACL 2023).

https://doi.org/10.1162/tacl_a_00595. The judgments of its test sets are not public.
"""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry
from optical_pt.collections.irds_views.monolingual import monolingual_entry

TITLE = "Native questions in X on Wikipedia passages in X"
LICENCE = "Apache-2.0"
_TRAINED = "ar bn en es fa fi fr hi id ja ko ru sw te th zh"
HELD_OUT = ("de", "yo")

ENTRIES: tuple[CollectionEntry, ...] = (
    monolingual_entry("miracl", TITLE, _TRAINED.split(), ("train", "dev"), LICENCE),
    monolingual_entry("miracl", f"{TITLE} (no training set)", HELD_OUT, ("dev",), LICENCE),
)
