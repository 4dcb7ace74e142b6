"""What is compared, and how queries are switched."""

from __future__ import annotations

from typing import NamedTuple

from optical_pt.studies.students import Recipe
from optical_pt.training.settings import TrainingSettings

OT = "OT"
START = "untrained start"
TRANSLATION = "lexical PSQ >> BM25"
TEACHER = "teacher"
CEILING = "human English"

LOSSES = {OT: "ot", "MSE": "mse", "contrastive": "contrastive"}
#: Of a query's words.
FULL_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
QUICK_SHARES = (0.0, 0.5, 1.0)


class Switching(NamedTuple):
    """A way to switch queries.

    Attributes:
        into: ``"english"`` switches foreign queries, ``"foreign"`` human English ones.
        by: ``"lexicon"`` or ``"alignment"``.
    """

    into: str
    by: str

    @property
    def task(self) -> str:
        """As tables call it."""
        direction = "X to English" if self.into == "english" else "English to X"
        return f"{direction}, {self.by}"


SWITCHINGS = tuple(
    Switching(into, by) for into in ("english", "foreign") for by in ("lexicon", "alignment")
)


def recipes(epochs: float) -> dict[str, Recipe]:
    """A recipe a student: the same but for the loss, and the start that they share, untrained."""
    made = {
        name: Recipe(name, TrainingSettings(loss={loss: 1.0}, epochs=epochs))
        for name, loss in LOSSES.items()
    }
    return {**made, START: Recipe(START, TrainingSettings(epochs=0))}
