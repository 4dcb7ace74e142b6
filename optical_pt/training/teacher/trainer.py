"""sentence-transformers' trainer, set up for questions and passages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from datasets import Dataset
from sentence_transformers import MultiVectorEncoder, MultiVectorEncoderTrainingArguments
from sentence_transformers.base.sampler import BatchSamplers
from sentence_transformers.multi_vector_encoder.losses import (
    CachedMultiVectorMultipleNegativesRankingLoss,
    MultiVectorMultipleNegativesRankingLoss,
)
from torch import nn
from transformers import TrainerCallback

from optical_pt.training.arguments import training_arguments
from optical_pt.training.selection import KeepBest
from optical_pt.training.teacher.hold_out import QuestionRetrieval
from optical_pt.training.weights_trainer import WeightsTrainer

if TYPE_CHECKING:
    from optical_pt.training.teacher.questions import Question
    from optical_pt.training.teacher.settings import TeacherSettings


def teacher_trainer(
    model: MultiVectorEncoder,
    questions: Sequence[Question],
    selected_on: Sequence[Question],
    directory: Path,
    settings: TeacherSettings,
    *,
    callbacks: Sequence[TrainerCallback] = (),
) -> WeightsTrainer:
    """Return a trainer by in-batch negatives, and by negative passages where there are some.

    Args:
        model: trained in place.
        questions: to train on; no passage comes twice in a batch.
        selected_on: the weights that answer these best are kept in the directory.
        directory: for checkpoints.
        settings: of training.
        callbacks: of transformers, such as one that logs.
    """
    return WeightsTrainer(
        model=model,
        args=_arguments(model, directory, settings),
        train_dataset=_dataset(questions),
        loss=_loss(model, settings),
        evaluator=QuestionRetrieval(selected_on),
        callbacks=[*callbacks, KeepBest(directory, settings.patience)],
    )


def _loss(model: MultiVectorEncoder, settings: TeacherSettings) -> nn.Module:
    if settings.mini_batch is None:
        return MultiVectorMultipleNegativesRankingLoss(model, scale=settings.scale)
    return CachedMultiVectorMultipleNegativesRankingLoss(
        model, scale=settings.scale, mini_batch_size=settings.mini_batch
    )


def _dataset(questions: Sequence[Question]) -> Dataset:
    columns = {
        "question": [question.question for question in questions],
        "passage": [question.passage for question in questions],
    }
    if questions[0].negative is not None:
        columns["negative"] = [question.negative for question in questions]
    return Dataset.from_dict(columns)


def _arguments(
    model: MultiVectorEncoder, directory: Path, settings: TeacherSettings
) -> MultiVectorEncoderTrainingArguments:
    tasks = {"question": "query", "passage": "document", "negative": "document"}
    return training_arguments(
        model,
        directory,
        settings,
        batch_sampler=BatchSamplers.NO_DUPLICATES,
        prompts={c: model.prompts[task] for c, task in tasks.items() if model.prompts.get(task)},
        eval_strategy="steps",
    )
