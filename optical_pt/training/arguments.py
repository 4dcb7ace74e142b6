"""What sentence-transformers' trainer is told in every training here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sentence_transformers import MultiVectorEncoder, MultiVectorEncoderTrainingArguments

from optical_pt.training.processes import processes

if TYPE_CHECKING:
    from optical_pt.training.settings import TrainingSettings
    from optical_pt.training.teacher.settings import TeacherSettings


def training_arguments(
    model: MultiVectorEncoder,
    directory: str | Path,
    settings: TrainingSettings | TeacherSettings,
    **others: Any,
) -> MultiVectorEncoderTrainingArguments:
    """Return the trainer's arguments that the settings, and the model's device, ask for.

    The learning rate rises over the first tenth of the steps and falls linearly; the two newest
    checkpoints are kept; nothing is reported but by callbacks.

    Args:
        model: that is trained.
        directory: for checkpoints.
        settings: of a student or a teacher.
        others: arguments of one kind of training alone, such as its sampler of batches.
    """
    on_cpu = model.device.type == "cpu"
    return MultiVectorEncoderTrainingArguments(
        output_dir=str(directory),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        warmup_steps=0.1,
        weight_decay=0.0,
        bf16=settings.bf16,
        use_cpu=on_cpu,
        ddp_backend="gloo" if on_cpu and processes() > 1 else None,
        seed=settings.seed,
        data_seed=settings.seed,
        eval_steps=settings.evaluate_steps,
        save_steps=settings.save_steps,
        save_total_limit=2,
        logging_first_step=True,
        logging_steps=20,
        report_to="none",
        dataloader_pin_memory=False,
        **others,
    )
