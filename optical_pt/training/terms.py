"""The losses that settings ask for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import nn

from optical_pt.models.encoding import query_prompt
from optical_pt.models.fingerprint import query_modules
from optical_pt.ot import IdfWeights, parse_strategy
from optical_pt.training.losses import (
    Anchor,
    Contrastive,
    GreedyAlignment,
    IdfMarginals,
    LanguageConfusion,
    LanguageDiscriminator,
    Perturbed,
    PooledMSE,
    ScoreDistillation,
    TransportCost,
    attention_marginals,
)
from optical_pt.training.settings import TrainingSettings

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.bitext import SentencePair

DISCRIMINATOR = "language_discriminator"


def make_terms(
    settings: TrainingSettings,
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
) -> dict[str, nn.Module]:
    """Build the losses of ``settings.weights``, in its order.

    A language discriminator becomes a part of the student, so that checkpoints hold it, until
    :func:`optical_pt.training.trainable.finish`.
    """
    return {name: _term(name, settings, student, teacher, pairs) for name in settings.weights}


def _term(
    name: str,
    settings: TrainingSettings,
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
) -> nn.Module:
    if name == "mse":
        return PooledMSE()
    if name == "greedy":
        return GreedyAlignment()
    if name == "scores":
        return ScoreDistillation(settings.score_temperature)
    if name == "contrastive":
        return Contrastive(settings.score_temperature)
    if name == "language":
        return LanguageConfusion(_attach_discriminator(student, pairs, settings.seed))
    if name == "anchor":
        return Anchor(query_modules(student)[0].auto_model.get_input_embeddings().weight)
    transport = _transport(settings, student, teacher, pairs)
    return transport if name == "ot" else Perturbed(transport, settings.perturbation)


def _transport(
    settings: TrainingSettings,
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
) -> TransportCost:
    strategy = parse_strategy(settings.transport)
    if settings.marginals == "idf":
        foreign = _idf(student, [pair.foreign for pair in pairs])
        english = _idf(teacher, [pair.english for pair in pairs])
        return TransportCost(strategy, IdfMarginals(foreign, english))
    return TransportCost(
        strategy, attention_marginals if settings.marginals == "attention" else None
    )


def _idf(encoder: MultiVectorEncoder, sentences: Sequence[str]) -> IdfWeights:
    tokenizer, prompt = query_modules(encoder)[0].tokenizer, query_prompt(encoder) or ""
    # With the prompt, whose tokens would otherwise count as the rarest of all.
    texts = [prompt + sentence for sentence in sentences]
    encoded = tokenizer(texts, truncation=False, verbose=False)  # none goes through a model
    # A ColBERT's query expansion adds masks to every sentence; text has none.
    masks = [] if tokenizer.mask_token_id is None else [tokenizer.mask_token_id]
    return IdfWeights.learn([[*ids, *masks] for ids in encoded["input_ids"]], len(tokenizer))


def _attach_discriminator(
    student: MultiVectorEncoder, pairs: Sequence[SentencePair], seed: int
) -> LanguageDiscriminator:
    languages = len({pair.language for pair in pairs})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        discriminator = LanguageDiscriminator(student.get_embedding_dimension(), languages)
    setattr(query_modules(student)[0].auto_model, DISCRIMINATOR, discriminator.to(student.device))
    return discriminator
