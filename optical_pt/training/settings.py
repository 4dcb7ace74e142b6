"""How a student is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from optical_pt.errors import InputError
from optical_pt.training.setting_checks import (
    refuse_unused,
    require_above_zero,
    require_at_least,
    require_one_of,
)

LOSSES = ("ot", "mse", "greedy", "scores", "contrastive", "perturbed", "language")
MARGINALS = ("uniform", "idf", "attention")
TRAINABLE = ("embeddings", "new-embeddings", "adapters", "all")
POSITIVE = ("learning_rate", "score_temperature", "perturbation")
LEAST = {
    "anchor": 0,
    "layers": 1,
    "adapter_rank": 1,
    "body_learning_rate": 0,
    "body_start": 0,
    "epochs": 0,
    "batch_size": 1,
    "accumulate": 1,
    "temperature": 1,
    "max_length": 3,
    "hold_out": 0,
    "evaluate_steps": 1,
    "patience": 0,
    "save_steps": 1,
    "seed": 0,
}


@dataclass(frozen=True)
class TrainingSettings:
    """How a student is trained; all of it decides the weights that come out.

    Attributes:
        loss: weights of the losses, by name: ``ot`` (transport), ``mse`` (of pooled vectors),
            ``greedy`` (token alignment), ``scores`` (of the teacher, distilled), ``contrastive``,
            ``perturbed`` (transport under adversarial word embeddings), ``language`` (a
            discriminator to confuse). See :mod:`optical_pt.training.losses`.
        transport: how transport plans are found, see :func:`optical_pt.ot.parse_strategy`.
        marginals: masses of tokens in the plan: ``"uniform"``, ``"idf"`` over the bitext, or
            ``"attention"`` of the other sentence, see :mod:`optical_pt.ot.marginals`.
        score_temperature: of the softmax over MaxSim scores in ``scores`` and ``contrastive``.
        perturbation: size of the step in ``perturbed``, a share of the embeddings' norm.
        anchor: weight of the pull of word embeddings to their start; 0 leaves them free.
        train: ``"embeddings"`` trains the word embeddings alone, which is best with few pairs;
            ``"new-embeddings"`` those of added words; ``"adapters"`` also low-rank adapters of the
            layers; ``"all"`` every weight.
        layers: how many layers from the bottom ``adapters`` and ``all`` reach; None is all, and
            what is above them.
        adapter_rank: of the adapters.
        learning_rate: peak, after a linear warm-up over a tenth of the steps; it falls linearly.
        body_learning_rate: of all but word embeddings; None is ``learning_rate``, 0 freezes.
        body_start: share of the steps after which the body begins to learn.
        epochs: passes over the pairs. More are not better: with 9,900 Hausa pairs, students found
            less after 5 than after 2, though the loss fell on.
        batch_size: pairs in a batch, of one process.
        accumulate: batches in a step.
        temperature: of sampling languages: n pairs come in proportion to n^(1/temperature).
        max_length: tokens of a sentence that are read.
        store: whether the teacher's embeddings are computed once and kept in half precision,
            rather than in every step.
        bf16: bf16 autocast for the encoders (losses stay in float32).
        hold_out: pairs of each language kept from training; the weights that are best at finding
            their translations are released (by MRR, see
            :class:`~optical_pt.training.selection.HeldOutRetrieval`). 0 releases the last ones.
        select_on: a collection (``optical:NAME``, ``irds:ID`` or a folder) whose judged queries in
            the languages of the bitext select instead, see :mod:`optical_pt.training.select_on`.
        select_queries: its query sets, separated by commas; None is its default ones.
        select_measure: on them, by its ir-measures name.
        evaluate_steps: steps from one such test to the next; there is one before the first.
        patience: tests without a better score until training stops; 0 goes on to the end.
        save_steps: steps from one checkpoint to the next.
        seed: of initialisation and order.

    Raises:
        InputError: if a value cannot be trained with, or the losses and what is trained do not use
            it: that would be an experiment on nothing.
    """

    loss: Mapping[str, float] = field(default_factory=lambda: {"ot": 1.0})
    transport: str = "entropic:reg=0.05"
    marginals: str = "uniform"
    score_temperature: float = 0.05
    perturbation: float = 0.05
    anchor: float = 0.0
    train: str = "embeddings"
    layers: int | None = None
    adapter_rank: int = 8
    learning_rate: float = 1e-3
    body_learning_rate: float | None = None
    body_start: float = 0.0
    epochs: float = 2
    batch_size: int = 64
    accumulate: int = 1
    temperature: float = 1.0
    max_length: int = 96
    store: bool = True
    bf16: bool = True
    hold_out: int = 0
    select_on: str | None = None
    select_queries: str | None = None
    select_measure: str = "AP"
    evaluate_steps: int = 50
    patience: int = 0
    save_steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        from optical_pt.ot import parse_strategy

        _check_loss(self.loss)
        parse_strategy(self.transport)
        require_one_of("train", self.train, TRAINABLE)
        require_one_of("marginals", self.marginals, MARGINALS)
        require_above_zero(self, POSITIVE)
        require_at_least(self, LEAST)
        if not self.body_start < 1:
            raise InputError(f"body_start {self.body_start}: it must be below 1")
        self._check_selection()
        self._check_use()

    def _check_use(self) -> None:
        trains_body = self.train in ("adapters", "all")
        transports = not {"ot", "perturbed"}.isdisjoint(self.loss)
        scores = not {"scores", "contrastive"}.isdisjoint(self.loss)
        body, plans = "train 'adapters' or 'all'", "the losses ot and perturbed"
        uses = {
            "layers": (trains_body, body),
            "body_learning_rate": (trains_body, body),
            "body_start": (trains_body, body),
            "adapter_rank": (self.train == "adapters", "train 'adapters'"),
            "transport": (transports, plans),
            "marginals": (transports, plans),
            "perturbation": ("perturbed" in self.loss, "the loss perturbed"),
            "score_temperature": (scores, "the losses scores and contrastive"),
            "select_measure": (bool(self.select_on), "select_on"),
        }
        refuse_unused(self, {name: user for name, (is_used, user) in uses.items() if not is_used})

    def _check_selection(self) -> None:
        if self.select_on and self.hold_out:
            raise InputError(
                f"select_on {self.select_on}: hold_out selects on other data; leave one of them out"
            )
        if self.select_queries and not self.select_on:
            raise InputError(f"select_queries {self.select_queries}: name their collection, too")
        if self.patience and not (self.hold_out or self.select_on):
            raise InputError(
                f"patience {self.patience}: it needs held-out pairs; set hold_out, or select_on"
            )

    def facts(self) -> dict[str, Any]:
        """What decides the weights, as JSON values."""
        measure = self.select_measure if self.select_on else None
        return {**asdict(self), "select_measure": measure}

    @property
    def weights(self) -> dict[str, float]:
        """Weights of all losses, the anchor included."""
        return {**self.loss, **({"anchor": self.anchor} if self.anchor else {})}


def parse_losses(words: Sequence[str]) -> dict[str, float]:
    """Read ``NAME=WEIGHT`` words; a name alone has weight 1.

    Raises:
        InputError: if a weight is not a number, or a name comes twice.

    >>> parse_losses(["ot", "contrastive=0.1"])
    {'ot': 1.0, 'contrastive': 0.1}
    """
    weights: dict[str, float] = {}
    for word in words:
        name, equals, weight = word.partition("=")
        if name in weights:
            raise InputError(f"loss {word}: {name} is given twice; give it once")
        try:
            weights[name] = float(weight) if equals else 1.0
        except ValueError:
            raise InputError(f"loss {word}: write NAME=WEIGHT, such as contrastive=0.1") from None
    return weights


def _check_loss(loss: Mapping[str, float]) -> None:
    if not loss:
        raise InputError(f"loss: none is given; choose from {', '.join(LOSSES)}")
    for name, weight in loss.items():
        if name not in LOSSES:
            raise InputError(f"loss {name!r}: choose from {', '.join(LOSSES)}")
        if not (weight > 0 and math.isfinite(weight)):
            raise InputError(f"loss {name}={weight}: its weight must be above 0")
