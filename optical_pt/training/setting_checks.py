"""Checks of the values that a training is set up with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from optical_pt.errors import InputError


def require_above_zero(settings: object, names: Iterable[str]) -> None:
    """Check attributes of settings that must be positive.

    Raises:
        InputError: at the first that is not, NaN included.

    >>> from types import SimpleNamespace
    >>> require_above_zero(SimpleNamespace(scale=0.0), ["scale"])
    Traceback (most recent call last):
    optical_pt.errors.InputError: scale 0.0: it must be above 0
    """
    for name in names:
        value = getattr(settings, name)
        if not value > 0:
            raise InputError(f"{name} {value}: it must be above 0")


def require_at_least(settings: object, least: Mapping[str, float]) -> None:
    """Check attributes of settings against the least value of each; None is not checked.

    Raises:
        InputError: at the first that is less, or NaN.

    >>> from types import SimpleNamespace
    >>> require_at_least(SimpleNamespace(layers=None, seed=-1), {"layers": 1, "seed": 0})
    Traceback (most recent call last):
    optical_pt.errors.InputError: seed -1: it must be at least 0
    """
    for name, bound in least.items():
        value = getattr(settings, name)
        if value is not None and not value >= bound:
            raise InputError(f"{name} {value}: it must be at least {bound}")


def require_one_of(name: str, value: str | None, known: Sequence[str]) -> None:
    """Check a choice among names.

    Raises:
        InputError: if it is none of them.

    >>> require_one_of("train", "some", ("embeddings", "all"))
    Traceback (most recent call last):
    optical_pt.errors.InputError: train 'some': choose one of embeddings, all
    """
    if value not in known:
        raise InputError(f"{name} {value!r}: choose one of {', '.join(known)}")


def refuse_unused(settings: object, users: Mapping[str, str]) -> None:
    """Check that settings that nothing uses have their defaults.

    Args:
        settings: A dataclass.
        users: What would use each setting that nothing uses.

    Raises:
        InputError: at the first that has another value.

    >>> from dataclasses import dataclass
    >>> @dataclass
    ... class Training:
    ...     rank: int = 8
    >>> refuse_unused(Training(), {"rank": "adapters"})
    >>> refuse_unused(Training(rank=4), {"rank": "adapters"})
    Traceback (most recent call last):
    optical_pt.errors.InputError: rank 4: nothing uses it; it is for adapters
    """
    for setting in fields(settings):
        value = getattr(settings, setting.name)
        if setting.name in users and value != setting.default:
            raise InputError(
                f"{setting.name} {value}: nothing uses it; it is for {users[setting.name]}"
            )
