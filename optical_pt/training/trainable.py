"""Which weights of a student are trained, and how fast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import query_modules
from optical_pt.training.adapters import add_adapters, merge_adapters
from optical_pt.training.terms import DISCRIMINATOR

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.settings import TrainingSettings

#: An attribute of modules that come with random weights: they are trained in any case.
FRESH = "starts_fresh"


def choose_trainable(
    student: MultiVectorEncoder, settings: TrainingSettings, *, known: int = 0
) -> None:
    """Freeze what the settings do not train, and add the adapters that they ask for.

    Args:
        student: changed in place; :func:`finish` takes adapters away again.
        settings: ``train``, ``body_learning_rate``, ``layers`` and ``adapter_rank``.
        known: how many tokens of the student are its teacher's; ``"new-embeddings"`` trains the
            embeddings of the others.

    Raises:
        InputError: if there is nothing to train, or there are not as many layers.
    """
    layers = layers_of(_body(student))
    require_layers(len(layers), settings)
    words = _words(student)
    body = settings.train in ("all", "adapters") and settings.body_learning_rate != 0
    student.requires_grad_(body)
    if body and settings.train == "adapters":
        student.requires_grad_(False)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(settings.seed)
            for layer in layers[: settings.layers]:
                add_adapters(layer, settings.adapter_rank)
    elif body and settings.layers is not None:
        student.requires_grad_(False)
        _embedding_module(student).requires_grad_(True)
        layers[: settings.layers].requires_grad_(True)
    words.requires_grad_(True)
    for module in query_modules(student):
        if getattr(module, FRESH, False):
            module.requires_grad_(True)
    if settings.train == "new-embeddings":
        if known >= len(words):
            raise InputError("train 'new-embeddings': no words were added; choose 'embeddings'")
        words.register_hook(lambda gradient: _without_first(gradient, known))


def require_layers(count: int, settings: TrainingSettings) -> None:
    """Raise :class:`InputError` unless a student of so many layers has those to train."""
    if settings.layers is not None and settings.layers > count:
        raise InputError(f"layers {settings.layers}: the student has {count}; choose no more")


def finish(student: MultiVectorEncoder) -> None:
    """Take from a student what it needed for training only."""
    merge_adapters(student)
    body = _body(student)
    if hasattr(body, DISCRIMINATOR):
        delattr(body, DISCRIMINATOR)
    student.requires_grad_(True)


def body_pattern(student: MultiVectorEncoder) -> str:
    """A regular expression for the names of the body's weights in the loss.

    The body is the student without its word embeddings and a discriminator.
    """
    words = _words(student)
    (name,) = (name for name, weight in student.named_parameters() if weight is words)
    return rf"^model\.(?!{re.escape(name)}$)(?!.*\b{DISCRIMINATOR}\b)"


def _words(student: MultiVectorEncoder) -> nn.Parameter:
    return _body(student).get_input_embeddings().weight


def layers_of(body: nn.Module) -> nn.ModuleList:
    """The layers of an encoder, from the bottom."""
    return next(
        (module for module in body.modules() if isinstance(module, nn.ModuleList)), nn.ModuleList()
    )


def _body(student: MultiVectorEncoder) -> nn.Module:
    return query_modules(student)[0].auto_model


def _embedding_module(student: MultiVectorEncoder) -> nn.Module:
    """What comes below the layers: embeddings of words and positions, and their normalisation."""
    body = _body(student)
    return getattr(body, "embeddings", body.get_input_embeddings())


def _without_first(gradient: Tensor, known: int) -> Tensor:
    gradient = gradient.clone()
    gradient[:known] = 0
    return gradient
