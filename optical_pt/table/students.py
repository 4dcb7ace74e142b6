"""Which student and which lexicon serve a language."""

from __future__ import annotations

import json
from pathlib import Path

from optical_pt.errors import InputError

# Either file tells the languages of a student: a vocabulary student has both.
RECORDS = ("optical.json", "training.json")


def find_students(folder: str | Path) -> dict[str, Path]:
    """Find the students in a folder, by language.

    The folder is itself a student, of one language or many, or has a student in each sub-folder.
    A sub-folder that does not declare its languages is a student of the language it is named for.

    Raises:
        InputError: if there is no student, or two serve one language.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of students")
    # A hidden folder is a student that is being written.
    inside = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".")]
    candidates = [folder] if _is_model(folder) else filter(_is_model, inside)
    students: dict[str, Path] = {}
    for candidate in candidates:
        for language in _languages(candidate):
            if language in students:
                raise InputError(
                    f"{candidate}: {language} is served by {students[language]} too; keep one"
                )
            students[language] = candidate
    if not students:
        raise InputError(f"{folder}: no student there; make one by python -m optical_pt.training")
    return students


def find_lexicons(students: dict[str, Path]) -> dict[str, Path]:
    """Find the lexical translation tables that were learnt from the students' sentence pairs."""
    paths = {
        language: student / f"lexicon.{language}.tsv.gz" for language, student in students.items()
    }
    return {language: path for language, path in paths.items() if path.is_file()}


def _is_model(folder: Path) -> bool:
    return (folder / "optical.json").is_file() or (folder / "modules.json").is_file()


def _languages(student: Path) -> list[str]:
    for name in RECORDS:
        path = student / name
        if path.is_file():
            return _declared_languages(path)
    return [student.absolute().name]


def _declared_languages(path: Path) -> list[str]:
    try:
        languages = json.loads(path.read_text(encoding="utf-8"))["languages"]
    except (ValueError, KeyError, TypeError):
        languages = None
    is_list = isinstance(languages, list) and all(isinstance(code, str) for code in languages)
    if not languages or not is_list:
        raise InputError(f"{path}: no list of 'languages'; make the student anew")
    return languages
