"""Tiny files in the formats of published collections, written by us, and how to open them."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from pathlib import Path

from optical_pt.collections.download import Files
from optical_pt.collections.published import ENTRIES
from optical_pt.collections.published.records import PublishedCollection

SENTENCES = {
    "en": ("Lions live in prides.", "Bees fly far."),
    "de": ("Löwen leben in Rudeln.", "Bienen fliegen weit."),
    "hi": ("शेर झुंड में रहते हैं।", "मधुमक्खियाँ दूर उड़ती हैं।"),
}
QUESTIONS = {
    "en": ("where do lions live", "how do bees fly"),
    "de": ("wo leben Löwen", "wie fliegen Bienen"),
    "hi": ("शेर कहाँ रहते हैं", "मधुमक्खियाँ कैसे उड़ती हैं"),
}


def squad(language: str, *, breaks: bool = False, qids: tuple[str, ...] = ("q1", "q2")) -> dict:
    """One article of one paragraph of two sentences, each the answer to one of two questions."""
    first, second = SENTENCES[language]
    context = f"{first} {second}"
    starts = (0, len(first) + 1)
    paragraph: dict = {
        "context": context,
        "qas": [
            {
                "id": qid,
                "question": QUESTIONS[language][number],
                "answers": [
                    {"text": SENTENCES[language][number][:4], "answer_start": starts[number]}
                ],
            }
            for number, qid in enumerate(("q1", "q2"))
            if qid in qids
        ],
    }
    if breaks:
        paragraph["sentences"] = [first, second]
        paragraph["sentence_breaks"] = [[0, len(first)], [len(first) + 1, len(context)]]
    return {"version": "1.1", "data": [{"title": "The_Animals", "paragraphs": [paragraph]}]}


def write_json(path: Path, value: object) -> Path:
    return write(path, json.dumps(value, ensure_ascii=False).encode())


def write(path: Path, contents: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
    return path


def write_zip(path: Path, members: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def write_tar(path: Path, members: dict[str, str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


def open_view(name: str, folder: Path, *, verify: bool = False) -> PublishedCollection:
    """Open a name as the catalogue does, on the files of a folder, changed ones included."""
    for entry in ENTRIES:
        view = entry.view(name)
        if view is not None:
            opened = entry.open(view)
            assert isinstance(opened, PublishedCollection)
            opened.files = Files(folder, verify=verify)
            return opened
    raise AssertionError(f"no entry has {name}")
