"""Where each language's queries on the Wikipedia pool come from."""

from __future__ import annotations

from collections.abc import Sequence

from optical_pt.errors import InputError

#: Query sets of ``passages``: native questions of AfriQA where there are any (Yoruba has a train
#: part only), else the professional translations of XQuAD.
QUERY_SETS = {
    **dict.fromkeys(("ha", "ig", "zu", "rw", "tw"), "afriqa-dev"),
    "yo": "afriqa-train",
    **dict.fromkeys(("hi", "tr", "de", "el", "vi", "es", "ru", "zh", "ar"), "xquad"),
}
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


def by_query_set(languages: Sequence[str]) -> dict[str, list[str]]:
    """Languages by the set of their queries.

    >>> by_query_set(["ha", "de", "zu"])
    {'afriqa-dev': ['ha', 'zu'], 'xquad': ['de']}
    """
    sets: dict[str, list[str]] = {}
    for language in languages:
        if language in QUERY_SETS:
            sets.setdefault(QUERY_SETS[language], []).append(language)
    return sets
