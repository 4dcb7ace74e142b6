"""Types of command-line options that hold lists, such as ``--languages ha,de``."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from typing import TypeVar

Number = TypeVar("Number", int, float)


def words(text: str) -> list[str]:
    """Names, separated by commas.

    >>> words("ha, de")
    ['ha', 'de']

    Raises:
        argparse.ArgumentTypeError: if there is none.
    """
    found = [word.strip() for word in text.split(",") if word.strip()]
    if not found:
        raise ArgumentTypeError(f"{text!r} names nothing; separate names by commas, such as a,b")
    return found


def counts(text: str) -> list[int]:
    """Whole numbers of 1 or more.

    >>> counts("500,1000")
    [500, 1000]

    Raises:
        argparse.ArgumentTypeError: if there is none, or another word.
    """
    return _each(text, int, lambda count: count >= 1, "numbers of 1 or more, such as 500,1000")


def numbers(text: str) -> list[float]:
    """Finite numbers.

    >>> numbers("0,0.5")
    [0.0, 0.5]

    Raises:
        argparse.ArgumentTypeError: if there is none, or another word.
    """
    return _each(text, float, math.isfinite, "numbers, such as 0,0.5,1")


def positive_numbers(text: str) -> list[float]:
    """Finite numbers above 0.

    >>> positive_numbers("0.01,1")
    [0.01, 1.0]

    Raises:
        argparse.ArgumentTypeError: if there is none, or another word.
    """
    return _each(
        text, float, lambda number: 0 < number < math.inf, "numbers above 0, such as 0.01,0.05,1"
    )


def joined(values: Iterable[float]) -> str:
    """Numbers as they are typed, for the help of an option.

    >>> joined([0.05, 1.0, 300])
    '0.05,1,300'
    """
    return ",".join(f"{value:g}" for value in values)


def _each(
    text: str, kind: Callable[[str], Number], fits: Callable[[Number], bool], wanted: str
) -> list[Number]:
    try:
        found = [kind(word) for word in text.split(",")]
    except ValueError:
        found = []
    if not found or not all(map(fits, found)):
        raise ArgumentTypeError(f"{text!r}: give {wanted}")
    return found
