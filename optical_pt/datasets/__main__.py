"""Command line: ``python -m optical_pt.datasets list`` and ``show NAME``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict

from optical_pt.datasets.listing import Listed, Range, list_collections, show_collection
from optical_pt.errors import InputError

EXAMPLE = """examples:
  python -m optical_pt.datasets list --language ha
  python -m optical_pt.datasets show optical:mmarco/de-en/dev
"""
FEW = 15


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code (2 for bad input)."""
    options = _parser().parse_args(argv)
    try:
        if options.command == "show":
            listed = show_collection(options.name)
        else:
            listed = list_collections(options.language, names=options.names)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if options.json:
        text = json.dumps([asdict(item) for item in listed], indent=1, ensure_ascii=False)
    else:
        text = "\n\n".join(_text(item, full=options.command == "show") for item in listed)
    try:
        print(text, flush=True)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m optical_pt.datasets",
        description="Collections that a name opens: open_collection(NAME), pt.get_dataset(NAME). "
        "Nothing is downloaded here.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    every = commands.add_parser("list", help="all collections")
    every.add_argument("--language", metavar="CODE", help="with queries or documents in it")
    every.add_argument("--names", action="store_true", help="each name, with its own numbers")
    show = commands.add_parser("show", help="one name, or all names of one collection")
    show.add_argument("name", metavar="NAME", help="optical:mmarco/de-en/dev, or mmarco")
    for command in (every, show):
        command.add_argument("--json", action="store_true", help="as JSON, with all languages")
    return parser


def _text(item: Listed, *, full: bool) -> str:
    licence = f"{item.access}; {item.licence}; from {item.source}"
    lines = [
        item.name,
        f"  {item.title}",
        f"  queries:   {_codes(item.query_languages, full)}; {_count(item.queries)}",
        f"  documents: {_codes(item.document_languages, full)}; {_count(item.documents)}",
        f"  access:    {licence}",
    ]
    if item.instructions:
        lines.append(f"  by hand:   {item.instructions}")
    if full and item.url:
        lines.append(f"  read:      {item.url}")
    return "\n".join(lines)


def _codes(codes: tuple[str, ...], full: bool) -> str:
    if full or len(codes) <= FEW:
        return " ".join(codes)
    return f"{len(codes)} languages ({' '.join(codes[:FEW])} ...)"


def _count(counts: Range | None) -> str:
    if counts is None:
        return "number unknown before the download"
    fewest, most = counts
    return f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"


if __name__ == "__main__":
    sys.exit(main())
