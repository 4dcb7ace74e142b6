"""Where each language's queries on the English Wikipedia passages of the data come from."""

from __future__ import annotations

from collections.abc import Iterable

#: Query sets of ``passages``: native questions of AfriQA where there are any (Yoruba has a train
#: part only), else the professional translations of XQuAD.
QUERY_SETS = {
    **dict.fromkeys(("ha", "ig", "zu", "rw", "tw"), "afriqa-dev"),
    "yo": "afriqa-train",
    **dict.fromkeys(("hi", "tr", "de", "el", "vi", "es", "ru", "zh", "ar"), "xquad"),
}


def by_query_set(languages: Iterable[str]) -> dict[str, list[str]]:
    """Languages by the set of their queries.

    >>> by_query_set(["ha", "de", "zu"])
    {'afriqa-dev': ['ha', 'zu'], 'xquad': ['de']}
    """
    sets: dict[str, list[str]] = {}
    for language in languages:
        if language in QUERY_SETS:
            sets.setdefault(QUERY_SETS[language], []).append(language)
    return sets


def judged_pool(query_set: str, languages: Iterable[str]) -> str:
    """The name of the pool that a set judges for some languages: with others it is another one.

    >>> judged_pool("afriqa-dev", ["zu", "ha"])
    'afriqa-dev-ha-zu'
    """
    return "-".join([query_set, *sorted(languages)])
