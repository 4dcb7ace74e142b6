"""Ragged batches of token embeddings for the losses, made without a model."""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import nn

from optical_pt.ot import Entropic
from optical_pt.training.losses import (
    DistillationLoss,
    LanguageDiscriminator,
    TokenBatch,
    TransportCost,
)

#: Numbers of tokens of each pair.
RAGGED = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=4)


class Given(nn.Module):
    """Stands where an encoder does; its token embeddings are what it is given."""

    def forward(self, features: dict, task: str) -> dict:
        assert task == "query"
        return features


def features(embeddings: torch.Tensor, lengths: list[int]) -> dict[str, torch.Tensor]:
    """What :class:`Given` gives: embeddings of sentences of these lengths."""
    mask = torch.arange(embeddings.shape[1])[None, :] < torch.tensor(lengths)[:, None]
    return {"token_embeddings": embeddings, "attention_mask": mask.long()}


def transport(student, teacher, **options):
    """The plain OPTICAL loss, as a function from features to its value."""
    loss = DistillationLoss(student, teacher, {"ot": TransportCost(Entropic(**options))})
    return lambda features: loss(features)["ot"]


def token_batch(student, student_lengths, teacher, teacher_lengths, **others) -> TokenBatch:
    """A batch of tokens of the student and of the teacher, with the length of each sentence."""
    source, target = features(student, student_lengths), features(teacher, teacher_lengths)
    masks = source["attention_mask"].bool(), target["attention_mask"].bool()
    return TokenBatch(student, masks[0], teacher, masks[1], **others)


def random_batch(seed: int, lengths, *, extra: int = 0, **others) -> TokenBatch:
    """Ragged unit vectors, with ``extra`` columns of padding that holds large numbers."""
    generator = torch.Generator().manual_seed(seed)
    sides = []
    for side in zip(*lengths, strict=True):
        tokens = torch.randn(len(side), max(1, *side) + extra, 5, generator=generator)
        tokens = nn.functional.normalize(tokens, dim=-1)
        for row, length in zip(tokens, side, strict=True):
            row[length:] = 7.0
        sides += [tokens, list(side)]
    return token_batch(*sides, **others)


def discriminator():
    torch.manual_seed(4)
    return LanguageDiscriminator(5, 2, hidden=3)
