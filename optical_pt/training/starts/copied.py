"""A student that starts as a copy of its teacher."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.models.student import copy_query_side

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.bitext import SentencePair
    from optical_pt.training.start_settings import StartSettings


def start(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    settings: StartSettings,
    seed: int,
) -> MultiVectorEncoder:
    """Copy the teacher's query side; words of the language are cut into English pieces."""
    return copy_query_side(teacher)
