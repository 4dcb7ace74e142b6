"""Score alignments against gold links in the Pharaoh format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from optical_pt.errors import InputError
from optical_pt.ot.links import Links

_LINK = re.compile(r"(\d+)([-p])(\d+)")


@dataclass(frozen=True)
class GoldLinks:
    """What an annotator linked in one sentence pair.

    Attributes:
        sure: links that must be found.
        possible: links that may be found, the sure ones among them.
    """

    sure: frozenset[tuple[int, int]]
    possible: frozenset[tuple[int, int]]

    @classmethod
    def parse(cls, line: str, *, first: int = 0) -> GoldLinks:
        """Read ``i-j`` (sure) and ``ipj`` (possible) links of words i and j, parted by spaces.

        Args:
            line: a line of a Pharaoh file; an empty one has no link.
            first: the number that the file gives to the first word, 0 or 1.

        Raises:
            InputError: if a link cannot be read; it names the link.

        >>> gold = GoldLinks.parse("0-0 1p2")
        >>> sorted(gold.sure), sorted(gold.possible)
        ([(0, 0)], [(0, 0), (1, 2)])
        """
        sure, possible = set(), set()
        for text in line.split():
            match = _LINK.fullmatch(text)
            if match is None:
                raise InputError(
                    f"link {text!r} is neither sure, as 0-1, nor possible, as 0p1: correct it"
                )
            link = (int(match[1]) - first, int(match[3]) - first)
            if min(link) < 0:
                raise InputError(f"link {text!r} names a word before the first, {first}")
            possible.add(link)
            if match[2] == "-":
                sure.add(link)
        return cls(frozenset(sure), frozenset(possible))


@dataclass(frozen=True)
class AlignmentScore:
    """Agreement of links with gold links, summed over sentence pairs; all in [0, 1].

    Attributes:
        precision: share of the links found that are possible.
        recall: share of the sure links that are found.
        f1: harmonic mean of the two.
        aer: alignment error rate, less is better.
    """

    precision: float
    recall: float
    f1: float
    aer: float


def score_links(found: Sequence[Links], gold: Sequence[GoldLinks]) -> AlignmentScore:
    """Compare links with gold links, pair by pair of sentences.

    With links A, sure links S and possible links P, precision is ``|A & P| / |A|``, recall
    ``|A & S| / |S|`` and ``AER = 1 - (|A & S| + |A & P|) / (|A| + |S|)`` (Och and Ney, "A
    Systematic Comparison of Various Statistical Alignment Models", Computational Linguistics 2003,
    section 6). A share of nothing is 1.

    Raises:
        InputError: if there are not as many gold lines as sentence pairs.

    >>> score_links([{(0, 0), (1, 1)}], [GoldLinks.parse("0-0 1p1 2-2")])
    AlignmentScore(precision=1.0, recall=0.5, f1=0.6666666666666666, aer=0.25)
    """
    if len(found) != len(gold):
        raise InputError(f"{len(found)} sentence pairs have {len(gold)} lines of gold links")
    links = sum(map(len, found))
    sure = sum(len(pair.sure) for pair in gold)
    right = sum(len(a & pair.possible) for a, pair in zip(found, gold, strict=True))
    recalled = sum(len(a & pair.sure) for a, pair in zip(found, gold, strict=True))
    precision, recall = _share(right, links), _share(recalled, sure)
    return AlignmentScore(
        precision,
        recall,
        f1=2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        aer=1 - _share(recalled + right, links + sure),
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0
