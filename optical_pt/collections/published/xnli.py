"""XNLI: premises and hypotheses in 15 languages, for classification of pairs and bitext retrieval.

Conneau et al. 2018, https://arxiv.org/abs/1809.05053. Size and sum are those that Hugging Face's
datasets recorded of the published XNLI-1.0.zip. A local folder may hold ``xnli.zip`` instead, with
one TSV (premise, hypothesis and, in the dev part, label) a language, aligned by line.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.published.archives import text_lines, zip_member, zip_members
from optical_pt.collections.published.copies import verify_copy
from optical_pt.collections.published.parallel import translations_to_find
from optical_pt.collections.published.records import (
    PublishedCollection,
    Records,
    refuse_empty,
)
from optical_pt.errors import InputError

LANGUAGES = (
    "ar",
    "bg",
    "de",
    "el",
    "en",
    "es",
    "fr",
    "hi",
    "ru",
    "sw",
    "th",
    "tr",
    "ur",
    "vi",
    "zh",
)
LABELS = ("entailment", "neutral", "contradiction")
SPLITS = ("dev", "test")

ARCHIVE = PublishedFile(
    path="xnli/XNLI-1.0.zip",
    url="https://dl.fbaipublicfiles.com/XNLI/XNLI-1.0.zip",
    size=17865352,
    sha256="4ba1d5e1afdb7161f0f23c66dc787802ccfa8a25a3ddd3b165a35e50df346ab1",
    repacked=("xnli/xnli.zip",),
)

_COLUMNS = ("language", "gold_label", "sentence1", "sentence2", "pairID")
# Sentences to retrieve: distinct premises and hypotheses, counted.
_SENTENCES = {"dev": 3320, "test": 6679}


class Pair(NamedTuple):
    """A premise and a hypothesis; the same ``pair_id`` is their translation in every language."""

    pair_id: str
    premise: str
    hypothesis: str
    label: str | None


def pairs(
    language: str, split: str, *, folder: str | Path | None = None, verify: bool = True
) -> pd.DataFrame:
    """Labelled pairs of a language: a frame of pair_id, premise, hypothesis, label.

    Args:
        language: one of :data:`LANGUAGES`.
        split: ``"dev"`` (2,490 pairs) or ``"test"`` (5,010).
        folder: take the file from here instead of downloading it.
        verify: compare it with the published sum.

    Raises:
        InputError: for another language or split, a broken file, or one without labels.
    """
    if language not in LANGUAGES or split not in SPLITS:
        raise InputError(
            f"xnli {language}/{split}: no such part; choose from {', '.join(LANGUAGES)} and "
            f"{', '.join(SPLITS)}"
        )
    files = Files(folder, verify=verify)
    rows = read_pairs(files, language, split)
    if any(row.label is None for row in rows):
        raise InputError(
            f"{files.used[ARCHIVE.path]}: the {split} part has no labels; use {ARCHIVE.url}"
        )
    return pd.DataFrame(rows, columns=Pair._fields)


def read_pairs(files: Files, language: str, split: str) -> list[Pair]:
    """Pairs of one language, sorted as the English ones are.

    Raises:
        InputError: for a broken file, or one that is not aligned with the English part.
    """
    path = files.path(ARCHIVE)
    english = _read(files, path, "en", split)
    rows = english if language == "en" else _read(files, path, language, split)
    by_id = {row.pair_id: row for row in rows}
    if len(by_id) != len(english):
        raise InputError(
            f"{path}: {len(by_id)} {language} pairs in {split}, but {len(english)} English ones; "
            "get the published file anew"
        )
    for row in english:
        translated = by_id.get(row.pair_id)
        if translated is None or translated.label != row.label:
            raise InputError(
                f"{path}: the {language} pair {row.pair_id!r} of {split} is absent or has another "
                "label than the English one; the file was re-ordered: get it anew"
            )
    return [by_id[row.pair_id] for row in english]


def bitext(files: Files, language: str, split: str) -> list[tuple[str, str, str]]:
    """(id, foreign, English) of the distinct English premises (``p…``) and hypotheses (``h…``)."""
    rows: dict[str, tuple[str, str, str]] = {}
    foreign, english = read_pairs(files, language, split), read_pairs(files, "en", split)
    for there, here in zip(foreign, english, strict=True):
        rows.setdefault(here.premise, (f"p{here.pair_id}", there.premise, here.premise))
        rows.setdefault(here.hypothesis, (f"h{here.pair_id}", there.hypothesis, here.hypothesis))
    return list(rows.values())


def build(files: Files, view: View) -> Records:
    """Sentences of one side, and their translations to find."""
    return translations_to_find(files, view, bitext, lambda language, split: (ARCHIVE,))


def _read(files: Files, path: Path, language: str, split: str) -> list[Pair]:
    simple = f"{split}-{language}.tsv"
    if simple in zip_members(path):
        contents = zip_member(path, simple)
        rows = _read_simple(contents, f"{path}: {simple}")
        verify_copy(files, ARCHIVE, contents, simple)
    else:
        rows = _read_published(path, f"XNLI-1.0/xnli.{split}.tsv", language)
    if not rows:
        raise InputError(f"{path}: no {language} pair in {split}; get the published file anew")
    return rows


def _read_simple(contents: bytes, name: str) -> list[Pair]:
    rows = []
    for number, line in enumerate(text_lines(contents, name), 1):
        where = f"{name}:{number}"
        fields = line.split("\t")
        if len(fields) not in (2, 3):
            raise InputError(
                f"{where}: {len(fields)} columns instead of premise, hypothesis and label; get the "
                "file anew"
            )
        label = fields[2] if len(fields) == 3 else None
        rows.append(_pair(str(number), fields[0], fields[1], label, where))
    return rows


def _read_published(path: Path, member: str, language: str) -> list[Pair]:
    lines = text_lines(zip_member(path, member), f"{path}: {member}", ended=False)
    header = lines[0].split("\t") if lines else []
    for column in _COLUMNS:
        if column not in header:
            raise InputError(f"{path}: {member}:1: no column {column!r}; get the file anew")
    places = [header.index(column) for column in _COLUMNS]
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        where = f"{path}: {member}:{number}"
        fields = line.split("\t")
        if len(fields) != len(header):
            raise InputError(
                f"{where}: {len(fields)} columns instead of {len(header)}; get the file anew"
            )
        found, label, premise, hypothesis, pair_id = (fields[place] for place in places)
        if found == language:
            rows.append(_pair(pair_id, premise, hypothesis, label, where))
    return rows


def _pair(pair_id: str, premise: str, hypothesis: str, label: str | None, where: str) -> Pair:
    refuse_empty(premise, where, "premise")
    refuse_empty(hypothesis, where, "hypothesis")
    if label is not None and label not in LABELS:
        raise InputError(f"{where}: label {label!r} is none of {', '.join(LABELS)}")
    return Pair(pair_id, premise, hypothesis, label)


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    return Sizes(_SENTENCES[view.split], _SENTENCES[view.split])


def _entry(pairs: tuple[tuple[str, str], ...], title: str) -> CollectionEntry:
    return CollectionEntry(
        collection="xnli",
        title=title,
        pairs=pairs,
        splits=SPLITS,
        licence="CC BY-NC 4.0",
        access="free",
        source="facebookresearch/XNLI",
        url="https://arxiv.org/abs/1809.05053",
        open=_open,
        sizes=_sizes,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(
        tuple((code, "en") for code in LANGUAGES if code != "en"),
        "Bitext retrieval: find the English original of a premise or hypothesis of XNLI",
    ),
    _entry(
        tuple(("en", code) for code in LANGUAGES if code != "en"),
        "Bitext retrieval: find the translation of an English premise or hypothesis of XNLI",
    ),
)
