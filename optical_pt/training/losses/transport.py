"""The OPTICAL loss: transport cost between two sentences' tokens."""

from __future__ import annotations

from torch import Tensor, nn

from optical_pt.ot import Entropic, Strategy, cosine_cost
from optical_pt.training.losses.batch import TokenBatch


class TransportCost(nn.Module):
    r"""Optimal transport between a student's foreign and a teacher's English tokens.

    For a sentence pair, the cost :math:`C_{ij} = 1 - \cos(s_i, t_j)`, and the plan P is the
    strategy's soft alignment between marginals over real tokens, through which no gradient flows:

    .. math:: L = \frac{1}{|B|} \sum_{b \in B} \langle P_b, C_b \rangle

    (Huang, Yu and Allan, "Improving Cross-lingual Information Retrieval on Low-Resource Languages
    via Optimal Transport Distillation", WSDM 2023, section 3.2; there the plan is entropic with
    uniform marginals, the defaults here).

    Args:
        strategy: how plans are found, see :func:`optical_pt.ot.parse_strategy`.
        student_weights: ``(student's vocabulary,)`` masses of tokens before they are normalised
            in a sentence, such as idf; None is uniform.
        teacher_weights: ``(teacher's vocabulary,)``, likewise.

    Inputs:
        +------------------------------------+---------------------------------+
        | Reads of the batch                 | Value                           |
        +====================================+=================================+
        | student, teacher, their masks      | scalar in [0, 2]                |
        +------------------------------------+---------------------------------+
        | student_ids, teacher_ids           | if there are weights            |
        +------------------------------------+---------------------------------+

    >>> import torch
    >>> tokens, real = torch.eye(2)[None], torch.ones(1, 2, dtype=torch.bool)
    >>> batch = TokenBatch(tokens, real, tokens.flip(1), real)
    >>> TransportCost(Entropic(reg=0.5))(batch)  # exp(-2) / (1 + exp(-2))
    tensor(0.1192)
    """

    def __init__(
        self,
        strategy: Strategy | None = None,
        student_weights: Tensor | None = None,
        teacher_weights: Tensor | None = None,
    ):
        super().__init__()
        self.strategy = strategy or Entropic()
        self.register_buffer("student_weights", student_weights, persistent=False)
        self.register_buffer("teacher_weights", teacher_weights, persistent=False)

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean transport cost."""
        cost = cosine_cost(batch.student, batch.teacher)
        plan = self.strategy(
            cost.detach(),
            batch.student_mask,
            batch.teacher_mask,
            None if self.student_weights is None else self.student_weights[batch.student_ids],
            None if self.teacher_weights is None else self.teacher_weights[batch.teacher_ids],
        ).plan
        return (plan * cost).sum(dim=(1, 2)).mean()
