"""A sentence should find its own translation in the batch."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch
from optical_pt.training.losses.scores import maxsim_matrix


class Contrastive(nn.Module):
    r"""InfoNCE over the English sentences of the batch, by MaxSim divided by the query's length.

    .. math:: L = -\frac{1}{|B|} \sum_{b \in B} \log
        \frac{\exp(S_{bb} / \tau)}{\sum_{c \in B} \exp(S_{bc} / \tau)}

    (van den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding",
    2018, equation 4, with the scores of Khattab and Zaharia, "ColBERT", SIGIR 2020). Where the
    English sentence of another pair is the same, that pair is no negative.

    Args:
        temperature: τ.

    Inputs:
        +-------------------------------+-------------------------------------------+
        | Reads of the batch            | Value                                     |
        +===============================+===========================================+
        | student, teacher, their masks | scalar, at least 0; log(batch) by chance  |
        +-------------------------------+-------------------------------------------+
        | teacher_ids                   | if given, equal sentences are known by it |
        +-------------------------------+-------------------------------------------+

    >>> tokens, real = torch.eye(2)[:, None], torch.ones(2, 1, dtype=torch.bool)
    >>> Contrastive(1.0)(TokenBatch(tokens, real, tokens, real))  # log(1 + exp(-1))
    tensor(0.3133)
    """

    def __init__(self, temperature: float = 0.05):
        super().__init__()
        self.temperature = temperature

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean cross entropy, in nats."""
        english = batch.teacher, batch.teacher_mask
        scores = maxsim_matrix(batch.student, batch.student_mask, *english) / self.temperature
        own = torch.arange(len(scores), device=scores.device)
        if batch.teacher_ids is not None:
            ids = batch.teacher_ids
            same = (ids[:, None, :] == ids[None, :, :]).all(dim=2)
            same[own, own] = False
            scores = scores.masked_fill(same, -torch.inf)
        return nn.functional.cross_entropy(scores, own)
