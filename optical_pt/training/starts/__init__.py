"""Starting points of a student, one a module, all ``(teacher, pairs, settings, seed)`` alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.models.fingerprint import query_modules
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.starts import copied, extended, multilingual, own_vocabulary
from optical_pt.training.trainable import layers_of

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.bitext import SentencePair

__all__ = ["STARTS", "count_layers", "make_start"]

STARTS = {
    "copy": copied.start,
    "extended": extended.start,
    "new-vocabulary": own_vocabulary.start,
    "multilingual": multilingual.start,
}


def make_start(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    settings: StartSettings,
    *,
    seed: int,
) -> MultiVectorEncoder:
    """Make the student that training starts from, in float32 on the teacher's device.

    Args:
        teacher: the English model.
        pairs: the bitext that is trained on.
        settings: which starting point, and how it is made.
        seed: of all that is random.

    Raises:
        InputError: if the teacher's tokenizer cannot be extended, or there is no such encoder.
    """
    from transformers import set_seed

    set_seed(seed)
    # A teacher kept in half precision would have its student trained in it.
    return STARTS[settings.kind](teacher, pairs, settings, seed).float()


def count_layers(teacher: MultiVectorEncoder, settings: StartSettings) -> int:
    """How many layers the student will have; does not load it.

    Raises:
        InputError: if there is no such encoder, or it has fewer layers than are to be kept.
    """
    if settings.kind == "multilingual":
        return multilingual.count_layers(settings)
    return len(layers_of(query_modules(teacher)[0].auto_model))
