"""sentence-transformers' trainer with checkpoints of plain weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sentence_transformers import MultiVectorEncoderTrainer
from transformers import TrainerCallback, TrainerState
from transformers.trainer import TRAINER_STATE_NAME

from optical_pt.training.checkpoints import WEIGHTS, newest_complete_checkpoint
from optical_pt.training.selection import KeepBest
from optical_pt.training.weights import load_weights, save_weights


class WeightsTrainer(MultiVectorEncoderTrainer):
    """Checkpoints hold every weight of the model, its parts for training only included.

    The stock trainer writes a model directory, and loads it with a new random pooler. It also
    leaves the sampler of several processes at epoch 0 when it resumes within a later one.
    """

    sampler: Any = None

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.add_callback(_FollowEpochs(self))

    def go_on(self, directory: Path) -> None:
        """Train from the newest complete checkpoint in a folder, or from the start.

        A training that patience ended is not trained on, only its history is read.
        """
        checkpoint = newest_complete_checkpoint(directory)
        self.args.eval_on_start = self.evaluator is not None and checkpoint is None
        if checkpoint:
            state = TrainerState.load_from_json(str(Path(checkpoint) / TRAINER_STATE_NAME))
            kept = [call for call in self.callback_handler.callbacks if isinstance(call, KeepBest)]
            if any(call.is_spent(state) for call in kept):
                self.state = state
                return
        self.train(resume_from_checkpoint=checkpoint)

    def get_batch_sampler(self, *args: Any, **kwargs: Any) -> Any:
        """Remember the sampler, which others wrap."""
        self.sampler = super().get_batch_sampler(*args, **kwargs)
        return self.sampler

    def _save(self, output_dir: str | None = None, state_dict: dict | None = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        save_weights(self.model, folder / WEIGHTS)

    def _load_from_checkpoint(self, checkpoint_path: str) -> None:
        load_weights(self.model, Path(checkpoint_path) / WEIGHTS)

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """The card is written with the model, not with its checkpoints."""


class _FollowEpochs(TrainerCallback):
    def __init__(self, trainer: WeightsTrainer):
        self.trainer = trainer

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if hasattr(self.trainer.sampler, "set_epoch"):
            # Ends of epochs are sums of fractions.
            self.trainer.sampler.set_epoch(int(state.epoch + 1e-6))
