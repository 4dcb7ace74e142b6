"""Greedy token alignment, the rival of transport."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from optical_pt.ot import cosine_cost
from optical_pt.training.losses.batch import TokenBatch, masked_mean


class GreedyAlignment(nn.Module):
    r"""Squared distance of each foreign token to the English token that greedy matching gives it.

    The two closest tokens of a pair (by cosine) are matched and taken out, then the next two, and
    so on; with a the resulting map from student to teacher tokens,

    .. math:: L = \frac{1}{|B|} \sum_{b \in B} \frac{1}{m_b} \sum_i \lVert s_i - t_{a(i)} \rVert^2

    (Li, Franz, Sultan, Iyer, Lee and Sil, "Learning Cross-Lingual IR from an English Retriever"
    (DR.DECR), NAACL 2022, section 3.1). There both sides are padded to one length; here the
    student's tokens that are left over when English has none left take the closest English token.

    Inputs:
        +-------------------------------+----------------------+
        | Reads of the batch            | Value                |
        +===============================+======================+
        | student, teacher, their masks | scalar, at least 0   |
        +-------------------------------+----------------------+

    >>> student = torch.tensor([[[1.0, 0.0], [0.6, 0.8]]])
    >>> teacher = torch.tensor([[[0.0, 1.0], [1.0, 0.0]]])
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> GreedyAlignment()(TokenBatch(student, real, teacher, real))  # (0 + 0.36 + 0.04) / 2
    tensor(0.2000)
    """

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean squared distance of matched tokens."""
        cost = cosine_cost(batch.student.detach(), batch.teacher)
        match = greedy_match(cost, batch.student_mask, batch.teacher_mask)
        wanted = batch.teacher.gather(1, match[:, :, None].expand_as(batch.student))
        both = batch.student_mask & batch.teacher_mask.any(dim=1)[:, None]
        return masked_mean((batch.student - wanted).square().sum(dim=2), both).mean()


@torch.no_grad()
def greedy_match(cost: Tensor, source_mask: Tensor, target_mask: Tensor) -> Tensor:
    """Match source with target tokens one to one, the cheapest first; those left over, to the best.

    Args:
        cost: ``(batch, m, n)`` floats.
        source_mask: ``(batch, m)`` booleans.
        target_mask: ``(batch, n)`` booleans.

    Returns:
        ``(batch, m)`` positions of target tokens; arbitrary on padding.

    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> greedy_match(torch.tensor([[[0.1, 0.2], [0.0, 0.9]]]), real, real)
    tensor([[1, 0]])
    """
    pairs, _, n = cost.shape
    real = source_mask[:, :, None] & target_mask[:, None, :]
    cost = torch.where(real, cost, torch.inf)
    match = cost.argmin(dim=2)
    rows = torch.arange(pairs, device=cost.device)
    left = cost.clone()
    for _ in range(min(cost.shape[1:])):
        cheapest, position = left.flatten(1).min(dim=1)
        source, target = position // n, position % n
        found = cheapest.isfinite()
        match[rows, source] = torch.where(found, target, match[rows, source])
        left[rows, source, :] = torch.inf
        left[rows, :, target] = torch.inf
    return match
