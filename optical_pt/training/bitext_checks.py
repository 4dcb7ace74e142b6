"""Pairs that can be read and yet are probably wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from optical_pt.language_codes import script_code
from optical_pt.training.bitext_report import MAX_CHARACTERS, BitextReport, Problem
from optical_pt.training.scripts import SCRIPTS, has_letters_of, lacks

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair

# Words that nearly every English sentence has one of and few other languages have.
_ENGLISH = frozenset(
    ("the", "of", "and", "with", "which", "this", "that", "from", "have", "they", "what", "where")
)

_LABEL = 50  # different translations that no sentence of published bitext has

_STRETCH = 100  # pairs whose lengths are compared together
_SPREAD = 0.3  # standard deviation of log lengths below which lengths say nothing
_CORRELATION = 0.4  # aligned stretches of published bitext have 0.6 and more


def check_pairs(
    numbered: Sequence[tuple[int, SentencePair]], language: str, report: BitextReport
) -> None:
    """Note the doubtful pairs of a file in its report; none is changed or left out.

    - Scripts: a side is doubtful if it has letters and none is of its language's script, which
      names and numbers in other scripts do not disturb. A language whose script is not known is
      not checked.
    - Swapped columns: each side is in the other's script, or the foreign side has two or more
      English function words and the English side has fewer.
    - Misaligned: translations have like lengths (Gale and Church 1993,
      https://aclanthology.org/J93-1004). In a stretch of 100 pairs whose lengths vary, the
      logarithms of the two sides' lengths correlate by less than 0.4. Stretches of sentences
      that are all of one length, as in files sorted by it, cannot be judged so.
    - Labels: a side that 50 or more different pairs share, such as the name of a source.
    - Identical sides, pairs that repeat an earlier one, and sides of over 1,000 characters.

    Args:
        numbered: The pairs with their line numbers, in file order.
        language: Of the foreign side.
        report: Takes the problems.
    """
    script = script_code(language)
    seen = set()
    for line, pair in numbered:
        for problem in _problems(pair, script if script in SCRIPTS else None):
            report.add(problem, line)
        texts = (pair.english, pair.foreign)
        if texts in seen:
            report.add(Problem.DUPLICATE, line)
        seen.add(texts)
    sides = Counter(text for texts in seen for text in set(texts))
    for line, pair in numbered:
        if max(sides[pair.english], sides[pair.foreign]) >= _LABEL:
            report.add(Problem.LABEL, line)
    for stretch in _misaligned_stretches([pair for _, pair in numbered]):
        for line, _ in numbered[stretch]:
            report.add(Problem.MISALIGNED, line)


def _problems(pair: SentencePair, script: str | None) -> Iterator[Problem]:
    english, foreign = pair.english, pair.foreign
    if _is_swapped(english, foreign, script):
        yield Problem.SWAPPED
    else:
        if lacks(english, "Latn"):
            yield Problem.ENGLISH_SCRIPT
        if script is not None and lacks(foreign, script):
            yield Problem.FOREIGN_SCRIPT
    if english == foreign:
        yield Problem.IDENTICAL
    if max(len(english), len(foreign)) > MAX_CHARACTERS:
        yield Problem.LONG


def _is_swapped(english: str, foreign: str, script: str | None) -> bool:
    if (
        script is not None
        and lacks(foreign, script)
        and lacks(english, "Latn")
        and has_letters_of(english, script)
    ):
        return True
    words = len(_ENGLISH & set(foreign.lower().split()))
    return words > 1 and words > len(_ENGLISH & set(english.lower().split()))


def _misaligned_stretches(pairs: Sequence[SentencePair]) -> Iterator[slice]:
    lengths = np.log([[len(pair.english), len(pair.foreign)] for pair in pairs])
    for start in range(0, len(pairs) - _STRETCH + 1, _STRETCH):
        stretch = slice(start, start + _STRETCH)
        english, foreign = lengths[stretch].T
        if (
            min(english.std(), foreign.std()) > _SPREAD
            and np.corrcoef(english, foreign)[0, 1] < _CORRELATION
        ):
            yield stretch
