"""Command-line options that name bitext, and what they give."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.training.bitext import (
    SentencePair,
    choose_pairs,
    hash_pairs,
    parse_tags,
    read_bitext,
)
from optical_pt.training.bitext_report import BitextReport


def add_bitext_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--bitext``, ``--tags``, ``--limit``, ``--held-out``, ``--bitext-folder``, ``--strict``.

    :func:`read_bitext_options` reads what they name.
    """
    add = parser.add_argument
    add("--bitext", action="append", required=True, metavar="LANG=FILE",
        help="sentence pairs: .tsv, .tsv.gz or published ones by name, such as ntrex+xnli/dev (see "
        "python -m optical_pt.training.bitext_sources list); repeat for several languages"
        )  # fmt: skip
    add("--tags", nargs="+", metavar="TAG", help="source tags to keep (default: all)")
    add("--limit", type=int, help="at most this many pairs a language, sampled by the seed")
    add("--held-out", action="append", default=[], metavar="COLLECTION",
        help="stop if a sentence is a query of this collection, a name or folder; may be repeated"
        )  # fmt: skip
    add("--bitext-folder", metavar="DIR",
        help="take published bitext and collections from here, and download nothing")  # fmt: skip
    add("--strict", action="store_true",
        help="stop at unusable or doubtful lines, which are else reported")  # fmt: skip


def read_bitext_options(
    options: argparse.Namespace, seed: int
) -> tuple[list[SentencePair], dict[str, str]]:
    """Read the sentence pairs that the options ask for; report what is wrong with them on stderr.

    Args:
        options: parsed options of :func:`add_bitext_options`.
        seed: of the sample that ``--limit`` draws from each language.

    Returns:
        The pairs, language by language, and SHA-256 sums: of each file under its name as given, and
        of the pairs of each named bitext under ``LANG=NAME``. Pairs of a named one are filtered
        (:class:`~optical_pt.training.bitext_sources.BitextFilter`); files are taken as they are.

    Raises:
        InputError: as :func:`bitext_files`, :func:`~optical_pt.training.bitext.read_bitext` and
            :func:`~optical_pt.training.bitext_sources.open_bitext` do, if a pair holds a query of a
            ``--held-out`` collection, and with ``--strict`` if anything was reported.
    """
    # Not at the top, as --help wants none of what they import.
    from optical_pt.training.bitext_sources import (
        held_out_texts,
        names_bitext,
        open_tested,
        refuse_overlap,
    )

    tags = parse_tags(options.tags)
    held_out = held_out_texts(open_tested(options.held_out, options.bitext_folder))
    pairs: list[SentencePair] = []
    hashes, faulty = {}, []
    for language, file in bitext_files(options.bitext).items():
        if names_bitext(file) and not Path(file).is_file():
            named = _read_named(file, language, options.bitext_folder)
            hashes[f"{language}={file}"] = hash_pairs(named)
            mine = choose_pairs(named, file, tags=tags, limit=options.limit, seed=seed)
        else:
            report = BitextReport(file)
            mine = _read_file(file, language, tags, options.limit, seed, report)
            if report:
                faulty.append(file)
            hashes[file] = hash_bytes(Path(file).read_bytes())
        refuse_overlap(mine, held_out, f"{file} ({language})")
        pairs += mine
    if options.strict and faulty:
        raise InputError(
            f"--strict: {', '.join(faulty)} has the lines reported above; correct them, or leave "
            "out --strict"
        )
    return pairs, hashes


def _read_file(
    file: str,
    language: str,
    tags: set[str] | None,
    limit: int | None,
    seed: int,
    report: BitextReport,
) -> list[SentencePair]:
    try:
        return read_bitext(file, language, tags=tags, limit=limit, seed=seed, report=report)
    finally:
        for message in report.messages():
            print(message, file=sys.stderr)


def _read_named(names: str, language: str, folder: str | None) -> list[SentencePair]:
    from optical_pt.training.bitext_sources import open_bitext, tested_collections

    pairs, dropped = open_bitext(names.split("+"), language, folder=folder)
    rules = ", ".join(f"{rule} {number}" for rule, number in dropped.items() if number)
    print(f"{names} ({language}): {len(pairs)} pairs, dropped: {rules or 'none'}", file=sys.stderr)
    for tested in tested_collections(names):
        print(
            f"{names} ({language}): these are the test sentences of optical:{tested}; do not test "
            "on it what learns from them",
            file=sys.stderr,
        )
    return pairs


def bitext_files(values: Sequence[str]) -> dict[str, str]:
    """The file, or named bitext, of each language, from values such as ``ha=en-ha.tsv.gz``.

    Raises:
        InputError: if a value is not ``LANG=FILE`` or gives a language a second file.

    >>> bitext_files(["ha=en-ha.tsv.gz", "yo=a=b.tsv"])
    {'ha': 'en-ha.tsv.gz', 'yo': 'a=b.tsv'}
    """
    files: dict[str, str] = {}
    for value in values:
        language, equals, file = value.partition("=")
        if not (language and equals and file):
            raise InputError(f"--bitext {value}: write LANG=FILE, such as ha=en-ha.tsv.gz")
        if language in files:
            raise InputError(f"--bitext {value}: {language} is given twice; join the files")
        files[language] = file
    return files
