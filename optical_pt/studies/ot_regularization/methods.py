"""The strategies that are compared, the untrained start and the ceiling."""

from __future__ import annotations

from collections.abc import Sequence

from optical_pt.errors import InputError
from optical_pt.ot import parse_strategy
from optical_pt.ot.strategy import STRATEGIES
from optical_pt.studies.students import Recipe
from optical_pt.training.settings import TrainingSettings

BASELINE = "entropic"
START = "start, untrained"
CEILING = "human English >> teacher"


def make_recipes(strategies: Sequence[str] | None, epochs: float) -> dict[str, Recipe]:
    """A recipe a strategy, all the same but for the transport, and that of the untrained start.

    Args:
        strategies: As :func:`~optical_pt.ot.parse_strategy` reads them; None is every one with its
            default settings. A method is called as it is written.
        epochs: Of training.

    Raises:
        InputError: on an unknown strategy, one that comes twice, or none to test against.

    >>> list(make_recipes(["entropic", "ipot:beta=1"], 1))
    ['entropic', 'ipot:beta=1', 'start, untrained']
    """
    names = list(STRATEGIES) if strategies is None else list(strategies)
    if BASELINE not in names:
        raise InputError(f"--strategies: {BASELINE!r}, as it is, must be among them: the baseline")
    seen: dict[str, str] = {}
    for name in names:
        strategy = str(parse_strategy(name))
        if strategy in seen:
            raise InputError(f"--strategies: {seen[strategy]} and {name} are the same; drop one")
        seen[strategy] = name
    recipes = {
        name: Recipe(name, TrainingSettings(transport=name, epochs=epochs)) for name in names
    }
    return {**recipes, START: Recipe(START, TrainingSettings(epochs=0))}
