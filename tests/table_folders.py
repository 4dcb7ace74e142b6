"""A collection, a teacher, a student and a translation model that are small, for tables."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from shutil import copytree
from tempfile import mkdtemp

from collection_folders import write_folder
from tiny_models import tiny_encoder
from translation_models import make_marian

from optical_pt.models import LateInteraction
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil

WORDS = ["lions", "tigers", "bees", "live", "fly", "alone", "in", "prides", "where", "do", "who"]
PAIRS = [
    ("lions live in prides", "simba huishi kundini"),
    ("lions live", "simba huishi"),
    ("tigers live alone", "chui huishi peke yake"),
    ("tigers live", "chui huishi"),
    ("bees fly", "nyuki huruka"),
    ("where do bees live", "nyuki huishi wapi"),
    ("where do lions live", "simba huishi wapi"),
    ("who flies", "nani huruka"),
]


@lru_cache
def _models() -> Path:
    """Made once in a test process, then copied."""
    folder = Path(mkdtemp(prefix="optical-table-"))
    LateInteraction.from_encoder(tiny_encoder(WORDS), "tiny").save(folder / "teacher")
    teacher = LateInteraction(folder / "teacher", device="cpu")
    pairs = [SentencePair(english, foreign, "sw", "made") for english, foreign in PAIRS]
    distil(teacher, pairs, folder / "students" / "sw", settings=_untrained())
    make_marian(folder / "nmt")
    return folder


def _untrained():
    from optical_pt.training.trainer import TrainingSettings

    return TrainingSettings(epochs=0)


def write_table_input(folder: Path, changes: dict | None = None) -> Path:
    """Write ``collection``, ``teacher``, ``students/sw`` and ``nmt`` into a folder."""
    write_folder(folder / "collection", changes)
    copytree(_models(), folder, dirs_exist_ok=True)
    return folder
