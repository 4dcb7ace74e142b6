"""What the commands of studies are tried on: a tiny teacher, and data in a made-up language."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from cipher import ENGLISH
from published_files import write
from tiny_models import tiny_encoder

from optical_pt.studies.study import Plan, Study, run_study, study_parser
from optical_pt.training.bitext import SentencePair

REAL = Path(__file__).parents[2] / "shared" / "data"


def save_teacher(folder: Path) -> Path:
    """A model with random weights that knows the English words of the cipher."""
    tiny_encoder(ENGLISH).save_pretrained(str(folder))
    return folder


def write_passages(
    data: Path, pairs: Sequence[SentencePair], asked: int, query_sets: Mapping[str, str]
) -> None:
    """English sentences as ``passages``, the first of which are asked for in both languages.

    Args:
        data: Folder to write to.
        pairs: Passages and, word for word, their queries.
        asked: How many pairs are queries.
        query_sets: File of the foreign queries, and of their English versions.
    """
    folder = data / "passages"
    write(folder / "docs.tsv", "".join(f"d{n}\t\t{p.english}\n" for n, p in enumerate(pairs)))
    foreign = "".join(f"q{n}\t{pair.foreign}\n" for n, pair in enumerate(pairs[:asked]))
    english = "".join(f"q{n}\t{pair.english}\n" for n, pair in enumerate(pairs[:asked]))
    for name, human in query_sets.items():
        write(folder / "queries" / f"{name}.tsv", foreign)
        write(folder / "queries" / f"{human}.tsv", english)
        judged = "".join(f"q{n} 0 d{n} 1\n" for n in range(asked))
        write(folder / "qrels" / f"{human.removesuffix('.en')}.qrels", judged)


def write_bitext(data: Path, language: str, pairs: Iterable[SentencePair]) -> None:
    """Sentence pairs with their tags as ``bitext``."""
    text = "".join(f"{pair.tag}\t{pair.english}\t{pair.foreign}\n" for pair in pairs)
    write(data / "bitext" / f"en-{language}.tsv.gz", gzip.compress(text.encode()))


def command_words(data: Path, teacher: Path | str, *more: object) -> list[str]:
    """The command line of a study on a CPU."""
    return ["--data", str(data), "--teacher", str(teacher), "--device", "cpu", *map(str, more)]


def open_plan(study: Study, words: Sequence[str], output: Path) -> Plan:
    """The plan of a command whose output is in a folder; nothing is run."""
    options = study_parser(study).parse_args(words)
    options.indexes = output / "work" / "indexes"
    return study.plan(options, output / "work")


def refusal(study: Study, words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line with which a command refuses what it was given."""
    assert run_study(study, list(words)) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert error.count("\n") == 1
    return error
