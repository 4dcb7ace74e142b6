"""Keep word embeddings near where they started."""

from __future__ import annotations

from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch, masked_mean


class Anchor(nn.Module):
    r"""Squared distance of the word embeddings that a batch reads to their start.

    With E the word embeddings, E⁰ their start and w the tokens of a sentence,

    .. math:: L = \frac{1}{|B|} \sum_{b \in B} \frac{1}{m_b} \sum_i
        \lVert E_{w_i} - E^0_{w_i} \rVert^2

    (L2-SP, Li, Grandvalet and Davoine, "Explicit Inductive Bias for Transfer Learning with
    Convolutional Networks", ICML 2018, equation 2, for the words that are read).

    Args:
        embeddings: ``(vocabulary, hidden size)`` weights; what they are now is the start.

    Inputs:
        +----------------------------+----------------------------+
        | Reads of the batch         | Value                      |
        +============================+============================+
        | student_ids, student_mask  | scalar, at least 0         |
        +----------------------------+----------------------------+

    >>> import torch
    >>> embeddings = nn.Parameter(torch.zeros(3, 2))
    >>> anchor = Anchor(embeddings)
    >>> with torch.no_grad():
    ...     _ = embeddings[1].fill_(2.0)
    >>> tokens, real = torch.zeros(1, 2, 2), torch.ones(1, 2, dtype=torch.bool)
    >>> anchor(TokenBatch(tokens, real, tokens, real, torch.tensor([[1, 2]]))).item()  # 8 / 2
    4.0
    """

    def __init__(self, embeddings: nn.Parameter):
        super().__init__()
        self.embeddings = embeddings
        self.register_buffer("start", embeddings.detach().clone(), persistent=False)

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean squared distance."""
        moved = self.embeddings[batch.student_ids] - self.start[batch.student_ids]
        return masked_mean(moved.square().sum(dim=2), batch.student_mask).mean()
