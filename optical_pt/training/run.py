"""One training: from the student's start to its best weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optical_pt.training.attention import plain_attention
from optical_pt.training.processes import first_alone, wait
from optical_pt.training.select_on import CollectionRetrieval
from optical_pt.training.selection import HeldOutRetrieval, restore_best, score_history
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.teacher_store import TeacherStore, teacher_store
from optical_pt.training.tensorboard import tensorboard_log
from optical_pt.training.trainable import finish
from optical_pt.training.trainer import distillation_trainer

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.evaluation import BaseEvaluator

    from optical_pt.training.bitext import SentencePair
    from optical_pt.training.select_on import SelectionQueries


@dataclass(frozen=True)
class History:
    """What happened in a training.

    Attributes:
        losses: ``step``, ``loss`` and each of its terms, averaged since the entry before.
        evaluations: ``step`` and score, under the measure's name, of the tests that select.
        released: the step whose weights the student has.
        measure: name of that score: ``"mrr"`` of held-out pairs, or of a collection's queries, such
            as ``"MAP"``.
    """

    losses: list[dict[str, float]]
    evaluations: list[dict[str, float]]
    released: int
    measure: str = "mrr"


def train(
    student: MultiVectorEncoder,
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    held_out: Mapping[str, Sequence[SentencePair]],
    work: Path,
    settings: TrainingSettings,
    *,
    queries: SelectionQueries | None = None,
    store: Path | None = None,
    tensorboard: Path | None = None,
) -> History:
    """Train a student in place, from the newest complete checkpoint in ``work`` if there is one.

    Args:
        student: at its start.
        teacher: frozen.
        pairs: to train on.
        held_out: pairs by language to select on, or none.
        work: folder of checkpoints.
        settings: of training.
        queries: of a collection, to select on instead of held-out pairs.
        store: folder of the teacher's embeddings; None is in ``work``.
        tensorboard: folder for TensorBoard's files, if they are wanted.
    """
    store = store or work / "teacher"
    sentences = _store(teacher, pairs, store, settings)
    evaluator = _evaluator(teacher, held_out, queries, store)
    trainer = distillation_trainer(
        student,
        teacher,
        pairs,
        work,
        settings,
        store=sentences,
        evaluator=evaluator,
        callbacks=[tensorboard_log(tensorboard)] if tensorboard else [],
    )
    with plain_attention(student, settings):
        trainer.go_on(work)
    wait()
    measure = evaluator.primary_metric if evaluator else History.measure
    history = _history(trainer.state.log_history, trainer.state.global_step, settings, measure)
    if evaluator:
        restore_best(student, work)
    finish(student)
    return history


def _evaluator(
    teacher: MultiVectorEncoder,
    held_out: Mapping[str, Sequence[SentencePair]],
    queries: SelectionQueries | None,
    store: Path,
) -> BaseEvaluator | None:
    if queries:
        with first_alone():
            return CollectionRetrieval(queries, teacher, store)
    return HeldOutRetrieval(held_out, teacher) if held_out else None


def _store(
    teacher: MultiVectorEncoder,
    pairs: Sequence[SentencePair],
    folder: Path,
    settings: TrainingSettings,
) -> TeacherStore | None:
    if not settings.store:
        return None
    sentences = [pair.english for pair in pairs]
    with first_alone():
        return teacher_store(
            teacher, sentences, folder, max_length=settings.max_length, bf16=settings.bf16
        )


def _history(
    log: Sequence[Mapping[str, Any]], step: int, settings: TrainingSettings, measure: str
) -> History:
    kept = ("step", "loss", *settings.weights)
    losses = [{name: entry[name] for name in kept if name in entry} for entry in log]
    scores = [{"step": step, measure: score} for step, score in score_history(log, measure)]
    if scores:
        step = int(max(scores, key=lambda entry: entry[measure])["step"])
    return History([entry for entry in losses if "loss" in entry], scores, step, measure)
