"""sentence-transformers' trainer with checkpoints of plain weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoderTrainer

from optical_pt.training.checkpoints import WEIGHTS


class WeightsTrainer(MultiVectorEncoderTrainer):
    """Checkpoints hold every weight of the model, its parts for training only included.

    The stock trainer writes a model directory, and loads it with a new random pooler.
    """

    def _save(self, output_dir: str | None = None, state_dict: dict | None = None) -> None:
        folder = Path(output_dir or self.args.output_dir)
        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: value.contiguous() for name, value in self.model.state_dict().items()}
        save_file(weights, folder / WEIGHTS)

    def _load_from_checkpoint(self, checkpoint_path: str) -> None:
        self.model.load_state_dict(load_file(Path(checkpoint_path) / WEIGHTS))

    def add_model_card_callback(self, default_args_dict: dict[str, Any]) -> None:
        """The card is written with the model, not with its checkpoints."""
