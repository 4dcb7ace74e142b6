"""MaxSim scores inside a batch, and distillation of the teacher's."""

from __future__ import annotations

from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch, masked_mean


def maxsim_matrix(
    queries: Tensor, query_mask: Tensor, documents: Tensor, document_mask: Tensor
) -> Tensor:
    """Score every query with every document by MaxSim, divided by the query's length.

    Args:
        queries: ``(q, m, dim)`` floats.
        query_mask: ``(q, m)`` booleans.
        documents: ``(d, n, dim)`` floats.
        document_mask: ``(d, n)`` booleans.

    Returns:
        ``(q, d)`` scores; 0 where a side has no token.

    >>> import torch
    >>> real = torch.ones(1, 2, dtype=torch.bool)
    >>> maxsim_matrix(torch.eye(2)[None], real, torch.tensor([[[1.0, 0.0], [0.5, 0.5]]]), real)
    tensor([[0.7500]])
    """
    (q, m, dim), (d, n, _) = queries.shape, documents.shape
    similarity = (queries.reshape(q * m, dim) @ documents.reshape(d * n, dim).T).view(q, m, d, n)
    best = similarity.masked_fill(~document_mask, -float("inf")).amax(dim=3)
    best = best.masked_fill(~document_mask.any(dim=1), 0)
    return masked_mean(best, query_mask)


class ScoreDistillation(nn.Module):
    r"""Divergence of the student's ranking of the batch's English sentences from the teacher's.

    With S the MaxSim scores, divided by the query's length, of queries with the English sentences
    of the batch, and p their softmax at temperature τ,

    .. math:: L = \frac{1}{|B|} \sum_{b \in B} \mathrm{KL}\bigl(p(S^{teacher}_b / \tau) \,\|\,
        p(S^{student}_b / \tau)\bigr)

    where the teacher asks with the English sentence and the student with its translation (the
    score distillation of Li et al., "Learning Cross-Lingual IR from an English Retriever", NAACL
    2022, over in-batch passages).

    Args:
        temperature: τ.

    Inputs:
        +-------------------------------+----------------------+
        | Reads of the batch            | Value                |
        +===============================+======================+
        | student, teacher, their masks | scalar, at least 0   |
        +-------------------------------+----------------------+

    >>> import torch
    >>> english, real = torch.eye(2)[:, None], torch.ones(2, 1, dtype=torch.bool)
    >>> ScoreDistillation(1.0)(TokenBatch(english, real, english, real))
    tensor(0.)
    """

    def __init__(self, temperature: float = 0.05):
        super().__init__()
        self.temperature = temperature

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean divergence, in nats."""
        english = batch.teacher, batch.teacher_mask
        wanted = maxsim_matrix(*english, *english) / self.temperature
        scores = maxsim_matrix(batch.student, batch.student_mask, *english) / self.temperature
        return nn.functional.kl_div(
            scores.log_softmax(dim=1),
            wanted.log_softmax(dim=1),
            reduction="batchmean",
            log_target=True,
        )
