"""Ways of transporting tokens, as values to hand to a loss or to name on a command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import ClassVar

import torch
from torch import Tensor

from optical_pt.errors import InputError
from optical_pt.ot.entropic import entropic_plan
from optical_pt.ot.exact import exact_plan
from optical_pt.ot.ipot import ipot_plan
from optical_pt.ot.partial import partial_plan
from optical_pt.ot.plan import TransportPlan
from optical_pt.ot.quadratic import quadratic_plan
from optical_pt.ot.unbalanced import unbalanced_plan


@dataclass(frozen=True)
class Strategy:
    """A transport solver with its settings; equal settings make equal strategies.

    ``str`` of a strategy is what :func:`parse_strategy` reads.
    """

    name: ClassVar[str]
    solver: ClassVar[Callable[..., TransportPlan]]

    def __post_init__(self) -> None:
        # The solver knows which settings it can use: let it solve nothing.
        nothing = torch.zeros(0, 1, dtype=torch.bool)
        self(torch.zeros(0, 1, 1), nothing, nothing)

    def __call__(
        self,
        cost: Tensor,
        source_mask: Tensor,
        target_mask: Tensor,
        source_weights: Tensor | None = None,
        target_weights: Tensor | None = None,
    ) -> TransportPlan:
        """Transport every source sentence's mass to its target sentence."""
        return type(self).solver(
            cost, source_mask, target_mask, source_weights, target_weights, **asdict(self)
        )

    def __str__(self) -> str:
        return f"{self.name}:" + ",".join(f"{k}={v}" for k, v in asdict(self).items())


@dataclass(frozen=True)
class Entropic(Strategy):
    """Sinkhorn's plans, see :func:`optical_pt.ot.entropic_plan`.

    >>> str(Entropic(reg=0.1))
    'entropic:reg=0.1,iterations=50,tolerance=1e-05'
    """

    name: ClassVar[str] = "entropic"
    solver = staticmethod(entropic_plan)

    reg: float = 0.05
    iterations: int = 50
    tolerance: float = 1e-5


@dataclass(frozen=True)
class Ipot(Strategy):
    """Proximal point plans, near to exact ones, see :func:`optical_pt.ot.ipot_plan`."""

    name: ClassVar[str] = "ipot"
    solver = staticmethod(ipot_plan)

    beta: float = 0.5
    iterations: int = 50
    tolerance: float = 1e-3


@dataclass(frozen=True)
class Unbalanced(Strategy):
    """Plans that leave mass where it is dear, see :func:`optical_pt.ot.unbalanced_plan`."""

    name: ClassVar[str] = "unbalanced"
    solver = staticmethod(unbalanced_plan)

    reg: float = 0.05
    penalty: float = 1.0
    iterations: int = 50
    tolerance: float = 1e-5


@dataclass(frozen=True)
class Partial(Strategy):
    """Plans of a given share of the mass, see :func:`optical_pt.ot.partial_plan`."""

    name: ClassVar[str] = "partial"
    solver = staticmethod(partial_plan)

    reg: float = 0.05
    mass: float = 0.8
    iterations: int = 100
    tolerance: float = 1e-4


@dataclass(frozen=True)
class Quadratic(Strategy):
    """Sparse plans, see :func:`optical_pt.ot.quadratic_plan`."""

    name: ClassVar[str] = "quadratic"
    solver = staticmethod(quadratic_plan)

    reg: float = 1.0
    iterations: int = 100
    tolerance: float = 1e-4


@dataclass(frozen=True)
class Exact(Strategy):
    """Exact plans, pair by pair, see :func:`optical_pt.ot.exact_plan`."""

    name: ClassVar[str] = "exact"
    solver = staticmethod(exact_plan)

    tolerance: float = 1e-6


STRATEGIES: dict[str, type[Strategy]] = {
    kind.name: kind for kind in (Entropic, Ipot, Unbalanced, Partial, Quadratic, Exact)
}


def parse_strategy(text: str) -> Strategy:
    """Read a strategy from ``name`` or ``name:setting=value,setting=value``.

    Raises:
        InputError: if the name, a setting or a value is not known or cannot be used.

    >>> parse_strategy("entropic:reg=0.1")
    Entropic(reg=0.1, iterations=50, tolerance=1e-05)
    """
    name, _, settings = text.partition(":")
    kind = STRATEGIES.get(name.strip())
    if kind is None:
        raise InputError(
            f"unknown transport strategy {name!r} in {text!r}: use one of {', '.join(STRATEGIES)}"
        )
    defaults = {field.name: field.default for field in fields(kind)}
    given: dict[str, float | int] = {}
    for setting in filter(None, (part.strip() for part in settings.split(","))):
        key, _, value = (part.strip() for part in setting.partition("="))
        if key not in defaults:
            raise InputError(
                f"{name} has no setting {key!r} in {text!r}: use {', '.join(defaults)}"
            )
        if key in given:
            raise InputError(f"setting {key!r} occurs twice in {text!r}: give it once")
        try:
            given[key] = type(defaults[key])(value)
        except ValueError:
            wanted = "a whole number" if isinstance(defaults[key], int) else "a number"
            raise InputError(f"{key}={value!r} in {text!r} is not {wanted}") from None
    try:
        return kind(**given)
    except InputError as error:
        raise InputError(f"transport strategy {text!r}: {error}") from None
