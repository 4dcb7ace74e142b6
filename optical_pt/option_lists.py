"""Types of command-line options that hold lists, such as ``--languages ha,de``."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from collections.abc import Iterable


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
    found = text.split(",")
    if not all(word.strip().isdecimal() and int(word) for word in found):
        raise ArgumentTypeError(f"{text!r}: give numbers of 1 or more, such as 500,1000")
    return [int(word) for word in found]


def numbers(text: str) -> list[float]:
    """Finite numbers.

    >>> numbers("0,0.5")
    [0.0, 0.5]

    Raises:
        argparse.ArgumentTypeError: if there is none, or another word.
    """
    try:
        found = [float(word) for word in text.split(",")]
    except ValueError:
        found = [math.nan]
    if not all(map(math.isfinite, found)):
        raise ArgumentTypeError(f"{text!r}: give numbers, such as 0,0.5,1")
    return found


def positive_numbers(text: str) -> list[float]:
    """Finite numbers above 0.

    >>> positive_numbers("0.01,1")
    [0.01, 1.0]

    Raises:
        argparse.ArgumentTypeError: if there is none, or another word.
    """
    try:
        found = numbers(text)
    except ArgumentTypeError:
        found = [0.0]
    if min(found) <= 0:
        raise ArgumentTypeError(f"{text!r}: give numbers above 0, such as 0.01,0.05,1")
    return found


def joined(values: Iterable[float]) -> str:
    """Numbers as they are typed, for the help of an option.

    >>> joined([0.05, 1.0, 300])
    '0.05,1,300'
    """
    return ",".join(f"{value:g}" for value in values)
