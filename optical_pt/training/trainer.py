"""sentence-transformers' trainer, set up for distillation from sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import Dataset
from sentence_transformers import (
    MultiVectorEncoder,
    MultiVectorEncoderTrainer,
    MultiVectorEncoderTrainingArguments,
)
from sentence_transformers.multi_vector_encoder import MultiVectorEncoderDataCollator
from torch import nn

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import query_modules
from optical_pt.quiet import quiet_transformers
from optical_pt.training.batches import LengthBucketSampler
from optical_pt.training.loss import OpticalLoss

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair


TRAINABLE = ("embeddings", "all")


@dataclass(frozen=True)
class TrainingSettings:
    """How a student is trained.

    Attributes:
        epochs: passes over the pairs.
        batch_size: pairs in a step.
        learning_rate: peak, after a linear warm-up over a tenth of the steps; it falls linearly.
        train: ``"embeddings"`` trains the word embeddings alone, which is best with few pairs;
            ``"all"`` trains every weight.
        reg: entropy weight of the transport plan.
        max_length: tokens of a sentence that are read.
        bf16: bf16 autocast for the encoders (the transport stays in float32).
        save_steps: steps from one checkpoint to the next.
        seed: of initialisation and order.

    Raises:
        InputError: if a value cannot be trained with.
    """

    epochs: float = 3
    batch_size: int = 64
    learning_rate: float = 1e-3
    train: str = "embeddings"
    reg: float = 0.05
    max_length: int = 96
    bf16: bool = True
    save_steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if self.train not in TRAINABLE:
            raise InputError(f"train {self.train!r}: choose one of {', '.join(TRAINABLE)}")
        for name in ("learning_rate", "reg"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name} {getattr(self, name)}: it must be above 0")
        smallest = {"epochs": 0, "batch_size": 1, "max_length": 3, "save_steps": 1, "seed": 0}
        for name, least in smallest.items():
            if not getattr(self, name) >= least:
                raise InputError(f"{name} {getattr(self, name)}: it must be at least {least}")


def distillation_trainer(
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    directory: str | Path,
    settings: TrainingSettings,
) -> MultiVectorEncoderTrainer:
    """Return a trainer that distils the teacher into the student by :class:`OpticalLoss`.

    Args:
        student: trained in place.
        teacher: frozen; encodes the English sentences.
        pairs: the bitext.
        directory: for checkpoints.
        settings: see :class:`TrainingSettings`.
    """
    choose_trainable(student, settings.train)
    _disable_dropout(student)
    routes = {"foreign": "query", "english": "teacher"}
    arguments = MultiVectorEncoderTrainingArguments(
        output_dir=str(directory),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        warmup_steps=0.1,
        weight_decay=0.0,
        bf16=settings.bf16,
        use_cpu=student.device.type == "cpu",
        seed=settings.seed,
        data_seed=settings.seed,
        batch_sampler=LengthBucketSampler,
        router_mapping=routes,
        max_length=settings.max_length,
        save_steps=settings.save_steps,
        save_total_limit=2,
        logging_steps=20,
        report_to="none",
        dataloader_pin_memory=False,
    )
    collator = MultiVectorEncoderDataCollator(
        preprocess_fn=_two_tokenizers(student, teacher),
        router_mapping=routes,
        max_length=settings.max_length,
    )
    return _DistillationTrainer(
        model=student,
        args=arguments,
        train_dataset=Dataset.from_dict(
            {
                "foreign": [pair.foreign for pair in pairs],
                "english": [pair.english for pair in pairs],
            }
        ),
        loss=OpticalLoss(student, teacher, reg=settings.reg),
        data_collator=collator,
    )


class _DistillationTrainer(MultiVectorEncoderTrainer):
    """The stock trainer loads a checkpoint with a new random pooler, which a student has not."""

    def _load_from_checkpoint(self, checkpoint_path: str) -> None:
        with quiet_transformers():
            saved = MultiVectorEncoder(checkpoint_path, device="cpu").state_dict()
        self.model.load_state_dict({name: saved[name] for name in self.model.state_dict()})


def choose_trainable(student: MultiVectorEncoder, train: str) -> None:
    """Freeze everything but the word embeddings (``"embeddings"``), or nothing (``"all"``)."""
    student.requires_grad_(train == "all")
    query_modules(student)[0].auto_model.get_input_embeddings().requires_grad_(True)


def _disable_dropout(student: MultiVectorEncoder) -> None:
    """The target is the teacher's exact output; without dropout a step is also 1.5 times faster."""
    for module in student.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


def _two_tokenizers(student: MultiVectorEncoder, teacher: MultiVectorEncoder):
    """Tokenize a column as queries of the model that encodes it (the stock collator has one)."""

    def preprocess(
        sentences: list[str], *, task: str, prompt: str | None = None, **options: Any
    ) -> dict[str, Any]:
        model = teacher if task == "teacher" else student
        prompt = model.prompts.get("query") or None  # as encode_query does
        return model.preprocess(sentences, prompt=prompt, task="query", **options)

    return preprocess
