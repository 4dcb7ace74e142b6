"""Adversarial training: a loss where the student's word embeddings are moved the worst way."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch


class Perturbed(nn.Module):
    r"""Another loss after a small step of the word embeddings along its gradient.

    With w a sentence's word embeddings and g the gradient of the loss l in them,

    .. math:: L = l(w + r), \qquad r = \epsilon \lVert w \rVert \, g / \lVert g \rVert

    r held constant and both norms taken over the whole sentence (Miyato, Dai and Goodfellow,
    "Adversarial Training Methods for Semi-Supervised Text Classification", ICLR 2017, equation 5;
    instead of normalising the embeddings, the size is a share of their norm).

    Args:
        term: the loss.
        size: ε, such as 0.05.

    Inputs:
        +------------------------------------+-----------------------------------+
        | Reads of the batch                 | Value                             |
        +====================================+===================================+
        | words, encode, student_mask        | that of the loss where it is worse|
        +------------------------------------+-----------------------------------+
        | what the loss reads                |                                   |
        +------------------------------------+-----------------------------------+

    >>> from optical_pt.training.losses import PooledMSE
    >>> words = torch.ones(1, 1, 1, requires_grad=True)
    >>> real, english = torch.ones(1, 1, dtype=torch.bool), torch.zeros(1, 1, 1)
    >>> batch = TokenBatch(2 * words, real, english, real, words=words,
    ...                    encode=lambda shift: 2 * (words + shift))
    >>> Perturbed(PooledMSE(), size=0.5)(batch)  # (2 * 1.5)²
    tensor(9., grad_fn=<MeanBackward0>)
    """

    def __init__(self, term: nn.Module, size: float = 0.05):
        super().__init__()
        self.term = term
        self.size = size

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the loss after the step."""
        (gradient,) = torch.autograd.grad(self.term(batch), batch.words, retain_graph=True)
        direction = gradient.float() / _sentence_norm(gradient.float()).clamp(min=1e-30)
        words = batch.words.detach().float() * batch.student_mask[:, :, None]
        shift = self.size * _sentence_norm(words) * direction
        return self.term(replace(batch, student=batch.encode(shift)))


def _sentence_norm(vectors: Tensor) -> Tensor:
    """Norm over all tokens of each sentence, ``(batch, 1, 1)``."""
    return vectors.square().sum(dim=(1, 2), keepdim=True).sqrt()
