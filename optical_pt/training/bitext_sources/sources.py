"""Bitext by name: published parallel sentences, local files, and corpora of OPUS."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.published import flores, multi30k, ntrex, tatoeba, xnli
from optical_pt.collections.published.archives import (
    read_bytes,
    text_lines,
    zip_member,
    zip_members,
)
from optical_pt.collections.published.parallel import Lines
from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair, read_bitext

Rows = Iterable[tuple[str, str, str]]
"""(id, foreign sentence, English sentence)."""


@dataclass(frozen=True)
class BitextSource:
    """Parallel sentences that have a name.

    Attributes:
        name: to open it by; a part follows after a slash.
        title: what it is, in one line.
        languages: that have English translations there.
        parts: what there is to choose from; the first is taken if none is named.
        licence: as the publisher states it.
        tested_by: the collection whose test sentences these are, or "".
        read: gives the rows of a language and part.
    """

    name: str
    title: str
    languages: tuple[str, ...]
    parts: tuple[str, ...]
    licence: str
    tested_by: str
    read: Callable[[Files, str, str], Rows]


SOURCES: tuple[BitextSource, ...] = (
    BitextSource(
        "tatoeba",
        "short sentences; the test set of LASER and XTREME (opus:Tatoeba/... has other ones too)",
        tuple(tatoeba.CODES),
        ("test",),
        "CC BY 2.0 FR",
        "tatoeba",
        tatoeba.sentences,
    ),
    BitextSource(
        "flores",
        "sentences of Wikipedia, translated by professionals",
        tuple(flores.CODES),
        ("dev", "devtest"),
        "CC BY-SA 4.0",
        "flores",
        flores.sentences,
    ),
    BitextSource(
        "ntrex",
        "sentences of news, translated by professionals",
        tuple(ntrex.CODES),
        ("test",),
        "CC BY-SA 4.0",
        "ntrex",
        lambda files, language, part: ntrex.sentences(files, language),
    ),
    BitextSource(
        "xnli",
        "premises and hypotheses, translated by professionals",
        tuple(code for code in xnli.LANGUAGES if code != "en"),
        xnli.SPLITS,
        "CC BY-NC 4.0",
        "xnli",
        xnli.bitext,
    ),
    BitextSource(
        "multi30k",
        "captions of photographs, translated by people",
        ("cs", "de", "fr"),
        ("train",),
        "non-commercial research",
        "",
        multi30k.captions,
    ),
)

_OPUS = re.compile(r"[\w.-]+/[\w.-]+")


def read_source(
    name: str, language: str, *, folder: str | Path | None = None, verify: bool = True
) -> list[SentencePair]:
    """Sentence pairs of English and a language, in file order, tagged with the source's name.

    Args:
        name: ``tatoeba``, ``flores``, ``xnli/test`` and so on (:data:`SOURCES`); ``tsv:PATH``, as
            :func:`~optical_pt.training.bitext.read_bitext` reads it; ``moses:ENGLISH,FOREIGN``, two
            files aligned by line; ``opus:CORPUS/VERSION``, such as ``opus:Tatoeba/v2023-04-12``.
        language: ISO 639 code of the foreign side.
        folder: take published files from here and download nothing.
        verify: compare published files with their sizes and sums, where these are known.

    Raises:
        InputError: for an unknown name, part or language, or a broken file.
    """
    kind, _, rest = name.partition(":")
    if kind == "tsv":
        return read_bitext(rest, language)
    files = Files(folder, verify=verify)
    if kind == "moses":
        return _pairs(_read_moses(rest), language, kind)
    if kind == "opus":
        return _pairs(_read_opus(files, rest, language), language, rest.partition("/")[0])
    for source in SOURCES:
        if source.name == name.partition("/")[0]:
            return _pairs(_read_named(source, files, name, language), language, name)
    known = ", ".join(source.name for source in SOURCES)
    raise InputError(
        f"{name}: no such bitext; choose from {known}, tsv:PATH, moses:ENGLISH,FOREIGN and "
        "opus:CORPUS/VERSION"
    )


def names_bitext(names: str) -> bool:
    """Whether this is what :func:`read_source` takes, or several of it joined by ``+``.

    >>> names_bitext("flores/dev+opus:Tatoeba/v2023-04-12"), names_bitext("en-ha.tsv.gz")
    (True, False)
    """
    known = {source.name for source in SOURCES}
    return all(
        name.partition(":")[0] in ("tsv", "moses", "opus")
        or (name.partition("/")[0] in known and not name.endswith((".tsv", ".tsv.gz")))
        for name in names.split("+")
    )


def tested_collections(names: str) -> list[str]:
    """The collections whose test sentences these sources are.

    >>> tested_collections("flores/dev+tatoeba+multi30k")
    ['flores', 'tatoeba']
    """
    by_name = {source.name: source.tested_by for source in SOURCES}
    tested = [by_name.get(name.partition("/")[0]) for name in names.split("+")]
    return [collection for collection in tested if collection]


def _read_named(source: BitextSource, files: Files, name: str, language: str) -> Rows:
    part = name.partition("/")[2] or source.parts[0]
    if part not in source.parts:
        raise InputError(f"{name}: no such part; choose from {', '.join(source.parts)}")
    if language not in source.languages:
        raise InputError(
            f"{name}: no sentences in {language!r}; choose from {', '.join(source.languages)}"
        )
    return source.read(files, language, part)


def _read_moses(paths: str) -> Rows:
    names = paths.split(",")
    if len(names) != 2 or not all(names):
        raise InputError(f"moses:{paths}: write moses:ENGLISH,FOREIGN with the paths of two files")
    for name in names:
        if not Path(name).is_file():
            raise InputError(f"{name}: no such bitext file; give one sentence a line")
    english, foreign = ((text_lines(read_bytes(Path(name)), name), name) for name in names)
    return _align_corpus(foreign, english)


def _read_opus(files: Files, corpus: str, language: str) -> Rows:
    if not _OPUS.fullmatch(corpus):
        raise InputError(
            f"opus:{corpus}: write opus:CORPUS/VERSION as https://opus.nlpl.eu has them, such as "
            "opus:Tatoeba/v2023-04-12"
        )
    name, _, version = corpus.partition("/")
    # OPUS names a pair by its two codes in alphabetical order.
    pair = "-".join(sorted(("en", language)))
    file = PublishedFile(
        path=f"opus/{name}/{version}/{pair}.txt.zip",
        url=f"https://object.pouta.csc.fi/OPUS-{name}/{version}/moses/{pair}.txt.zip",
    )
    path = files.path(file)
    members = zip_members(path)
    sides: list[Lines] = []
    for code in (language, "en"):
        found = [member for member in members if member.endswith(f".{pair}.{code}")]
        if len(found) != 1:
            raise InputError(
                f"{path}: {len(found)} members end in .{pair}.{code} instead of one; get it anew"
            )
        where = f"{path}: {found[0]}"
        sides.append((text_lines(zip_member(path, found[0]), where), where))
    return _align_corpus(*sides)


def _align_corpus(foreign: Lines, english: Lines) -> Rows:
    """Rows of a corpus, which unlike a test set may have empty lines: these are skipped."""
    if len(foreign[0]) != len(english[0]):
        raise InputError(
            f"{foreign[1]}: {len(foreign[0])} lines, but {english[1]} has {len(english[0])}; they "
            "are not aligned: get both anew"
        )
    for number, (there, here) in enumerate(zip(foreign[0], english[0], strict=True)):
        if there.strip() and here.strip():
            yield str(number), there, here


def _pairs(rows: Rows, language: str, tag: str) -> list[SentencePair]:
    return [
        SentencePair(_tidy(english), _tidy(foreign), language, tag) for _, foreign, english in rows
    ]


def _tidy(sentence: str) -> str:
    return " ".join(unicodedata.normalize("NFC", sentence).split())
