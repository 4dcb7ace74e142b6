"""Questions that a teacher never sees, and how well it answers them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.evaluation import BaseEvaluator

from optical_pt.errors import InputError
from optical_pt.models.encoding import encode_texts
from optical_pt.training.losses.scores import maxsim_matrix
from optical_pt.training.selection import pad_embeddings, reciprocal_ranks

if TYPE_CHECKING:
    from optical_pt.training.teacher.questions import Question

BLOCK = 4


def hold_out_questions(
    questions: Sequence[Question], count: int, *, seed: int
) -> tuple[list[Question], list[Question], list[Question]]:
    """Split off two groups of questions; no two share a question or a passage.

    Returns:
        the questions to train on, none of which has a question or a passage of the other groups;
        ``count`` to select weights; and ``count`` to tell what was won.

    Raises:
        InputError: if that leaves less than half of the passages to train on.

    >>> from optical_pt.training.teacher.questions import Question
    >>> questions = [Question(f"q{i}", f"p{i // 2}") for i in range(20)]
    >>> [len(group) for group in hold_out_questions(questions, 2, seed=0)]
    [12, 2, 2]
    """
    by_passage = {question.passage: question for question in questions}
    different = list({question.question: question for question in by_passage.values()}.values())
    if 4 * count > len(different):
        raise InputError(
            f"hold_out {count}: there are {len(different)} questions with passages of their own, "
            f"and twice as many are kept from training; hold out at most {len(different) // 4}"
        )
    held = random.Random(seed).sample(different, 2 * count)
    hidden = {text for question in held for text in (question.question, question.passage)}
    kept = [q for q in questions if not {q.question, q.passage, q.negative} & hidden]
    return kept, held[:count], held[count:]


class QuestionRetrieval(BaseEvaluator):
    """Mean reciprocal rank of the passages that answer questions, among all of theirs.

    By MaxSim; a tie counts as lost.

    Args:
        questions: each with a passage of its own.

    Calling it gives ``mrr``.
    """

    def __init__(self, questions: Sequence[Question]):
        super().__init__()
        self.primary_metric = "mrr"
        self.questions = [question.question for question in questions]
        self.passages = [question.passage for question in questions]

    @torch.no_grad()
    def __call__(self, model: MultiVectorEncoder, *_: Any, **__: Any) -> dict[str, float]:
        """Score a model."""
        passages = pad_embeddings(encode_texts(model, self.passages, "document"))
        queries, mask = pad_embeddings(encode_texts(model, self.questions, "query"))
        reciprocal = []
        for start in range(0, len(queries), BLOCK):
            rows = slice(start, start + BLOCK)
            scores = maxsim_matrix(queries[rows], mask[rows], *passages)
            reciprocal.append(reciprocal_ranks(scores, start))
        return {"mrr": torch.cat(reciprocal).mean().item()}
