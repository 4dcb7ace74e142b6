"""Command line: ``list`` the bitexts that have names, or ``write`` some of them as one TSV file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from optical_pt.errors import InputError
from optical_pt.files import gzip_bytes, write_bytes
from optical_pt.training.bitext_sources import (
    SOURCES,
    BitextFilter,
    held_out_texts,
    open_bitext,
    open_tested,
    tested_collections,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 2 if the input is bad."""
    options = _parser().parse_args(arguments)
    try:
        return _list() if options.command == "list" else _write(options)
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _list() -> int:
    for source in SOURCES:
        parts = ", ".join(source.parts)
        tested = f"; TEST SET of optical:{source.tested_by}" if source.tested_by else ""
        print(f"{source.name} ({parts}): {source.title}; {source.licence}{tested}")
        print(f"    {' '.join(sorted(source.languages))}")
    print("tsv:PATH, moses:ENGLISH,FOREIGN, opus:CORPUS/VERSION: your own files and OPUS's corpora")
    return 0


def _write(options: argparse.Namespace) -> int:
    packed = options.output.endswith(".gz")
    held_out = held_out_texts(open_tested(options.held_out, options.folder))
    pairs, dropped = open_bitext(
        options.names.split("+"),
        options.language,
        rules=BitextFilter(options.length_ratio, options.script),
        held_out=held_out,
        folder=options.folder,
    )
    lines = (f"{pair.tag}\t{pair.english}\t{pair.foreign}\n" for pair in pairs)
    contents = "".join(lines).encode()
    write_bytes(options.output, gzip_bytes(contents) if packed else contents)
    report = ", ".join(f"{rule} {number}" for rule, number in dropped.items())
    print(f"{options.output}: {len(pairs)} pairs (dropped: {report})")
    for tested in tested_collections(options.names):
        print(f"these are the test sentences of optical:{tested}: do not test on it what learns "
              "from them", file=sys.stderr)  # fmt: skip
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m optical_pt.training.bitext_sources")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="sources, parts, licences and languages")
    write = commands.add_parser("write", help="write tag<TAB>English<TAB>foreign")
    write.add_argument("names", help="sources joined by +, such as xnli+flores/dev")
    write.add_argument("language", help="ISO 639 code of the foreign side")
    write.add_argument("output", help="path of the TSV file; one that ends in .gz is gzipped")
    write.add_argument(
        "--held-out",
        action="append",
        default=[],
        metavar="COLLECTION",
        help="refuse a source that has queries of this collection; may be repeated",
    )
    write.add_argument("--length-ratio", type=float, default=3.0, help="largest (default: 3)")
    write.add_argument("--script", help="ISO 15924 code of the foreign script, such as Deva")
    write.add_argument("--folder", help="take published files from here, download nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
