"""From an English model and questions to a teacher on disk."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from transformers import set_seed

from optical_pt.errors import InputError
from optical_pt.files import refuse_existing, write_directory, write_text
from optical_pt.models import LateInteraction
from optical_pt.models.fingerprint import document_fingerprint
from optical_pt.training.attention import plain_attention
from optical_pt.training.checkpoints import discard, open_checkpoints, was_finished
from optical_pt.training.processes import first_alone, is_first, join, processes, wait
from optical_pt.training.selection import require_finite, restore_best, score_history
from optical_pt.training.teacher.card import teacher_card
from optical_pt.training.teacher.hold_out import QuestionRetrieval, hold_out_questions
from optical_pt.training.teacher.projection import copy_teacher
from optical_pt.training.teacher.questions import Question, require_alike
from optical_pt.training.teacher.settings import TeacherSettings
from optical_pt.training.teacher.trainer import teacher_trainer
from optical_pt.training.tensorboard import tensorboard_log

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder


def tune_teacher(
    teacher: LateInteraction,
    questions: Sequence[Question],
    output: str | Path,
    *,
    settings: TeacherSettings | None = None,
    keep_anyway: bool = False,
    resume: bool = False,
    tensorboard: str | Path | None = None,
    provenance: dict[str, Any] | None = None,
) -> LateInteraction:
    """Tune a late-interaction model in English and write it, whole or not at all.

    It is released only if it is no worse than it was on questions that had no part in training or
    selection. Checkpoints live in ``OUTPUT.training`` until then.

    Args:
        teacher: the model to start from; it stays as it is.
        questions: with their passages.
        output: the folder to make, with a model card and ``training.json``.
        settings: of training.
        keep_anyway: release it even if it got worse.
        resume: go on from the newest complete checkpoint, to the same weights.
        tensorboard: folder for TensorBoard's files, if they are wanted.
        provenance: for the card: command, data, licences.

    Raises:
        InputError: if the output exists, there are too few questions, the teacher cannot be tuned,
            there are checkpoints of another training, or of this one but ``resume`` is not set,
            or the model got worse.
    """
    output, settings = Path(output), settings or TeacherSettings()
    work = output.with_name(output.name + ".training")
    finished = resume and was_finished(output, work)
    if not finished:
        refuse_existing(output)
    require_alike(questions)
    kept, select, judge = hold_out_questions(questions, settings.hold_out, seed=settings.seed)
    if len(kept) < settings.batch_size:
        raise InputError(f"{len(kept)} questions are left to train on; give more, or a smaller "
                         f"batch than {settings.batch_size}")  # fmt: skip
    model = copy_teacher(teacher.encoder, [question.passage for question in kept], settings.dim)
    join(on_cpu=teacher.encoder.device.type == "cpu")
    facts = {
        "teacher": teacher.fingerprint,
        "questions": _hash(questions),
        **asdict(settings),
        "number of processes": processes(),
    }
    with first_alone():
        open_checkpoints(work, facts, resume=resume or not is_first())
    if finished:
        discard(work)
        return LateInteraction(output, device=teacher.device)
    history = _train(model, kept, select, work, settings, tensorboard)
    require_finite(model)
    test = QuestionRetrieval(judge)
    before, after = test(teacher.encoder)["mrr"], test(model)["mrr"]
    if is_first():
        message = f"MRR of {len(judge)} questions that it never saw: {before:.4f}, now {after:.4f}"
        print(message, file=sys.stderr)
        if after < before and not keep_anyway:
            raise InputError(f"{output}: {message}; not released as it got worse (to release it, "
                             "repeat with --resume --keep-anyway)")  # fmt: skip
        record = {
            "teacher": teacher.name,
            "teacher_fingerprint": teacher.fingerprint,
            "fingerprint": document_fingerprint(model),
            "questions": len(kept),
            "questions_sha256": facts["questions"],
            "mrr_before": before,
            "mrr_after": after,
            "settings": asdict(settings),
            "processes": processes(),
            **history,
            **(provenance or {}),
        }
        _release(model, record, output)
    discard(work)
    return LateInteraction(output, device=teacher.device)


def _train(
    model: MultiVectorEncoder,
    questions: Sequence[Question],
    selected_on: Sequence[Question],
    work: Path,
    settings: TeacherSettings,
    tensorboard: str | Path | None,
) -> dict[str, Any]:
    set_seed(settings.seed)
    callbacks = [tensorboard_log(tensorboard)] if tensorboard else []
    trainer = teacher_trainer(model, questions, selected_on, work, settings, callbacks=callbacks)
    with plain_attention(model, settings):
        trainer.go_on(work)
    # Or it would be scored under autocast, and its rival was not.
    trainer.accelerator.unwrap_model(trainer.model_wrapped, keep_fp32_wrapper=False)
    wait()
    restore_best(model, work)
    model.eval()
    log = trainer.state.log_history
    scores = score_history(log)
    return {
        "losses": [{k: e[k] for k in ("step", "loss")} for e in log if "loss" in e],
        "evaluations": [{"step": step, "mrr": score} for step, score in scores],
        "released": max(scores, key=lambda entry: entry[1])[0],
    }


def _release(model: MultiVectorEncoder, record: dict[str, Any], output: Path) -> None:
    with write_directory(output) as unfinished:
        model.save_pretrained(str(unfinished), safe_serialization=True)
        write_text(unfinished / "training.json", json.dumps(record, indent=2) + "\n")
        write_text(unfinished / "README.md", teacher_card(record))


def _hash(questions: Sequence[Question]) -> str:
    digest = hashlib.sha256()
    for question in questions:
        digest.update(f"{question.question}\t{question.passage}\t{question.negative}\n".encode())
    return digest.hexdigest()
