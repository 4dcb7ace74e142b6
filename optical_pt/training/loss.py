"""The OPTICAL distillation loss."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from sentence_transformers import MultiVectorEncoder
from torch import Tensor, nn

from optical_pt.ot import cosine_cost, entropic_plan


class OpticalLoss(nn.Module):
    """Transport cost between a teacher's English tokens and a student's foreign tokens.

    For a sentence pair, the cost matrix C holds cosine distances between token embeddings; the
    entropic transport plan P between uniform marginals over real tokens is a soft alignment,
    through which no gradient flows; the loss is the Frobenius inner product <P, C>, averaged over
    pairs (Huang, Yu and Allan, "Improving Cross-lingual Information Retrieval on Low-Resource
    Languages via Optimal Transport Distillation", WSDM 2023, section 3.2).

    Args:
        model: the student, whose query side is trained.
        teacher: the frozen teacher; its query side encodes the English sentences. It is no
            submodule: the optimizer and the checkpoints do not see it.
        reg: weight of the entropy, in units of cosine distance.
        iterations: of Sinkhorn's algorithm.

    Inputs:
        +--------------------+--------+
        | Columns            | Labels |
        +====================+========+
        | (foreign, english) | none   |
        +--------------------+--------+

        The foreign column is tokenized by the student and the english one by the teacher, see
        :func:`optical_pt.training.trainer.distillation_trainer`.

    Example::

        student = copy_query_side(teacher, pieces, embeddings)
        loss = OpticalLoss(student, teacher)
        trainer = distillation_trainer(student, teacher, pairs, "runs/ha", settings)
    """

    def __init__(
        self,
        model: MultiVectorEncoder,
        teacher: MultiVectorEncoder,
        *,
        reg: float = 0.05,
        iterations: int = 50,
    ):
        super().__init__()
        self.model = model
        self._teacher = [teacher.eval().requires_grad_(False)]
        self.reg = reg
        self.iterations = iterations

    def forward(
        self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None
    ) -> Tensor:
        """Return the mean transport cost of a batch, a scalar in [0, 2]."""
        foreign, english = (dict(features) for features in sentence_features)
        foreign.pop("task", None), english.pop("task", None)
        with torch.no_grad():
            target = self._teacher[0](english, task="query")
        source = self.model(foreign, task="query")
        with torch.autocast(source["token_embeddings"].device.type, enabled=False):
            cost = cosine_cost(
                source["token_embeddings"].float(), target["token_embeddings"].float()
            )
            solution = entropic_plan(
                cost.detach(),
                source["attention_mask"].bool(),
                target["attention_mask"].bool(),
                reg=self.reg,
                iterations=self.iterations,
            )
            return (solution.plan * cost).sum(dim=(1, 2)).mean()

    def get_config_dict(self) -> dict[str, Any]:
        """Settings for the model card."""
        return {"reg": self.reg, "iterations": self.iterations}

    @property
    def citation(self) -> str:
        """BibTeX of the paper, for the model card."""
        return """
@inproceedings{huang2023optical,
    title = "Improving Cross-lingual Information Retrieval on Low-Resource Languages via Optimal
             Transport Distillation",
    author = "Huang, Zhiqi and Yu, Puxuan and Allan, James",
    booktitle = "Proceedings of the Sixteenth ACM International Conference on Web Search and Data
                 Mining",
    year = "2023",
}
"""
