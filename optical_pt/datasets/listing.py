"""What can be said of the collections by name before any of them is downloaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from optical_pt.collections.catalogue import (
    EMBEDDED,
    ENTRIES,
    find_entry,
    open_collection,
    unknown_collection,
)
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, View, unknown_sizes
from optical_pt.errors import InputError

Range = tuple[int, int]

FEW = 3
"""As many languages, or pairs of them, are named in a pattern; more are X."""


@dataclass(frozen=True)
class Listed:
    """A name, or names that differ in languages and split only, as the listing shows them.

    Attributes:
        name: with ``optical:``; braces hold what may stand in their place, X and Y any language.
        title: what it is, in one line.
        query_languages: of the queries.
        document_languages: of the documents.
        documents: fewest and most documents of one name; None if unknown before a download.
        queries: fewest and most queries of one name; None if unknown before a download.
        licence: of queries, judgments and documents.
        access: ``"free"`` or ``"manual"``.
        instructions: the manual step.
        source: who supplies the files.
        url: where to read about it.
    """

    name: str
    title: str
    query_languages: tuple[str, ...]
    document_languages: tuple[str, ...]
    documents: Range | None
    queries: Range | None
    licence: str
    access: str
    instructions: str
    source: str
    url: str


def list_collections(language: str | None = None, *, names: bool = False) -> list[Listed]:
    r"""Everything in the catalogue, without a download.

    Args:
        language: only what has queries or documents in it.
        names: one item a name, instead of one for names that differ in languages and split. The
            19,044 pairs of CLIRMatrix without English documents are left out, unless a language
            is given.

    Raises:
        InputError: if nothing is in that language.

    >>> print(*(item.name for item in list_collections("hi") if "mmarco" in item.name), sep="\n")
    optical:mmarco/{hi,mul}-en/{train,dev,dev/small}
    optical:mmarco/hi-{X}/{train,dev,dev/small}
    optical:mmarco/{X}-hi/{train,dev,dev/small}
    """
    listed = [item for item in _embedded() if _is_in(item, language)]
    for entry in ENTRIES:
        for views in _groups(entry, language):
            if not names:
                listed.append(_listed(entry, views))
            elif entry.enumerated or language is not None:
                listed += [_listed(entry, [view]) for view in views]
    if not listed:
        raise InputError(
            f"language {language!r}: no collection has it; use an ISO 639 code such as 'sw'"
        )
    return listed


def show_collection(name: str) -> list[Listed]:
    """What the catalogue says of one name, or of all names that begin with a collection's.

    Raises:
        InputError: if there is no such name.

    >>> [item] = show_collection("optical:miracl/sw-sw/dev")
    >>> item.documents, item.queries
    ((131924, 131924), (482, 482))
    """
    plain = name.removeprefix("optical:").rstrip("/")
    listed = [item for item in _embedded() if item.name == f"optical:{plain}"]
    if found := find_entry(plain):
        entry, view = found
        listed.append(_listed(entry, [view]))
    for entry in ENTRIES:
        if entry.collection == plain:
            listed += [_listed(entry, views) for views in _groups(entry, None)]
    if not listed:
        raise InputError(unknown_collection(plain))
    return listed


def _embedded() -> Iterator[Listed]:
    for name in EMBEDDED:
        collection = open_collection(f"optical:{name}")
        counts = [len(collection.topics(language)) for language in collection.languages()]
        yield Listed(
            name=f"optical:{name}",
            title="Parallel queries on English passages, in this package",
            query_languages=collection.languages(),
            document_languages=(collection.document_language,),
            documents=_range([collection.n_documents]),
            queries=_range(counts),
            licence="CC0",
            access="free",
            instructions="",
            source="this package",
            url="",
        )


def _is_in(item: Listed, language: str | None) -> bool:
    return language is None or language in (*item.query_languages, *item.document_languages)


def _groups(entry: CollectionEntry, language: str | None) -> Iterator[list[View]]:
    """The views of an entry; in a language: those with such queries, then those with documents."""
    if language is None:
        yield list(entry.views())
        return

    def matches(code: str) -> bool:
        return code == language or (code == MULTIPLE and language in entry.pooled)

    queries = [view for view in entry.views() if matches(view.query_language)]
    documents = [
        view
        for view in entry.views()
        if matches(view.document_language) and not matches(view.query_language)
    ]
    yield from (views for views in (queries, documents) if views)


def _listed(entry: CollectionEntry, views: list[View]) -> Listed:
    return Listed(
        name=f"optical:{_pattern(views)}",
        title=entry.title,
        query_languages=_languages(entry, (view.query_language for view in views)),
        document_languages=_languages(entry, (view.document_language for view in views)),
        documents=_sizes(entry, views, lambda view: entry.sizes(view).documents),
        queries=_sizes(entry, views, lambda view: entry.sizes(view).queries),
        licence=entry.licence,
        access=entry.access,
        instructions=entry.instructions,
        source=entry.source,
        url=entry.url,
    )


def _languages(entry: CollectionEntry, codes: Iterable[str]) -> tuple[str, ...]:
    # Of all that are pooled, some may have no name of their own.
    return tuple(sorted(set(codes) - {MULTIPLE} or entry.pooled))


def _pattern(views: list[View]) -> str:
    """The names in one: ``mmarco/{X}-en/{train,dev,dev/small}``."""
    queries = list(dict.fromkeys(view.query_language for view in views))
    documents = list(dict.fromkeys(view.document_language for view in views))
    pairs = list(dict.fromkeys(f"{view.query_language}-{view.document_language}" for view in views))
    if min(len(queries), len(documents)) > 1 and len(pairs) <= FEW:
        languages = _braces(pairs)
    elif len(queries) > 1 and all(view.query_language == view.document_language for view in views):
        languages = "{X}-{X}"
    else:
        other = "X" if len(queries) == 1 else "Y"
        languages = f"{_codes(queries, 'X')}-{_codes(documents, other)}"
    splits = _splits(list(dict.fromkeys(view.split for view in views)))
    return "/".join(filter(None, (views[0].collection, languages, splits)))


def _codes(codes: list[str], letter: str) -> str:
    return _braces(codes) if len(codes) <= FEW else f"{{{letter}}}"


def _splits(splits: list[str]) -> str:
    """The splits in braces; ``{dev,test}/{title,description}`` where all combine.

    >>> _splits(["v1/train", "v1/dev", "v1/dev/small"])
    'v1/{train,dev,dev/small}'
    """
    heads = list(dict.fromkeys(split.partition("/")[0] for split in splits))
    tails = list(dict.fromkeys(split.partition("/")[2] for split in splits))
    if all(tails) and splits == [f"{head}/{tail}" for head in heads for tail in tails]:
        return f"{_braces(heads)}/{_braces(tails)}"
    return _braces(splits)


def _braces(alternatives: list[str]) -> str:
    return alternatives[0] if len(alternatives) == 1 else f"{{{','.join(alternatives)}}}"


def _sizes(
    entry: CollectionEntry, views: list[View], size: Callable[[View], int | None]
) -> Range | None:
    if entry.sizes is unknown_sizes:
        return None
    # All languages at once are the sum of the others, not one of them.
    single = [view for view in views if view.query_language != MULTIPLE]
    return _range([size(view) for view in single or views])


def _range(counts: Iterable[int | None]) -> Range | None:
    known = [count for count in counts if count is not None]
    return (min(known), max(known)) if known else None
