"""Sentence pairs to the features that the loss takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from optical_pt.models.encoding import query_prompt

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.teacher_store import TeacherStore


@dataclass
class PairCollator:
    """Tokenize a column as queries of the model that encodes it.

    sentence-transformers' own collator runs one tokenizer over both columns.

    Attributes:
        student: reads the ``foreign`` column.
        teacher: reads the ``english`` column.
        max_length: tokens of a sentence that are read.
        store: the teacher's embeddings of the ``english`` column, where they were computed before.
    """

    student: MultiVectorEncoder
    teacher: MultiVectorEncoder
    max_length: int
    store: TeacherStore | None = None
    # The trainer asks a collator which columns are labels.
    valid_label_columns: Sequence[str] = ()

    def __call__(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Return features of both columns, their names prefixed by ``foreign_`` or ``english_``."""
        foreign = self._tokenize(self.student, [row["foreign"] for row in rows])
        foreign["languages"] = torch.tensor([row["language"] for row in rows])
        sentences = [row["english"] for row in rows]
        if self.store is None:
            english = self._tokenize(self.teacher, sentences)
        else:
            english = self.store.features(sentences)
        batch = {f"foreign_{name}": value for name, value in foreign.items()}
        return batch | {f"english_{name}": value for name, value in english.items()}

    def _tokenize(self, model: MultiVectorEncoder, sentences: list[str]) -> dict[str, Any]:
        return model.preprocess(
            sentences, prompt=query_prompt(model), task="query", max_length=self.max_length
        )
