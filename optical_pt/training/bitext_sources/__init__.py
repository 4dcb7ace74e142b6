"""Training pairs by name, filtered, and never the texts of the test.

``python -m optical_pt.training.bitext_sources`` lists the sources and writes a TSV file that the
trainers read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair
from optical_pt.training.bitext_sources.filters import (
    BitextFilter,
    drop_overlap,
    filter_pairs,
    held_out_texts,
    open_tested,
    refuse_overlap,
)
from optical_pt.training.bitext_sources.sources import (
    SOURCES,
    BitextSource,
    names_bitext,
    read_source,
    tested_collections,
)

__all__ = [
    "SOURCES",
    "BitextFilter",
    "BitextSource",
    "drop_overlap",
    "filter_pairs",
    "held_out_texts",
    "names_bitext",
    "open_bitext",
    "open_tested",
    "read_source",
    "refuse_overlap",
    "tested_collections",
]


def open_bitext(
    names: str | Iterable[str],
    language: str,
    *,
    rules: BitextFilter | None = None,
    held_out: Iterable[str] = (),
    folder: str | Path | None = None,
    verify: bool = True,
) -> tuple[list[SentencePair], dict[str, int]]:
    """Sentence pairs of one source or several, filtered, and how many each rule dropped.

    Args:
        names: of the sources, as :func:`read_source` takes them.
        language: ISO 639 code of the foreign side.
        rules: what to drop; by default :class:`BitextFilter` as it is.
        held_out: texts of the test (:func:`held_out_texts`); a source with one of them is refused.
        folder: take published files from here and download nothing.
        verify: compare published files with their sizes and sums, where these are known.

    Raises:
        InputError: for an unknown or broken source, one with texts of the test, or if no pair is
            left.
    """
    held_out = frozenset(held_out)
    pairs: list[SentencePair] = []
    for name in (names,) if isinstance(names, str) else names:
        read = read_source(name, language, folder=folder, verify=verify)
        refuse_overlap(read, held_out, f"{name} ({language})")
        pairs += read
    kept, dropped = filter_pairs(pairs, rules or BitextFilter())
    if not kept:
        rules_at_work = ", ".join(f"{rule} {number}" for rule, number in dropped.items() if number)
        raise InputError(
            f"{names} ({language}): no sentence pair is left of {len(pairs)} (dropped by "
            f"{rules_at_work or 'nothing'}); use another source or weaker rules"
        )
    return kept, dropped
