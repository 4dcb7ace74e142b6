"""One loss for the trainer: encode a batch once, and sum weighted terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from optical_pt.training.losses.batch import TokenBatch
from optical_pt.training.losses.perturbation import Perturbed
from optical_pt.training.losses.transport import TransportCost

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder


class DistillationLoss(nn.Module):
    r"""A weighted sum of terms between a student's foreign and a teacher's English tokens.

    .. math:: \mathcal{L} = \sum_i \lambda_i \, \mathcal{L}_i(S, T)

    where :math:`S` are the student's embeddings of the foreign tokens of a batch and :math:`T` the
    teacher's of the English ones. With the transport cost alone, of weight 1, it is the objective
    of OPTICAL (Huang et al. 2023, https://arxiv.org/abs/2301.12566).

    Args:
        model: the student, whose query side is trained.
        teacher: the frozen teacher; its query side encodes the English sentences. It is no
            submodule: the optimizer and the checkpoints do not see it.
        terms: losses on a :class:`TokenBatch` by name; by default the transport cost of the
            OPTICAL paper.
        weights: of the terms, positive; 1 where none is given.

    Inputs:
        +--------------------+--------+
        | Columns            | Labels |
        +====================+========+
        | (foreign, english) | none   |
        +--------------------+--------+

        The foreign column is tokenized by the student and the english one by the teacher, see
        :func:`optical_pt.training.trainer.distillation_trainer`. Features of the english column
        that hold ``token_embeddings`` already, computed before, are not encoded again; those of
        the foreign one may hold ``languages``.

    Example, with embeddings in the place of a student's and a teacher's encoders:

    >>> class Encoder(nn.Module):
    ...     def forward(self, features, task):
    ...         return features
    >>> english = {"token_embeddings": torch.eye(4)[None, :3], "attention_mask": torch.ones(1, 3)}
    >>> order = {**english, "token_embeddings": english["token_embeddings"].flip(1)}
    >>> other = {**english, "token_embeddings": torch.eye(4)[None, 3:].repeat(1, 3, 1)}
    >>> loss = DistillationLoss(Encoder(), Encoder(), {"ot": TransportCost()}, {"ot": 0.5})
    >>> [round(loss([foreign, english])["ot"].item(), 2) for foreign in (order, other)]
    [0.0, 0.5]
    """

    def __init__(
        self,
        model: MultiVectorEncoder,
        teacher: MultiVectorEncoder,
        terms: Mapping[str, nn.Module] | None = None,
        weights: Mapping[str, float] | None = None,
    ):
        super().__init__()
        self.model = model
        self._teacher = [teacher.eval().requires_grad_(False)]
        self.terms = nn.ModuleDict({"ot": TransportCost()} if terms is None else terms)
        self.weights = {name: (weights or {}).get(name, 1.0) for name in self.terms}
        self._perturbs = any(isinstance(module, Perturbed) for module in self.terms.modules())

    def forward(
        self, sentence_features: Iterable[dict[str, Tensor]], labels: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return each term's value times its weight; the trainer sums them."""
        foreign, english = (dict(features) for features in sentence_features)
        languages = foreign.pop("languages", None)
        foreign.pop("task", None), english.pop("task", None)
        target = self._encode_english(english)
        words = _Words(self.model) if self._perturbs else None
        source = words.encode(foreign) if words else self.model(dict(foreign), task="query")
        with torch.autocast(source["token_embeddings"].device.type, enabled=False):
            batch = TokenBatch(
                student=source["token_embeddings"].float(),
                student_mask=source["attention_mask"].bool(),
                teacher=target["token_embeddings"].float(),
                teacher_mask=target["attention_mask"].bool(),
                student_ids=source.get("input_ids"),
                teacher_ids=target.get("input_ids"),
                languages=languages,
                words=words.read if words else None,
                encode=words.encoder(foreign) if words else None,
            )
            return {name: self.weights[name] * term(batch) for name, term in self.terms.items()}

    @torch.no_grad()
    def _encode_english(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        if "token_embeddings" in features:
            return features
        return self._teacher[0](features, task="query")

    def get_config_dict(self) -> dict[str, Any]:
        """The weights of the terms."""
        return dict(self.weights)


class _Words:
    """The word embeddings that a student reads, and the student with those moved."""

    def __init__(self, model: nn.Module):
        self.model = model
        self.student = getattr(model, "module", model)  # without data parallelism's wrapper
        device = self.student.device.type
        # The terms run without autocast, but the student's second pass should be as its first.
        self.autocast = torch.is_autocast_enabled(device), torch.get_autocast_dtype(device)
        self.read: Tensor | None = None

    def encode(self, features: dict[str, Tensor], shift: Tensor | None = None) -> dict[str, Tensor]:
        from optical_pt.models.fingerprint import query_modules

        def move(_: nn.Module, __: Any, words: Tensor) -> Tensor:
            if shift is not None:
                return words + shift.to(words.dtype)
            self.read = words if words.requires_grad else words.requires_grad_()
            return self.read

        enabled, dtype = self.autocast
        model = self.model if shift is None else self.student
        layer = query_modules(self.student)[0].auto_model.get_input_embeddings()
        hook = layer.register_forward_hook(move)
        try:
            with torch.autocast(self.student.device.type, dtype, enabled=enabled):
                return model(dict(features), task="query")
        finally:
            hook.remove()

    def encoder(self, features: dict[str, Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda shift: self.encode(features, shift)["token_embeddings"].float()
