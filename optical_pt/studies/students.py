"""Students for the trials of a study, each trained once."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.files import file_stem, hash_bytes
from optical_pt.models import LateInteraction
from optical_pt.text import text_revision
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings

TEACHER = "teacher"  # folder of its embeddings, which fingerprints tell apart


@dataclass(frozen=True)
class Recipe:
    """A named way to make a student from sentence pairs.

    Attributes:
        name: Of the method in tables.
        settings: Of training; the seed is the trial's.
        start: What the student starts from.
    """

    name: str
    settings: TrainingSettings = field(default_factory=TrainingSettings)
    start: StartSettings = field(default_factory=StartSettings)

    def identity(self, pairs: Sequence[SentencePair] = (), seed: int = 0) -> str:
        """Text that changes whenever other weights would come out of the same pairs.

        Args:
            pairs: To learn from; of them only the languages count. Without any it is the identity
                for languages that are read as most are.
            seed: Of the trial.
        """
        # As a float, since 2 epochs and 2.0 are the same.
        settings = replace(self.settings, seed=seed, epochs=float(self.settings.epochs))
        start = self.start.for_pairs(pairs).facts()
        return f"{asdict(settings)} {start} text {text_revision(pair.language for pair in pairs)}"


@dataclass(frozen=True, eq=False)
class StudentStore:
    """Makes students, keeps them in a folder, and shares the teacher's embeddings between them.

    Args:
        teacher: Of all of them.
        folder: For students and the teacher's embeddings of the sentences.

    Example::

        students = StudentStore(teacher, Path("study/students"))
        student = students.get(Recipe("OT"), pairs, "ha", seed=0)
    """

    teacher: LateInteraction
    folder: Path

    def get(
        self, recipe: Recipe, pairs: Sequence[SentencePair], language: str, seed: int = 0
    ) -> LateInteraction:
        """The student that a recipe makes of these pairs; trained unless it is there.

        A training that was stopped goes on.

        Raises:
            InputError: if there are no pairs, or the recipe cannot be trained.
        """
        if not pairs:
            raise InputError(f"{recipe.name} {language}: no sentence pairs to learn from")
        path = self.path(recipe, pairs, language, seed)
        if not path.is_dir():
            distil(
                self.teacher,
                pairs,
                path,
                start=recipe.start,
                settings=replace(recipe.settings, seed=seed),
                release="vocabulary" if _is_vocabulary(recipe) else "router",
                resume=path.with_name(path.name + ".training").is_dir(),
                store=self.folder / TEACHER,
            )
        return LateInteraction(path, device=self.teacher.device, teacher=self.teacher).load()

    def path(
        self, recipe: Recipe, pairs: Sequence[SentencePair], language: str, seed: int = 0
    ) -> Path:
        """Where that student lies, or will."""
        key = self.identity(recipe, pairs, seed)
        return self.folder / f"{file_stem(f'{recipe.name} {language} {seed}')}.{key[:12]}"

    def identity(self, recipe: Recipe, pairs: Sequence[SentencePair], seed: int = 0) -> str:
        """Hash of what decides the student: teacher, recipe, seed and pairs."""
        text = "\n".join(
            [
                self.teacher.fingerprint,
                recipe.identity(pairs, seed),
                *(f"{pair.language}\t{pair.english}\t{pair.foreign}" for pair in pairs),
            ]
        )
        return hash_bytes(text.encode())

    def forget_teacher_embeddings(self) -> None:
        """Delete the stored embeddings of the teacher; the students stay."""
        shutil.rmtree(self.folder / TEACHER, ignore_errors=True)


def _is_vocabulary(recipe: Recipe) -> bool:
    """Whether a student differs from its teacher in word embeddings alone."""
    return recipe.settings.train in ("embeddings", "new-embeddings") and recipe.start.kind in (
        "extended",
        "copy",
    )
