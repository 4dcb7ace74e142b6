"""Mr. TyDi: TyDi QA's native questions on Wikipedia passages in 11 languages (Zhang et al. 2021).

https://aclanthology.org/2021.mrl-1.12.
"""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry
from optical_pt.collections.irds_views.monolingual import monolingual_entry

LANGUAGES = ("ar", "bn", "en", "fi", "id", "ja", "ko", "ru", "sw", "te", "th")

ENTRIES: tuple[CollectionEntry, ...] = (
    monolingual_entry(
        "mr-tydi",
        "Native questions in X on Wikipedia passages in X",
        LANGUAGES,
        ("train", "dev", "test"),
        "Apache-2.0",
    ),
)
