"""What learns from a number of sentence pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyterrier as pt

from optical_pt.files import hash_bytes
from optical_pt.studies.retrieval import RetrievalTask
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.table.resources import LanguageModels
from optical_pt.table.systems import SYSTEMS
from optical_pt.text import text_revision
from optical_pt.training.bitext import SentencePair
from optical_pt.training.nmt.pipeline import build_nmt
from optical_pt.training.nmt.settings import NmtSettings
from optical_pt.translation import LexicalTable, NeuralTranslator

ROWS = {row.key: row for row in SYSTEMS}


class Method(Protocol):
    """Makes a retrieval pipeline from sentence pairs."""

    @property
    def seeded(self) -> bool:
        """Whether a seed makes a difference."""

    def pipeline(
        self, task: RetrievalTask, pairs: Sequence[SentencePair], language: str, seed: int
    ) -> pt.Transformer:
        """Learn from the pairs, unless that was done before, and search the task's documents."""

    def identity(self, pairs: Sequence[SentencePair], seed: int) -> str:
        """Text that changes whenever the pipeline of the same pairs may change."""


@dataclass(frozen=True, eq=False)
class StudentMethod:
    """Dense retrieval with a distilled query encoder."""

    students: StudentStore
    recipe: Recipe

    @property
    def seeded(self) -> bool:
        """An untrained start is the same with every seed."""
        return self.recipe.settings.epochs > 0

    def pipeline(
        self, task: RetrievalTask, pairs: Sequence[SentencePair], language: str, seed: int
    ) -> pt.Transformer:
        """Train the student, or open it."""
        student = self.students.get(self.recipe, pairs, language, seed)
        return ROWS["optical"].build(task.resources, LanguageModels(student=student))

    def identity(self, pairs: Sequence[SentencePair], seed: int) -> str:
        """The recipe for these pairs, and its teacher."""
        return f"{self.recipe.identity(pairs, seed)} {self.students.teacher.fingerprint}"


@dataclass(frozen=True)
class LexicalMethod:
    """Probabilistic structured queries by IBM model 1, on BM25."""

    seeded: bool = False

    def pipeline(
        self, task: RetrievalTask, pairs: Sequence[SentencePair], language: str, seed: int
    ) -> pt.Transformer:
        """Learn the lexical table."""
        models = LanguageModels(lexicon=LexicalTable.learn(pairs, language=language))
        return ROWS["psq"].build(task.resources, models)

    def identity(self, pairs: Sequence[SentencePair], seed: int) -> str:
        """It has no settings, but the words that it is learnt from."""
        return f"PSQ text {text_revision(pair.language for pair in pairs)}"


@dataclass(frozen=True)
class NmtMethod:
    """A small translation model of the pairs, on BM25.

    Attributes:
        folder: For models.
        epochs: Of training.
        device: For translating.
    """

    folder: Path
    epochs: float
    device: str | None = None
    seeded: bool = True

    def pipeline(
        self, task: RetrievalTask, pairs: Sequence[SentencePair], language: str, seed: int
    ) -> pt.Transformer:
        """Train the translation model, or open it; a training that was stopped goes on."""
        text = "\n".join(f"{pair.english}\t{pair.foreign}" for pair in pairs)
        key = hash_bytes(f"{self.identity(pairs, seed)}\n{text}".encode())[:12]
        path = self.folder / f"{language}-{len(pairs)}-{seed}.{key}"
        if not path.is_dir():
            build_nmt(
                pairs,
                path,
                self._settings(pairs, seed),
                resume=path.with_name(path.name + ".training").is_dir(),
            )
        translator = NeuralTranslator(
            str(path), source=language, target="en", device=self.device,
            cache=self.folder / "translations.sqlite",
        )  # fmt: skip
        return ROWS["nmt-bm25"].build(task.resources, LanguageModels(translator=translator))

    def identity(self, pairs: Sequence[SentencePair], seed: int) -> str:
        """Its settings, for as many pairs as one likes."""
        return f"{NmtSettings(epochs=self.epochs, seed=seed)} cut to few pairs"

    def _settings(self, pairs: Sequence[SentencePair], seed: int) -> NmtSettings:
        # Few sentences have few pieces, and few to spare for development.
        characters = {letter for pair in pairs for letter in pair.english + pair.foreign}
        vocabulary = min(NmtSettings.vocab_size, len(characters) + len(pairs) // 2)
        dev = min(NmtSettings.dev_pairs, max(1, len(pairs) // 10))
        return NmtSettings(epochs=self.epochs, seed=seed, vocab_size=vocabulary, dev_pairs=dev)
