"""The languages that a run can choose, and those that it has if none are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from optical_pt.collections.irds_views import miracl
from optical_pt.errors import InputError
from optical_pt.studies.passages import QUERY_SETS

#: Of the dev split's languages, those that the data have.
TYDIQA = ("fi", "id", "ru", "sw", "te")
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
    known = {*QUERY_SETS, *TYDIQA, *(MIRACL if with_miracl else ())}
    for language in chosen:
        if language not in known:
            hint = ", or add --miracl" if language in MIRACL else ""
            raise InputError(
                f"--languages {language}: no queries; choose from {', '.join(sorted(known))}{hint}"
            )
    return chosen
