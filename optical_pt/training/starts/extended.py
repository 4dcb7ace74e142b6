"""A student that starts as its teacher, with words of another language added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.models.student import copy_query_side
from optical_pt.training.vocabulary import new_vocabulary

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
    """Copy the teacher's query side and extend its vocabulary; English words keep their tokens."""
    vocabulary = new_vocabulary(
        teacher,
        pairs,
        size=settings.vocabulary,
        fragments=settings.fragments,
        embeddings=settings.new_embeddings,
        whole_names=settings.whole_names,
        diacritics=bool(settings.diacritics),
        seed=seed,
    )
    return copy_query_side(teacher, vocabulary.tokenizer, vocabulary.embeddings)
