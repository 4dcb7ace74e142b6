"""Where each language's queries on the Wikipedia pool come from."""

from __future__ import annotations

from collections.abc import Sequence

from optical_pt.errors import InputError
from optical_pt.studies.passages import QUERY_SETS

#: Queries of languages that have none there: pairs that are kept from training, asking for their
#: English sentences among all English sentences kept.
HELD_OUT = ("sw", "so", "tl")
QUICK = ("ha", "de")
FULL = ("ha", "ig", "yo", "zu", "hi", "tr", "el", "vi", "de", "es", "ru", "zh")


def choose_languages(
    given: Sequence[str] | None, full: bool, *, also: Sequence[str] = ()
) -> list[str]:
    """The languages of a run.

    Args:
        given: By the user, if at all.
        full: Whether all are the default, or two.
        also: May be chosen, too, although the pool has no queries in them.

    Raises:
        InputError: on a language without queries.
    """
    chosen = list(dict.fromkeys(given or (FULL if full else QUICK)))
    for language in chosen:
        if language not in {*QUERY_SETS, *also}:
            raise InputError(
                f"--languages {language}: the pool has no queries; choose from "
                f"{', '.join(sorted({*QUERY_SETS, *also}))}"
            )
    return chosen
