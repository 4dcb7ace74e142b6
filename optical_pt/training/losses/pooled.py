"""Pooled vectors of a sentence and its translation, as make_multilingual compares them."""

from __future__ import annotations

from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch, masked_mean


class PooledMSE(nn.Module):
    r"""Squared distance between the mean token embeddings of a sentence and of its translation.

    .. math:: L = \frac{1}{|B|} \sum_{b \in B} \lVert \bar s_b - \bar t_b \rVert^2

    (Reimers and Gurevych, "Making Monolingual Sentence Embeddings Multilingual using Knowledge
    Distillation", EMNLP 2020, section 2, on the mean of the token embeddings that MaxSim scores.
    Its other half, the English sentence through the student, is left out: documents stay with the
    teacher.)

    Inputs:
        +-------------------------------+----------------------+
        | Reads of the batch            | Value                |
        +===============================+======================+
        | student, teacher, their masks | scalar, at least 0   |
        +-------------------------------+----------------------+

    >>> import torch
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> student = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    >>> PooledMSE()(TokenBatch(student, real, torch.zeros(1, 2, 2), real))  # |(1/2, 1/2)|²
    tensor(0.5000)
    """

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean squared distance."""
        student = masked_mean(batch.student, batch.student_mask)
        teacher = masked_mean(batch.teacher, batch.teacher_mask)
        return (student - teacher).square().sum(dim=1).mean()
