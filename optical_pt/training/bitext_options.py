"""Command-line options that name bitext, and what they give."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.files import hash_bytes
from optical_pt.training.bitext import SentencePair, parse_tags, read_bitext
from optical_pt.training.bitext_report import BitextReport


def add_bitext_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--bitext``, ``--tags``, ``--limit`` and ``--strict``.

    :func:`read_bitext_options` reads what they name.
    """
    add = parser.add_argument
    add("--bitext", action="append", required=True, metavar="LANG=FILE",
        help="sentence pairs (.tsv or .tsv.gz); repeat for several languages")  # fmt: skip
    add("--tags", nargs="+", metavar="TAG", help="source tags to keep (default: all)")
    add("--limit", type=int, help="at most this many pairs a language, sampled by the seed")
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
        The pairs, language by language, and the SHA-256 of each file under its name as given.

    Raises:
        InputError: as :func:`bitext_files` and :func:`~optical_pt.training.bitext.read_bitext` do,
            and with ``--strict`` if anything was reported.
    """
    tags = parse_tags(options.tags)
    pairs: list[SentencePair] = []
    hashes, faulty = {}, []
    for language, file in bitext_files(options.bitext).items():
        report = BitextReport(file)
        try:
            pairs += read_bitext(
                file, language, tags=tags, limit=options.limit, seed=seed, report=report
            )
        finally:
            for message in report.messages():
                print(message, file=sys.stderr)
        if report:
            faulty.append(file)
        hashes[file] = hash_bytes(Path(file).read_bytes())
    if options.strict and faulty:
        raise InputError(
            f"--strict: {', '.join(faulty)} has the lines reported above; correct them, or leave "
            "out --strict"
        )
    return pairs, hashes


def bitext_files(values: Sequence[str]) -> dict[str, str]:
    """The file of each language, from values such as ``ha=en-ha.tsv.gz``.

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
