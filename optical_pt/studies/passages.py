"""Where each language's queries on the passages of the data come from."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from optical_pt.collections import Collection, LocalCollection
from optical_pt.errors import InputError
from optical_pt.option_lists import words

#: Of a language's query sets the first of these is asked: native questions before translated ones,
#: parts for testing before those for training.
PREFERRED = ("afriqa-test", "afriqa-dev", "afriqa-train", "xquad", "mlqa")


def open_passages(data: Path) -> LocalCollection | None:
    """The documents and queries of a data folder; None where it has no ``passages``."""
    folder = data / "passages"
    return LocalCollection(folder) if folder.exists() else None


def add_sets_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--sets``."""
    parser.add_argument("--sets", type=words, metavar="SET,…",
        help="query sets of the passages; a language is asked the first that has it (default: "
        f"{', '.join(PREFERRED)}, then any other)")  # fmt: skip


def query_sets(
    collection: Collection | None, languages: Iterable[str], sets: Sequence[str] | None = None
) -> dict[str, str]:
    """The query set that each language is asked; languages that have none are left out.

    Args:
        collection: Has the sets; None has none.
        languages: Of the queries.
        sets: To choose from, the first that has a language; by default all, those of
            :data:`PREFERRED` first.

    Raises:
        InputError: on a set that the collection does not have, and on a language that has queries,
            but not in the sets given.

    >>> from optical_pt.collections import open_collection
    >>> query_sets(open_collection("optical:mini"), ["ha", "xx"])
    {'ha': 'mini'}
    """
    _require_sets(collection, sets)
    there = sorted(collection.query_sets) if collection else []
    order = [name for name in dict.fromkeys([*(sets or PREFERRED), *there]) if name in there]
    found = {}
    for code in languages:
        having = [name for name in order if code in collection.set_languages(name)]
        if having and sets and having[0] not in sets:
            raise InputError(
                f"--sets {','.join(sets)}: no queries in {code!r}, which {having[0]} has; add that "
                "set, or choose other --languages"
            )
        if having:
            found[code] = having[0]
    return found


def asked_languages(
    collection: Collection | None, sets: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Languages, other than the documents', that sets have queries in, sorted; by default all.

    Raises:
        InputError: on a set that the collection does not have.
    """
    _require_sets(collection, sets)
    return collection.foreign_languages(sets or collection.query_sets) if collection else ()


def _require_sets(collection: Collection | None, sets: Sequence[str] | None) -> None:
    there = collection.query_sets if collection else ()
    for name in sets or ():
        if name not in there:
            choice = f"choose from {', '.join(there)}" if there else "there are none: leave it out"
            raise InputError(f"--sets {name}: the passages have no such query set; {choice}")


def by_query_set(found: Mapping[str, str]) -> dict[str, list[str]]:
    """Languages by the set of their queries.

    >>> by_query_set({"ha": "afriqa-dev", "de": "xquad", "zu": "afriqa-dev"})
    {'afriqa-dev': ['ha', 'zu'], 'xquad': ['de']}
    """
    sets: dict[str, list[str]] = {}
    for language, name in found.items():
        sets.setdefault(name, []).append(language)
    return sets


def judged_pool(query_set: str, languages: Iterable[str]) -> str:
    """The name of the pool that a set judges for some languages: with others it is another one.

    >>> judged_pool("afriqa-dev", ["zu", "ha"])
    'afriqa-dev-ha-zu'
    """
    return "-".join([query_set, *sorted(languages)])
