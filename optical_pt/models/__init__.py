"""Late-interaction models: teachers, and students of other languages."""

from optical_pt.models.late_interaction import LateInteraction
from optical_pt.models.minilm import MINILM, load_minilm

__all__ = ["MINILM", "LateInteraction", "load_minilm"]
