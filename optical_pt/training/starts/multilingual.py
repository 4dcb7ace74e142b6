"""A student that starts as a multilingual encoder."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.student import split_modules
from optical_pt.quiet import quiet_transformers
from optical_pt.training.trainable import FRESH, layers_of

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Transformer

    from optical_pt.training.bitext import SentencePair
    from optical_pt.training.start_settings import StartSettings


def start(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    settings: StartSettings,
    seed: int,
) -> MultiVectorEncoder:
    """Put a random linear projection to the teacher's width on a multilingual encoder.

    The encoder keeps its own tokenizer, WordPiece or SentencePiece, and gets the teacher's length
    of queries; prompts and query expansion of the teacher are in the teacher's tokens, so that
    the student has none.

    Raises:
        InputError: if there is no such encoder, or it has fewer layers than are to be kept.
    """
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Dense

    transformer = _load(settings, query_modules(teacher)[0].query_length)
    projection = Dense(
        transformer.get_embedding_dimension(),
        teacher.get_embedding_dimension(),
        bias=False,
        activation_function=None,
        module_input_name="token_embeddings",
    )
    setattr(projection, FRESH, True)
    _, others = split_modules(query_modules(teacher))
    return MultiVectorEncoder(
        modules=[transformer, projection, *copy.deepcopy(others)],
        prompts={**teacher.prompts, "query": ""},
        device=str(teacher.device),
    )


def count_layers(settings: StartSettings) -> int:
    """How many layers the student will have, by the encoder's configuration."""
    from transformers import AutoConfig

    with _reading(settings.encoder):
        config = AutoConfig.from_pretrained(settings.encoder)
    has = getattr(config, "num_hidden_layers", 0)
    wanted = settings.encoder_layers or has
    if not 1 <= wanted <= has:
        raise InputError(
            f"encoder_layers {wanted}: {settings.encoder} has {has}; choose no more than it has"
        )
    return wanted


def _load(settings: StartSettings, query_length: int | None) -> Transformer:
    import torch
    from sentence_transformers.base.modules import Transformer

    count = count_layers(settings)
    with _reading(settings.encoder), quiet_transformers():
        transformer = Transformer(
            settings.encoder, query_length=query_length, model_kwargs={"dtype": torch.float32}
        )
    body = transformer.auto_model
    # No token embedding passes through it, and gradients do not reach it.
    if getattr(body, "pooler", None) is not None:
        body.pooler = None
    del layers_of(body)[count:]
    body.config.num_hidden_layers = count
    if getattr(body.config, "layer_types", None):
        body.config.layer_types = body.config.layer_types[:count]
    return transformer


@contextmanager
def _reading(name: str | None) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            f"encoder {name}: cannot be loaded ({type(error).__name__}: {reason}); give the "
            "directory or the hub name of an encoder with its tokenizer"
        ) from error
