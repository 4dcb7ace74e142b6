"""The OPTICAL loss: transport cost between two sentences' tokens."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from optical_pt.ot import Entropic, IdfWeights, Strategy, attention_weights, cosine_cost
from optical_pt.training.losses.batch import TokenBatch

# From a batch and its costs to the masses of the student's and of the teacher's tokens.
Marginals = Callable[[TokenBatch, Tensor], tuple[Tensor, Tensor]]


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
        marginals: masses of tokens, see :class:`IdfMarginals` and :func:`attention_marginals`;
            None is uniform.

    Inputs:
        +------------------------------------+---------------------------------+
        | Reads of the batch                 | Value                           |
        +====================================+=================================+
        | student, teacher, their masks      | scalar in [0, 2]                |
        +------------------------------------+---------------------------------+
        | student_ids, teacher_ids           | if the marginals do             |
        +------------------------------------+---------------------------------+

    >>> import torch
    >>> tokens, real = torch.eye(2)[None], torch.ones(1, 2, dtype=torch.bool)
    >>> batch = TokenBatch(tokens, real, tokens.flip(1), real)
    >>> TransportCost(Entropic(reg=0.5))(batch)  # exp(-2) / (1 + exp(-2))
    tensor(0.1192)
    """

    def __init__(self, strategy: Strategy | None = None, marginals: Marginals | None = None):
        super().__init__()
        self.strategy = strategy or Entropic()
        self.marginals = marginals

    def forward(self, batch: TokenBatch) -> Tensor:
        """Return the mean transport cost."""
        cost = cosine_cost(batch.student, batch.teacher)
        constant = cost.detach()
        weights = self.marginals(batch, constant) if self.marginals else (None, None)
        plan = self.strategy(constant, batch.student_mask, batch.teacher_mask, *weights).plan
        return (plan * cost).sum(dim=(1, 2)).mean()


class IdfMarginals:
    """Masses in proportion to inverse document frequency, see :class:`optical_pt.ot.IdfWeights`.

    Args:
        student: of the foreign sentences' tokens.
        teacher: of the English sentences' tokens.
    """

    def __init__(self, student: IdfWeights, teacher: IdfWeights):
        self.student = student
        self.teacher = teacher

    def __call__(self, batch: TokenBatch, cost: Tensor) -> tuple[Tensor, Tensor]:
        """Weigh both sides of a batch."""
        return (
            self.student(batch.student_ids, batch.student_mask),
            self.teacher(batch.teacher_ids, batch.teacher_mask),
        )


def attention_marginals(batch: TokenBatch, cost: Tensor) -> tuple[Tensor, Tensor]:
    """Masses by the other side's attention, see :func:`optical_pt.ot.attention_weights`."""
    masks = batch.student_mask, batch.teacher_mask
    student = attention_weights(1 - cost, *masks)
    teacher = attention_weights(1 - cost.transpose(1, 2), *reversed(masks))
    return student, teacher
