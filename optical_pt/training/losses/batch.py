"""What a loss sees of a batch of sentence pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class TokenBatch:
    """Token embeddings of foreign sentences by the student, of English ones by the teacher.

    Attributes:
        student: ``(batch, m, dim)`` floats, with gradient; the foreign sentences.
        student_mask: ``(batch, m)`` booleans, true on tokens that MaxSim scores.
        teacher: ``(batch, n, dim)`` floats, without gradient; their English translations.
        teacher_mask: ``(batch, n)`` booleans.
        student_ids: ``(batch, m)`` ints, positions in the student's vocabulary.
        teacher_ids: ``(batch, n)`` ints, positions in the teacher's vocabulary.
        languages: ``(batch,)`` ints from 0, the languages of the foreign sentences.
        words: ``(batch, m, hidden size)`` word embeddings that the student read, in the graph of
            ``student``.
        encode: the student's token embeddings when its word embeddings are moved by a
            ``(batch, m, hidden size)`` shift.

    What a loss does not read may be None; each says in its table what it reads.
    """

    student: Tensor
    student_mask: Tensor
    teacher: Tensor
    teacher_mask: Tensor
    student_ids: Tensor | None = None
    teacher_ids: Tensor | None = None
    languages: Tensor | None = None
    words: Tensor | None = None
    encode: Callable[[Tensor], Tensor] | None = None


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of each row's values over its real tokens, 0 where it has none.

    Args:
        values: ``(batch, tokens)`` or ``(batch, tokens, dim)`` floats; padding may hold anything.
        mask: ``(batch, tokens)`` booleans.

    Returns:
        ``(batch,)`` or ``(batch, dim)``.

    >>> import torch
    >>> mask = torch.tensor([[True, True, False], [False, False, False]])
    >>> masked_mean(torch.tensor([[1.0, 2.0, 9.0], [9.0, 9.0, 9.0]]), mask)
    tensor([1.5000, 0.0000])
    """
    real = mask if values.dim() == 2 else mask[:, :, None]
    count = mask.sum(dim=1).clamp(min=1).to(values.dtype)
    total = values.masked_fill(~real, 0).sum(dim=1)
    return total / (count if values.dim() == 2 else count[:, None])
