"""Command-line options that name bitext, and what they give."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair, parse_tags, read_bitext


def add_bitext_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--bitext``, ``--tags`` and ``--limit``, which :func:`read_bitext_options` reads."""
    add = parser.add_argument
    add("--bitext", action="append", required=True, metavar="LANG=FILE",
        help="sentence pairs (.tsv or .tsv.gz); repeat for several languages")  # fmt: skip
    add("--tags", nargs="+", metavar="TAG", help="source tags to keep (default: all)")
    add("--limit", type=int, help="at most this many pairs a language, sampled by the seed")


def read_bitext_options(
    options: argparse.Namespace, seed: int
) -> tuple[list[SentencePair], dict[str, str]]:
    """Read the sentence pairs that the options ask for.

    Args:
        options: parsed options of :func:`add_bitext_options`.
        seed: of the sample that ``--limit`` draws from each language.

    Returns:
        The pairs, language by language, and the SHA-256 of each file under its name as given.

    Raises:
        InputError: as :func:`bitext_files` and :func:`~optical_pt.training.bitext.read_bitext` do.
    """
    tags = parse_tags(options.tags)
    pairs: list[SentencePair] = []
    hashes = {}
    for language, file in bitext_files(options.bitext).items():
        pairs += read_bitext(file, language, tags=tags, limit=options.limit, seed=seed)
        hashes[file] = hashlib.sha256(Path(file).read_bytes()).hexdigest()
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
