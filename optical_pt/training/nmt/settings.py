"""The numbers that a training is made of."""

from __future__ import annotations

from dataclasses import dataclass, fields

from optical_pt.errors import InputError

MAY_BE_ZERO = {
    "dropout",
    "label_smoothing",
    "lexical_start",
    "guide_weight",
    "warmup_steps",
    "subword_alpha",
    "copy_share",
    "patience",
    "seed",
    "max_minutes",
}
#: What the weights can be kept by: scores of translations by sacrebleu, or the loss.
SELECT = ("chrf", "bleu", "loss")


@dataclass(frozen=True)
class NmtSettings:
    """Architecture and optimisation of a small translation model (Transformer, Marian's form).

    The defaults suit some ten thousand pairs per language and an hour of one CPU thread.

    Attributes:
        select: the weights are kept that have the highest chrF or BLEU (corpus scores of greedy
            translations of the development pairs, mean over the languages), or the lowest loss.
        patience: stop after so many evaluations without better ones; 0 never does. Equal scores are
            no better, such as chrF of 0 at the start.

    Raises:
        InputError: if a number is negative or, where that makes no sense, zero, or if the
            heads do not divide the width.

    >>> NmtSettings(heads=5)
    Traceback (most recent call last):
    optical_pt.errors.InputError: --heads 5: must divide --d-model 192
    """

    vocab_size: int = 5000
    d_model: int = 192
    ffn: int = 768
    heads: int = 3
    encoder_layers: int = 3
    decoder_layers: int = 2
    dropout: float = 0.1
    label_smoothing: float = 0.1
    lexical_start: bool = True
    guide_weight: float = 1.0
    epochs: float = 10.0
    batch_tokens: int = 1200
    learning_rate: float = 3e-3
    warmup_steps: int = 300
    evaluate_steps: int = 250
    subword_alpha: float = 0.3
    max_length: int = 64
    max_repeat: float = 1.5
    question_repeat: int = 2
    copy_share: float = 1.0
    dev_pairs: int = 60
    select: str = "chrf"
    patience: int = 0
    seed: int = 0
    max_minutes: float | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                continue
            least = 0 if field.name in MAY_BE_ZERO else 1e-9
            if value is not None and not value >= least:
                bound = "0 or more" if least == 0 else "more than 0"
                raise InputError(f"--{field.name.replace('_', '-')} {value}: must be {bound}")
        if self.select not in SELECT:
            raise InputError(f"--select {self.select}: choose from {', '.join(SELECT)}")
        if self.vocab_size < 4:
            raise InputError(
                f"--vocab-size {self.vocab_size}: must be 4 or more, as three entries are special"
            )
        if self.d_model % self.heads:
            raise InputError(f"--heads {self.heads}: must divide --d-model {self.d_model}")
        for name in ("dropout", "label_smoothing"):
            if getattr(self, name) >= 1:
                raise InputError(
                    f"--{name.replace('_', '-')} {getattr(self, name)}: must be less than 1"
                )
