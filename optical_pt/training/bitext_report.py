"""What is wrong with which lines of a bitext file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path

#: A sentence with more characters is several, or no sentence.
MAX_CHARACTERS = 1_000


class Problem(Enum):
    """What can be wrong with a line; the first three make it useless, the others doubtful."""

    COLUMNS = "without the 2 or 3 columns of a pair, left out"
    ENCODING = "that are not UTF-8, left out"
    EMPTY = "with an empty side, left out"
    MISALIGNED = "where short sentences stand beside long ones: are the sides misaligned?"
    SWAPPED = "with English on the other side: are the columns swapped?"
    ENGLISH_SCRIPT = "whose English is not in Latin letters"
    FOREIGN_SCRIPT = "whose foreign side is not in its language's script"
    LABEL = "with a side that many pairs have: is it a label and not a sentence?"
    IDENTICAL = "with identical sides"
    DUPLICATE = "that repeat a pair"
    LONG = f"with over {MAX_CHARACTERS:,} characters on a side"


class BitextReport:
    """Collects the problems of one file.

    >>> report = BitextReport("en-ha.tsv")
    >>> for line in (7, 12, 13, 14, 30, 41, 50, 62):
    ...     report.add(Problem.IDENTICAL, line)
    >>> print(*report.messages())
    en-ha.tsv: 8 lines with identical sides (7, 12-14, 30, 41, 50, …)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._lines: dict[Problem, list[int]] = {}

    def add(self, problem: Problem, line: int) -> None:
        """Note a problem of a line, which is counted from 1; lines in ascending order."""
        self._lines.setdefault(problem, []).append(line)

    def lines(self, problem: Problem) -> list[int]:
        """The lines with a problem."""
        return list(self._lines.get(problem, []))

    def __bool__(self) -> bool:
        """Whether there is any problem."""
        return bool(self._lines)

    def messages(self, ranges: int = 5) -> Iterator[str]:
        """A line of text for each problem, with the count and the first line numbers."""
        for problem in Problem:
            if lines := self._lines.get(problem):
                word = "line" if len(lines) == 1 else "lines"
                where = _ranges(lines)
                more = ", …" if len(where) > ranges else ""
                yield (
                    f"{self.path}: {len(lines):,} {word} {problem.value} "
                    f"({', '.join(where[:ranges])}{more})"
                )


def _ranges(lines: Sequence[int]) -> list[str]:
    spans: list[list[int]] = []
    for line in lines:
        if spans and line == spans[-1][1] + 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    return [str(first) if first == last else f"{first}-{last}" for first, last in spans]
