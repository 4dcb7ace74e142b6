"""sentence-transformers' trainer, set up for distillation from sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from datasets import Dataset
from safetensors.torch import load_file, save_file
from sentence_transformers import (
    MultiVectorEncoder,
    MultiVectorEncoderTrainer,
    MultiVectorEncoderTrainingArguments,
)
from torch import nn

from optical_pt.models.fingerprint import query_modules
from optical_pt.training.batches import LengthBucketSampler
from optical_pt.training.checkpoints import WEIGHTS
from optical_pt.training.collator import PairCollator
from optical_pt.training.losses import DistillationLoss
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.terms import make_terms

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair
    from optical_pt.training.teacher_store import TeacherStore

__all__ = ["TrainingSettings", "choose_trainable", "distillation_trainer"]


def distillation_trainer(
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    directory: str | Path,
    settings: TrainingSettings,
    *,
    store: TeacherStore | None = None,
) -> MultiVectorEncoderTrainer:
    """Return a trainer that distils the teacher into the student by the losses of the settings.

    Args:
        student: trained in place; may come to hold parts that are for training only, see
            :func:`~optical_pt.training.terms.drop_training_parts`.
        teacher: frozen; encodes the English sentences.
        pairs: the bitext.
        directory: for checkpoints.
        settings: see :class:`TrainingSettings`.
        store: the teacher's embeddings of the English sentences, if they were computed before.
    """
    choose_trainable(student, settings.train)
    _disable_dropout(student)
    terms = make_terms(settings, student, teacher, pairs)
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
        save_steps=settings.save_steps,
        save_total_limit=2,
        logging_steps=20,
        report_to="none",
        dataloader_pin_memory=False,
    )
    return _DistillationTrainer(
        model=student,
        args=arguments,
        train_dataset=_dataset(pairs),
        loss=DistillationLoss(student, teacher, terms, settings.loss),
        data_collator=PairCollator(student, teacher, settings.max_length, store),
    )


def _dataset(pairs: Sequence[SentencePair]) -> Dataset:
    languages = {name: i for i, name in enumerate(sorted({pair.language for pair in pairs}))}
    return Dataset.from_dict(
        {
            "foreign": [pair.foreign for pair in pairs],
            "english": [pair.english for pair in pairs],
            "language": [languages[pair.language] for pair in pairs],
        }
    )


class _DistillationTrainer(MultiVectorEncoderTrainer):
    """Checkpoints hold every weight of the student, its parts for training only included.

    The stock trainer writes a model directory, and loads it with a new random pooler.
    """

    def _save(self, output_dir: str | None = None, state_dict: dict | None = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: value.contiguous() for name, value in self.model.state_dict().items()}
        save_file(weights, folder / WEIGHTS)

    def _load_from_checkpoint(self, checkpoint_path: str) -> None:
        self.model.load_state_dict(load_file(Path(checkpoint_path) / WEIGHTS))

    def track_loss_components(self, loss: dict[str, torch.Tensor]) -> None:
        """Log each term's own value, not its share of the sum."""
        weights = self.loss.weights
        super().track_loss_components({name: loss[name] / weights[name] for name in loss})

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """The card is written with the student, not with its checkpoints."""


def choose_trainable(student: MultiVectorEncoder, train: str) -> None:
    """Freeze everything but the word embeddings (``"embeddings"``), or nothing (``"all"``)."""
    student.requires_grad_(train == "all")
    query_modules(student)[0].auto_model.get_input_embeddings().requires_grad_(True)


def _disable_dropout(student: MultiVectorEncoder) -> None:
    """The target is the teacher's exact output; without dropout a step is also 1.5 times faster."""
    for module in student.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
