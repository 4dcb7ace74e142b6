"""The languages that a run can choose, and those that it has if none are chosen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optical_pt.collections.irds_views import miracl
from optical_pt.errors import InputError

#: Of the dev split's languages, those that the data have.
TYDIQA = ("fi", "id", "ru", "sw", "te")
MIRACL = frozenset(code for entry in miracl.ENTRIES for code, _ in entry.pairs)
#: Not Russian: with a thousand pairs its queries find nothing.
QUICK = ("yo", "fi")
FULL = ("sw", "yo", "ha", "ig", "zu", "ar", "fi", "hi", "ru", "zh")


def choose_languages(
    given: Sequence[str] | None, asked: Iterable[str], *, full: bool, with_miracl: bool
) -> list[str]:
    """The languages of a run.

    Args:
        given: By the user, if at all.
        asked: Languages of the passages' queries.
        full: Whether the default is for a full run.
        with_miracl: Whether MIRACL's languages may be chosen.

    Raises:
        InputError: on a language that no task has queries in.

    >>> choose_languages(None, ["yo"], full=False, with_miracl=False)
    ['yo', 'fi']
    >>> choose_languages(["th"], ["yo"], full=False, with_miracl=True)
    ['th']
    """
    chosen = list(dict.fromkeys(given or (FULL if full else QUICK)))
    known = {*asked, *TYDIQA, *(MIRACL if with_miracl else ())}
    for language in chosen:
        if language not in known:
            hint = ", or add --miracl" if language in MIRACL else ""
            raise InputError(
                f"--languages {language}: no queries; choose from {', '.join(sorted(known))}{hint}"
            )
    return chosen
