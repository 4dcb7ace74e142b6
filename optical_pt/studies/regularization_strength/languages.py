"""Where each language's queries come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from optical_pt.collections.irds_views import miracl
from optical_pt.errors import InputError


class Sources(NamedTuple):
    """What can be asked in a language, offline.

    Attributes:
        passages: Query set on the English passages of ``passages``; ``""`` for none.
        tydiqa: Split of TyDi QA, questions on passages in the language itself; ``""`` for none.
    """

    passages: str = ""
    tydiqa: str = ""


#: MIRACL's languages first. Native questions where there are any (Yoruba has a train part only),
#: else XQuAD's professional translations, more than twice as many as MLQA's.
LANGUAGES = {
    "ar": Sources(passages="xquad"),
    "de": Sources(passages="xquad"),
    "es": Sources(passages="xquad"),
    "fi": Sources(tydiqa="dev"),
    "hi": Sources(passages="xquad"),
    "id": Sources(tydiqa="dev"),
    "ru": Sources(passages="xquad", tydiqa="dev"),
    "sw": Sources(tydiqa="dev"),
    "te": Sources(tydiqa="dev"),
    "yo": Sources(passages="afriqa-train"),
    "zh": Sources(passages="xquad"),
    # Not in MIRACL, where two languages are low-resource.
    "ha": Sources(passages="afriqa-dev"),
    "ig": Sources(passages="afriqa-dev"),
    "rw": Sources(passages="afriqa-dev"),
    "tw": Sources(passages="afriqa-dev"),
    "zu": Sources(passages="afriqa-dev"),
}
MIRACL = frozenset(code for entry in miracl.ENTRIES for code, _ in entry.pairs)
#: Not Russian: with a thousand pairs its queries find nothing.
QUICK = ("yo", "fi")
FULL = ("sw", "yo", "ha", "ig", "zu", "ar", "fi", "hi", "ru", "zh")


def choose_languages(given: Sequence[str] | None, *, full: bool, with_miracl: bool) -> list[str]:
    """The languages of a run.

    Raises:
        InputError: on a language that no task has queries in.

    >>> choose_languages(None, full=False, with_miracl=False)
    ['yo', 'fi']
    >>> choose_languages(["th"], full=False, with_miracl=True)
    ['th']
    """
    chosen = list(dict.fromkeys(given or (FULL if full else QUICK)))
    known = set(LANGUAGES) | (MIRACL if with_miracl else set())
    for language in chosen:
        if language not in known:
            hint = ", or add --miracl" if language in MIRACL else ""
            raise InputError(
                f"--languages {language}: no queries; choose from {', '.join(sorted(known))}{hint}"
            )
    return chosen


def by_query_set(languages: Sequence[str]) -> Mapping[str, list[str]]:
    """Languages by the set of their queries on English passages.

    >>> by_query_set(["ha", "sw", "de", "zu"])
    {'afriqa-dev': ['ha', 'zu'], 'xquad': ['de']}
    """
    sets: dict[str, list[str]] = {}
    for language in languages:
        if name := LANGUAGES.get(language, Sources()).passages:
            sets.setdefault(name, []).append(language)
    return sets
