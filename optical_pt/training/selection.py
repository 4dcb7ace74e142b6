"""Keep the weights that retrieve best, and stop when they do not get better."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.evaluation import BaseEvaluator
from torch.nn.utils.rnn import pad_sequence
from transformers import TrainerCallback

from optical_pt.errors import InputError
from optical_pt.models.encoding import encode_texts
from optical_pt.training.losses.scores import maxsim_matrix
from optical_pt.training.weights import load_weights, save_weights

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair

BEST = "best.safetensors"
DIVERGED = "are not finite: the training diverged; lower the learning rate"


class HeldOutRetrieval(BaseEvaluator):
    """Mean reciprocal rank of held-out sentences' translations among those of their language.

    A foreign sentence, by the student, asks for its English translation among the held-out English
    sentences, documents by the teacher, by MaxSim; a tie counts as lost.

    Args:
        held_out: pairs by language.
        teacher: encodes the English sentences, once.

    Calling it gives ``mrr``, the mean over languages, and ``mrr_XX`` of each.
    """

    def __init__(self, held_out: Mapping[str, Sequence[SentencePair]], teacher: MultiVectorEncoder):
        super().__init__()
        self.primary_metric = "mrr"
        self.foreign = {lang: [p.foreign for p in pairs] for lang, pairs in held_out.items()}
        self.english = {
            lang: pad_embeddings(encode_texts(teacher, [p.english for p in pairs], "document"))
            for lang, pairs in held_out.items()
        }

    def __call__(self, model: MultiVectorEncoder, *_: Any, **__: Any) -> dict[str, float]:
        """Score a student."""
        scores = {f"mrr_{lang}": self._score(model, lang) for lang in self.foreign}
        return {"mrr": sum(scores.values()) / len(scores), **scores}

    @torch.no_grad()
    def _score(self, student: MultiVectorEncoder, language: str) -> float:
        queries, query_mask = pad_embeddings(encode_texts(student, self.foreign[language], "query"))
        reciprocal = []
        for start in range(0, len(queries), 16):
            rows = slice(start, start + 16)
            scores = maxsim_matrix(queries[rows], query_mask[rows], *self.english[language])
            reciprocal.append(reciprocal_ranks(scores, start))
        return torch.cat(reciprocal).mean().item()


class KeepBest(TrainerCallback):
    """Write the student's weights whenever its score is the best so far; stop without patience.

    What was best is read from the trainer's history, which checkpoints hold, so that a resumed
    training goes on as if it had not been stopped.

    Args:
        directory: of ``best.safetensors``.
        patience: evaluations without a better score until training stops; 0 goes on to the end.
        score: name of the evaluator's primary metric.
    """

    def __init__(self, directory: Path, patience: int, score: str = "mrr"):
        self.directory = directory
        self.patience = patience
        self.score = score

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Score the last weights, too: not every release of transformers does."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = True

    def on_evaluate(self, args: Any, state: Any, control: Any, model: Any, **_: Any) -> None:
        """Look at the newest score."""
        since = self._since_best(state)
        if since == 0 and state.is_world_process_zero:
            student = getattr(model, "module", model)
            self.directory.mkdir(parents=True, exist_ok=True)
            unfinished = self.directory / f".{BEST}.{os.getpid()}"
            save_weights(student, unfinished)
            os.replace(unfinished, self.directory / BEST)
        if self.is_spent(state):
            control.should_training_stop = True

    def is_spent(self, state: Any) -> bool:
        """Whether patience ends, or has ended, the training with this history."""
        return bool(self.patience) and self._since_best(state) >= self.patience

    def _since_best(self, state: Any) -> int:
        """How many scores came after the best one."""
        scores = [score for _, score in score_history(state.log_history, self.score)]
        return len(scores) - 1 - scores.index(max(scores)) if scores else 0


def score_history(
    log_history: Sequence[Mapping[str, Any]], score: str = "mrr"
) -> list[tuple[int, float]]:
    """Steps and scores of a trainer's evaluations.

    >>> score_history([{"step": 0, "eval_mrr": 0.5}, {"step": 20, "loss": 0.1}])
    [(0, 0.5)]
    """
    name = f"eval_{score}"
    return [(entry["step"], entry[name]) for entry in log_history if name in entry]


def restore_best(student: MultiVectorEncoder, directory: Path) -> None:
    """Give a student the weights that :class:`KeepBest` kept."""
    load_weights(student, directory / BEST)


def reciprocal_ranks(scores: torch.Tensor, start: int) -> torch.Tensor:
    """``(queries,)`` reciprocal ranks of each query's own document; a tie counts as lost.

    Args:
        scores: ``(queries, documents)``.
        start: the own document of the first query; that of the next is the next one.

    Raises:
        InputError: if a score is not finite, as after a training that diverged.

    >>> reciprocal_ranks(torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 2.0]]), 0).tolist()
    [1.0, 0.3333333432674408]
    """
    if not scores.isfinite().all():
        raise InputError(f"the model's scores {DIVERGED}")
    own = scores.diagonal(start)[:, None]
    return 1 / (scores >= own).sum(dim=1)


def require_finite(model: torch.nn.Module) -> None:
    """Raise :class:`InputError` if a weight is not finite, as after a training that diverged."""
    for name, weight in model.named_parameters():
        if not weight.isfinite().all():
            raise InputError(f"the weights of {name} {DIVERGED}")


def pad_embeddings(embeddings: Sequence[Any]) -> tuple[torch.Tensor, torch.Tensor]:
    """``(sentences, tokens, dim)`` float32 and their mask."""
    tensors = [torch.from_numpy(tokens).float() for tokens in embeddings]
    masks = [torch.ones(len(tokens), dtype=torch.bool) for tokens in tensors]
    return pad_sequence(tensors, batch_first=True), pad_sequence(masks, batch_first=True)
