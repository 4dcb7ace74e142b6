"""How a teacher is tuned."""

from __future__ import annotations

from dataclasses import dataclass

from optical_pt.training.setting_checks import require_above_zero, require_at_least

POSITIVE = ("learning_rate", "scale", "epochs")
LEAST = {
    "dim": 1,
    "mini_batch": 1,
    "batch_size": 2,
    "accumulate": 1,
    "hold_out": 1,
    "evaluate_steps": 1,
    "patience": 0,
    "save_steps": 1,
    "seed": 0,
}


@dataclass(frozen=True)
class TeacherSettings:
    """How a teacher is tuned; all of it decides the weights that come out.

    Attributes:
        dim: width of a linear projection that is learnt with it; None has none. It starts as the
            directions in which the teacher's token embeddings are longest.
        scale: MaxSim scores, sums over the query's tokens, are multiplied by it before the softmax.
        learning_rate: peak, after a linear warm-up over a tenth of the steps; it falls linearly.
        epochs: passes over the questions.
        batch_size: questions in a batch; the passages of the others are negatives.
        mini_batch: encode so many texts at a time, with gradients cached, so that a large batch
            fits into memory; None encodes a batch at once.
        accumulate: batches in a step; they do not share negatives.
        bf16: bf16 autocast.
        hold_out: questions that are kept from training to select the weights, and as many others
            to tell what was won.
        evaluate_steps: steps from one selection to the next; there is one before the first.
        patience: selections without a better score until training stops; 0 goes on to the end.
        save_steps: steps from one checkpoint to the next.
        seed: of the questions held out, of order and of dropout.

    Raises:
        InputError: if a value cannot be trained with.
    """

    dim: int | None = None
    scale: float = 1.0
    learning_rate: float = 2e-5
    epochs: float = 1
    batch_size: int = 32
    mini_batch: int | None = None
    accumulate: int = 1
    bf16: bool = True
    hold_out: int = 200
    evaluate_steps: int = 50
    patience: int = 0
    save_steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        require_above_zero(self, POSITIVE)
        require_at_least(self, LEAST)
