"""Collections by name: ``optical:...``, ``irds:...`` or a folder."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from optical_pt.collections import irds_views, published
from optical_pt.collections.base import Collection
from optical_pt.collections.download import Files
from optical_pt.collections.entry import CollectionEntry, View
from optical_pt.collections.irds import IrdsCollection
from optical_pt.collections.local import LocalCollection
from optical_pt.collections.published.records import PublishedCollection
from optical_pt.errors import InputError

EMBEDDED: dict[str, tuple[str, ...]] = {"mini": ("ha", "hi", "sw", "zu")}
"""Collections that the package contains, with the languages that each counts as low-resource."""

ENTRIES: tuple[CollectionEntry, ...] = (*irds_views.ENTRIES, *published.ENTRIES)
"""Collections that are downloaded, or taken from a local copy, when they are used."""


def find_entry(name: str) -> tuple[CollectionEntry, View] | None:
    """The entry that has the name (without ``optical:``), and the name taken apart.

    >>> entry, view = find_entry("clirmatrix/sw-en/test1")
    >>> entry.source, view.query_language, view.document_language
    ('ir_datasets', 'sw', 'en')
    """
    for entry in ENTRIES:
        if view := entry.view(name):
            return entry, view
    return None


def collection_names() -> Iterator[str]:
    """Names without ``optical:``, but for CLIRMatrix's of two languages other than English."""
    yield from EMBEDDED
    for entry in ENTRIES:
        if entry.enumerated:
            yield from map(str, entry.views())


def unknown_collection(name: str) -> str:
    """One line that says that there is no such name, and the names that come nearest.

    >>> unknown_collection("mmarco/de-en/test")
    'optical:mmarco/de-en/test: no such collection; did you mean optical:mmarco/de-en/dev, ...
    """
    near = (
        _other_way(name)
        or _first_names(name)
        or difflib.get_close_matches(name, _comparable_names(name))
        or _of_near_collections(name)
    )
    hint = f"did you mean {', '.join(f'optical:{known}' for known in near)}? " if near else ""
    return (
        f"optical:{name}: no such collection; {hint}"
        "python -m optical_pt.datasets list shows all of them"
    )


def open_collection(
    name: str | Path,
    *,
    document_language: str | None = None,
    topic_language: str | None = None,
    low_resource: Iterable[str] | None = None,
    folder: str | Path | None = None,
    verify: bool = True,
) -> Collection:
    """Open a collection by name or path; what it has is read, or downloaded, when it is asked for.

    Args:
        name: ``optical:<name>`` for one of the catalogue (``python -m optical_pt.datasets list``),
            such as ``optical:mini`` or ``optical:mmarco/de-en/dev``; ``irds:<id>`` or
            ``irds:<id>,<id>,...`` for datasets of ir_datasets that share their documents; or the
            path of a folder (:class:`LocalCollection`).
        document_language: the documents' language, where the collection declares none.
        topic_language: the queries' language, where an ``irds:`` collection declares none.
        low_resource: languages to group as low-resource, instead of the declared ones.
        folder: take the published files of a collection that we read ourselves from here, and
            download nothing.
        verify: compare these files with their sizes and sums, where these are known.

    Raises:
        InputError: if there is no such collection, it declares another language, or ``folder`` is
            named for one that is not read from published files.

    >>> open_collection("optical:mini").document_language
    'en'
    >>> open_collection("optical:clirmatrix/sw-en/test1").languages()
    ('sw',)
    """
    source, _, rest = str(name).partition(":")
    if folder is not None or not verify:
        return _with_files(
            open_collection(
                name,
                document_language=document_language,
                topic_language=topic_language,
                low_resource=low_resource,
            ),
            Files(folder, verify=verify),
        )
    if source == "irds":
        return IrdsCollection(
            [dataset_id.strip() for dataset_id in rest.split(",")],
            document_language=document_language,
            topic_language=topic_language,
            low_resource=low_resource,
        )
    if topic_language is not None:
        known = "the name says" if source == "optical" else "the names of a folder's files say"
        raise InputError(
            f"{name}: topic_language {topic_language!r} is for irds: only; {known} the language"
        )
    if source != "optical":
        return LocalCollection(name, document_language=document_language, low_resource=low_resource)
    if rest in EMBEDDED:
        return LocalCollection(
            Path(str(files("optical_pt.collections") / rest)),
            name=f"optical:{rest}",
            document_language=document_language,
            low_resource=EMBEDDED[rest] if low_resource is None else low_resource,
        )
    return _open_entry(rest, document_language, low_resource)


def _with_files(collection: Collection, files: Files) -> Collection:
    if not isinstance(collection, PublishedCollection):
        raise InputError(
            f"{collection.name}: it is not read from published files; leave out the folder to take "
            "them from"
        )
    collection.files = files
    return collection


def _open_entry(
    name: str, document_language: str | None, low_resource: Iterable[str] | None
) -> Collection:
    found = find_entry(name)
    if found is None:
        raise InputError(unknown_collection(name))
    entry, view = found
    collection = entry.open(view)
    if document_language not in (None, collection.document_language):
        raise InputError(
            f"optical:{name}: document_language {document_language!r}, but the documents are in "
            f"{collection.document_language!r}; leave it out"
        )
    if low_resource is not None:
        collection.low_resource = frozenset(low_resource)
    return collection


def _other_way(name: str) -> list[str]:
    """The name with the queries' and the documents' languages swapped, if there is such a one."""
    for entry in ENTRIES:
        languages, _, split = name.removeprefix(f"{entry.collection}/").partition("/")
        query, _, document = languages.partition("-")
        if view := entry.view(str(View(entry.collection, document, query, split))):
            return [str(view)]
    return []


def _first_names(stem: str, count: int = 3) -> list[str]:
    """The first names that are or begin with the stem, up to a slash."""
    return [name for name in collection_names() if f"{name}/".startswith(f"{stem}/")][:count]


def _of_near_collections(name: str) -> list[str]:
    """A name of each of the collections that are called something like it."""
    collections = dict.fromkeys(known.partition("/")[0] for known in collection_names())
    near = difflib.get_close_matches(name.partition("/")[0], collections, cutoff=0.5)
    return [first for collection in near for first in _first_names(collection, 1)]


def _comparable_names(name: str) -> list[str]:
    """Names to compare a wrong one with: all, and those that differ from it in the split only."""
    stem = "/".join(name.split("/")[:2])
    same_languages = [
        str(view)
        for entry in ENTRIES
        if not entry.enumerated
        for split in entry.splits
        if (view := entry.view(f"{stem}/{split}"))
    ]
    return [*same_languages, *collection_names()]
