"""What a module declares about the collections that it can open by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from optical_pt.collections.base import Collection

MULTIPLE = "mul"
"""ISO 639-2 code for several languages: one set of queries, or one pool of documents, in all of
the languages that the entry lists as pooled."""


class View(NamedTuple):
    """One name, taken apart: ``<collection>/<query language>-<document language>[/<split>]``.

    >>> str(View("mmarco", "sw", "en", "dev/small"))
    'mmarco/sw-en/dev/small'
    >>> str(View("wikiclir", "en", "sw", ""))
    'wikiclir/en-sw'
    """

    collection: str
    query_language: str
    document_language: str
    split: str

    def __str__(self) -> str:
        name = f"{self.collection}/{self.query_language}-{self.document_language}"
        return f"{name}/{self.split}" if self.split else name


class Sizes(NamedTuple):
    """How many documents and queries there are; None where only a download would tell."""

    documents: int | None = None
    queries: int | None = None


def unknown_sizes(view: View) -> Sizes:
    """Sizes of a view of which nothing is known before its download."""
    return Sizes()


@dataclass(frozen=True, kw_only=True)
class CollectionEntry:
    """Names that share everything but their languages and split: a row of the listing.

    Making an entry reads and downloads nothing; nor do ``sizes`` and ``open``, which returns a
    collection that reads, or downloads, when its documents, queries or judgments are asked for.

    Attributes:
        collection: first part of the names; it may have slashes.
        title: what it is, in one line: which side is foreign, what the queries and documents are.
        pairs: (query language, document language), ISO 639 codes; ``"mul"`` is several.
        splits: what follows the languages; it may have slashes, and is ``""`` if nothing follows.
        licence: of the queries, judgments and documents, as their publisher states it.
        access: ``"free"`` if a download starts by itself, ``"manual"`` if a person has to do
            something first, which ``instructions`` then says.
        source: who supplies the files: ``"ir_datasets"``, or their publisher.
        url: where to read about the collection.
        open: opens one of the names.
        sizes: numbers of documents and queries of one of the names.
        instructions: the manual step, as one line.
        pooled: the languages that ``"mul"`` stands for.
        enumerated: False where the names are too many for a list of all names.
    """

    collection: str
    title: str
    pairs: tuple[tuple[str, str], ...]
    splits: tuple[str, ...]
    licence: str
    access: Literal["free", "manual"]
    source: str
    url: str
    open: Callable[[View], Collection]
    sizes: Callable[[View], Sizes] = unknown_sizes
    instructions: str = ""
    pooled: tuple[str, ...] = ()
    enumerated: bool = True

    def views(self) -> Iterator[View]:
        """Every name, taken apart."""
        for query_language, document_language in self.pairs:
            for split in self.splits:
                yield View(self.collection, query_language, document_language, split)

    def view(self, name: str) -> View | None:
        """The view of that name (without ``optical:``), or None if it is not of this entry."""
        if not name.startswith(f"{self.collection}/"):
            return None
        languages, _, split = name.removeprefix(f"{self.collection}/").partition("/")
        pair = tuple(languages.split("-"))
        if pair not in self._pairs or split not in self.splits or name.endswith("/"):
            return None
        return View(self.collection, pair[0], pair[1], split)

    @property
    def query_languages(self) -> tuple[str, ...]:
        """Languages that queries are in, sorted."""
        return self._languages(0)

    @property
    def document_languages(self) -> tuple[str, ...]:
        """Languages that documents are in, sorted."""
        return self._languages(1)

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(self.pairs)

    def _languages(self, side: int) -> tuple[str, ...]:
        codes = {pair[side] for pair in self.pairs}
        if MULTIPLE in codes:
            codes = codes - {MULTIPLE} | set(self.pooled)
        return tuple(sorted(codes))
