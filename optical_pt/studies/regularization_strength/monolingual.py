"""Retrieval within a language, by a student that was taught to read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from optical_pt.index import TokenIndex
from optical_pt.models import LateInteraction
from optical_pt.studies.retrieval import DEPTH, RetrievalTask


@dataclass(frozen=True, eq=False)
class MonolingualTask:
    """Queries and documents in one language, both encoded by a student's query side.

    Each student has another index, so none is kept.

    Attributes:
        task: The queries, judgments and documents.
        folder: For the index of the student that is being scored.
        in_memory: Whether the texts of the documents are read once and kept: for small pools.
    """

    task: RetrievalTask
    folder: Path
    in_memory: bool = True
    _texts: list[dict[str, Any]] = field(default_factory=list, init=False, repr=False)

    @property
    def name(self) -> str:
        """Of the task, in tables."""
        return self.task.name

    @property
    def topics(self) -> Mapping[str, pd.DataFrame]:
        """Frames of qid, query by language."""
        return self.task.topics

    @property
    def identity(self) -> str:
        """Hash of what decides the scores, the student aside."""
        return f"monolingual {self.task.identity}"

    def score_student(self, student: LateInteraction, language: str) -> pd.DataFrame:
        """Per-query scores of a student on an index of its own."""
        side = student.query_side()
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder) as scratch:
            index = TokenIndex(Path(scratch) / "tokens")
            (side.doc_encoder() >> index).index(self._documents())
            return self.task.score(side.query_encoder() >> index.retriever(DEPTH), language)

    def _documents(self) -> Iterable[dict[str, Any]]:
        if not self.in_memory:
            return self.task.resources.documents()
        if not self._texts:
            self._texts.extend(self.task.resources.documents())
        return self._texts
