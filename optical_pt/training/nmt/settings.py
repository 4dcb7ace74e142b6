"""The numbers that a training is made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NmtSettings:
    """Architecture and optimisation of a small translation model (Transformer, Marian's form).

    The defaults suit some ten thousand pairs per language and an hour of one CPU thread.
    """

    vocab_size: int = 5000
    d_model: int = 192
    ffn: int = 768
    heads: int = 3
    encoder_layers: int = 3
    decoder_layers: int = 2
    dropout: float = 0.1
    label_smoothing: float = 0.1
    epochs: float = 10
    batch_tokens: int = 1200
    learning_rate: float = 1e-3
    warmup_steps: int = 500
    subword_alpha: float = 0.3
    max_length: int = 64
    max_repeat: float = 1.5
    question_repeat: int = 2
    copy_share: float = 0.05
    dev_pairs: int = 60
    seed: int = 0
    max_minutes: float | None = None
