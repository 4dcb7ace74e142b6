"""Adversarial training: embeddings that do not tell their language."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch, masked_mean


class LanguageDiscriminator(nn.Module):
    """Guess a token's language from its embedding: English, or one of the student's languages.

    Args:
        dim: of token embeddings.
        languages: how many the student has.
        hidden: units of its only layer.

    Returns for ``(..., dim)`` embeddings ``(..., 1 + languages)`` logits, English first.
    """

    def __init__(self, dim: int, languages: int, *, hidden: int = 128):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(dim, hidden), nn.ReLU(), nn.Linear(hidden, 1 + languages)
        )

    def forward(self, embeddings: Tensor) -> Tensor:
        """Return logits."""
        return self.layers(embeddings)


class LanguageConfusion(nn.Module):
    r"""Cross entropy of a language discriminator, whose gradient reaches the student reversed.

    With D the discriminator's probabilities, ℓ the foreign sentence's language and R the identity
    whose gradient is multiplied by -1,

    .. math:: L = -\frac{1}{2|B|} \sum_{b \in B} \Bigl( \frac{1}{m_b} \sum_i
        \log D_{\ell_b}(R(s_i)) + \frac{1}{n_b} \sum_j \log D_{English}(t_j) \Bigr)

    so that the discriminator learns to tell languages and the student not to be told (Ganin and
    Lempitsky, "Unsupervised Domain Adaptation by Backpropagation", ICML 2015, equations 4 to 6).

    Args:
        discriminator: has weights of its own; to be in checkpoints, they must be part of the
            student while it is trained.

    Inputs:
        +------------------------------------------+------------------------------------+
        | Reads of the batch                       | Value                              |
        +==========================================+====================================+
        | student, teacher, their masks, languages | scalar; log(1 + languages) if the  |
        |                                          | discriminator knows nothing        |
        +------------------------------------------+------------------------------------+

    >>> discriminator = LanguageDiscriminator(dim=2, languages=1)
    >>> _ = [nn.init.zeros_(weight) for weight in discriminator.parameters()]
    >>> tokens, real = torch.eye(2)[None], torch.ones(1, 2, dtype=torch.bool)
    >>> batch = TokenBatch(tokens, real, tokens, real, languages=torch.tensor([0]))
    >>> LanguageConfusion(discriminator)(batch).item()  # log 2
    0.6931...
    """

    def __init__(self, discriminator: LanguageDiscriminator):
        super().__init__()
        self.discriminator = discriminator

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean cross entropy, in nats."""
        student = self._entropy(
            _Reverse.apply(batch.student), batch.student_mask, 1 + batch.languages
        )
        english = torch.zeros_like(batch.languages)
        teacher = self._entropy(batch.teacher, batch.teacher_mask, english)
        return (student + teacher) / 2

    def _entropy(self, embeddings: Tensor, mask: Tensor, language: Tensor) -> Tensor:
        logits = self.discriminator(embeddings).transpose(1, 2)
        wanted = language[:, None].expand(mask.shape)
        entropy = nn.functional.cross_entropy(logits, wanted, reduction="none")
        return masked_mean(entropy, mask).mean()


class _Reverse(torch.autograd.Function):
    """The identity, with the opposite gradient."""

    @staticmethod
    def forward(context: Any, values: Tensor) -> Tensor:
        return values.view_as(values)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        return -gradient
