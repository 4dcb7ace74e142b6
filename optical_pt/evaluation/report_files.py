"""Writing the files of a report so that a manifest tells whether it is complete."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from optical_pt.evaluation.manifest import describe_environment
from optical_pt.files import hash_bytes, write_bytes

MANIFEST = "manifest.json"


def write_report_files(
    folder: Path, files: Mapping[str, bytes], record: Mapping[str, object]
) -> list[Path]:
    """Write files, and then ``manifest.json``: where it is, the others are there and whole.

    Args:
        folder: Made if need be; files of the same names are replaced, others left alone.
        files: Contents by name.
        record: Of the manifest, beside versions, command, date and the SHA-256 of the files.

    Returns:
        The paths written, the manifest last.
    """
    manifest = {
        **describe_environment(),
        **record,
        "files": {name: hash_bytes(data) for name, data in files.items()},
    }
    last = json.dumps(manifest, indent=2, ensure_ascii=False).encode() + b"\n"
    discard_manifest(folder)
    for name, data in files.items():
        write_bytes(folder / name, data)
    write_bytes(folder / MANIFEST, last)
    return [folder / name for name in (*files, MANIFEST)]


def discard_manifest(folder: str | Path) -> None:
    """Say that a folder holds no complete report, before its files are made anew."""
    (Path(folder) / MANIFEST).unlink(missing_ok=True)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV: every number in the shortest text that reads back as it, NaN as nothing."""
    return frame.to_csv(index=False, lineterminator="\n").encode()
