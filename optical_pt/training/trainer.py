"""sentence-transformers' trainer, set up for distillation from sentence pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from datasets import Dataset
from sentence_transformers import (
    MultiVectorEncoder,
    MultiVectorEncoderTrainer,
    MultiVectorEncoderTrainingArguments,
)
from sentence_transformers.base.evaluation import BaseEvaluator
from torch import nn
from torch.optim.lr_scheduler import LambdaLR
from transformers import TrainerCallback

from optical_pt.models.fingerprint import query_modules
from optical_pt.training.arguments import training_arguments
from optical_pt.training.batches import length_bucket_sampler
from optical_pt.training.collator import PairCollator
from optical_pt.training.losses import DistillationLoss
from optical_pt.training.processes import processes
from optical_pt.training.selection import KeepBest
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.terms import make_terms
from optical_pt.training.trainable import body_pattern, choose_trainable
from optical_pt.training.weights_trainer import WeightsTrainer

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
    evaluator: BaseEvaluator | None = None,
    callbacks: Sequence[TrainerCallback] = (),
) -> MultiVectorEncoderTrainer:
    """Return a trainer that distils the teacher into the student by the losses of the settings.

    Args:
        student: trained in place; may come to hold parts that are for training only, see
            :func:`~optical_pt.training.trainable.finish`.
        teacher: frozen; encodes the English sentences.
        pairs: the bitext.
        directory: for checkpoints.
        settings: see :class:`TrainingSettings`.
        store: the teacher's embeddings of the English sentences, if they were computed before.
        evaluator: scores the student every so many steps; the weights that are best by its primary
            metric are kept in the directory, see :mod:`optical_pt.training.selection`.
        callbacks: of transformers, such as one that logs.
    """
    known = len(query_modules(teacher)[0].tokenizer)
    choose_trainable(student, settings, known=known)
    _disable_dropout(student)
    terms = make_terms(settings, student, teacher, pairs)
    trainer = _DistillationTrainer(
        model=student,
        args=_arguments(student, directory, settings, evaluates=evaluator is not None),
        train_dataset=_dataset(pairs),
        loss=DistillationLoss(student, teacher, terms, settings.weights),
        data_collator=PairCollator(student, teacher, settings.max_length, store),
        evaluator=evaluator,
        callbacks=[*callbacks, *_keep_best(evaluator, Path(directory), settings)],
    )
    trainer.body_start = settings.body_start
    return trainer


def _arguments(
    student: MultiVectorEncoder,
    directory: str | Path,
    settings: TrainingSettings,
    *,
    evaluates: bool,
) -> MultiVectorEncoderTrainingArguments:
    rates = {}
    if settings.train in ("all", "adapters") and (
        settings.body_learning_rate or settings.body_start
    ):
        rates[body_pattern(student)] = settings.body_learning_rate or settings.learning_rate
    return training_arguments(
        student,
        directory,
        settings,
        learning_rate_mapping=rates,
        batch_sampler=length_bucket_sampler(settings.temperature, processes()),
        eval_strategy="steps" if evaluates else "no",
        # The discriminator learns outside the forward pass in which unused weights are looked for.
        ddp_find_unused_parameters=False if "language" in settings.loss else None,
    )


def _keep_best(
    evaluator: BaseEvaluator | None, directory: Path, settings: TrainingSettings
) -> list[TrainerCallback]:
    if evaluator is None:
        return []
    return [KeepBest(directory, settings.patience, evaluator.primary_metric)]


def _dataset(pairs: Sequence[SentencePair]) -> Dataset:
    languages = {name: i for i, name in enumerate(sorted({pair.language for pair in pairs}))}
    return Dataset.from_dict(
        {
            "foreign": [pair.foreign for pair in pairs],
            "english": [pair.english for pair in pairs],
            "language": [languages[pair.language] for pair in pairs],
        }
    )


class _DistillationTrainer(WeightsTrainer):
    body_start = 0.0

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> LambdaLR:
        """Let the body begin late."""
        scheduler = super().create_scheduler(num_training_steps, optimizer)
        if self.body_start:
            start = self.body_start * num_training_steps
            # The stock trainer's own two groups come first, then those with a rate of their own.
            scheduler.lr_lambdas[2:] = [_late(rate, start) for rate in scheduler.lr_lambdas[2:]]
        return scheduler

    def track_loss_components(self, loss: dict[str, torch.Tensor]) -> None:
        """Log each term's own value, not its share of the sum."""
        weights = self.loss.weights
        super().track_loss_components({name: loss[name] / weights[name] for name in loss})


def _late(rate: Callable[[int], float], start: float) -> Callable[[int], float]:
    return lambda step: rate(step) if step >= start else 0.0


def _disable_dropout(student: MultiVectorEncoder) -> None:
    """The target is the teacher's exact output; without dropout a step is also 1.5 times faster."""
    for module in student.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
