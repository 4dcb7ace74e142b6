"""Sentence pairs of a study's languages."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.files import hash_path
from optical_pt.training.bitext import SentencePair, read_bitext
from optical_pt.training.bitext_report import BitextReport
from optical_pt.training.bitext_sources import drop_overlap
from optical_pt.training.sampling import sample_in_order


def bitext_file(data: Path, language: str) -> Path:
    """``bitext/en-XX.tsv.gz`` in the data folder.

    Raises:
        InputError: if there is no such file.
    """
    path = data / "bitext" / f"en-{language}.tsv.gz"
    if not path.is_file():
        names = (found.name for found in sorted(path.parent.glob("en-*.tsv.gz")))
        known = ", ".join(name.removeprefix("en-").removesuffix(".tsv.gz") for name in names)
        raise InputError(
            f"{path}: no sentence pairs for {language!r}; add this file (python -m "
            f"optical_pt.training.bitext_sources write SOURCE {language} {path} makes it), or "
            f"choose --languages that have one ({known or 'none has'})"
        )
    return path


def read_pairs(
    data: Path,
    language: str,
    *,
    limit: int | None = None,
    tags: Collection[str] | None = None,
    seed: int = 0,
) -> list[SentencePair]:
    """A language's sentence pairs; a sample of at most ``limit``. Unusable lines are left out."""
    path = bitext_file(data, language)
    report = BitextReport(str(path))
    return read_bitext(path, language, limit=limit, tags=tags, seed=seed, report=report)


def untested_pairs(
    data: Path, language: str, tested: Collection[str], *, limit: int | None = None
) -> list[SentencePair]:
    """A sample of the pairs neither side of which is a text of the test.

    Raises:
        InputError: if none is left.
    """
    pairs = drop_overlap(read_pairs(data, language), tested)
    if not pairs:
        raise InputError(
            f"{bitext_file(data, language)}: all sentence pairs hold texts of the test; add others"
        )
    return sample_in_order(pairs, limit)


def bitext_facts(data: Path, languages: Iterable[str]) -> dict[str, str]:
    """SHA-256 by file, for a manifest."""
    return {path.name: hash_path(path) for path in (bitext_file(data, code) for code in languages)}
