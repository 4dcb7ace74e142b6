"""The files of a study's result."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.evaluation.report_files import MANIFEST, csv_bytes, write_report_files
from optical_pt.files import gzip_bytes, hash_bytes
from optical_pt.studies.result import StudyResult
from optical_pt.studies.tables import latex, markdown


def write_study(
    result: StudyResult,
    folder: str | Path,
    *,
    plot: bytes,
    findings: Sequence[str],
    tables: Mapping[str, pd.DataFrame] | None = None,
    manifest: Mapping[str, object] | None = None,
) -> list[Path]:
    """Write a result as files that people and programs read.

    - ``results.csv``: the summary in full precision;
    - ``per_query.csv.gz``: the scores of every trial and query;
    - ``table.md``, ``table.tex`` and ``plot.png``;
    - ``findings.md``: the sentences;
    - ``NAME.csv`` for each of ``tables``;
    - ``manifest.json``: versions, command, date, the hashes of the other files, and the entries of
      ``manifest`` (seeds, hashes of models and data, …).

    Each file is whole or absent, and the manifest comes last: where it is, the report is complete.

    Returns:
        The paths written.
    """
    folder = Path(folder)
    files = {
        "results.csv": csv_bytes(result.summary),
        "per_query.csv.gz": gzip_bytes(csv_bytes(result.per_query)),
        "table.md": markdown(result).encode(),
        "table.tex": latex(result).encode(),
        "findings.md": "".join(f"- {sentence}\n" for sentence in findings).encode(),
        "plot.png": plot,
        **{f"{name}.csv": csv_bytes(table) for name, table in (tables or {}).items()},
    }
    record = {
        **(manifest or {}),
        "groups": result.groups,
        "methods": list(result.methods),
        "baseline": result.baseline,
        "baseline_level": result.baseline_level,
    }
    return write_report_files(folder, files, record)


def read_study(folder: str | Path) -> StudyResult:
    """Read the result that :func:`write_study` wrote.

    Raises:
        InputError: if a file is missing, or is not the one that the manifest names.
    """
    folder = Path(folder)
    data = {}
    for name in (MANIFEST, "results.csv", "per_query.csv.gz"):
        try:
            data[name] = (folder / name).read_bytes()
        except FileNotFoundError:
            raise InputError(f"{folder}: no {name}; give the folder of a finished study") from None
    record = _record(data.pop(MANIFEST), folder)
    for name in data:
        if hash_bytes(data[name]) != record["files"].get(name):
            raise InputError(f"{folder / name}: not as the manifest has it; run the study again")
    text = {"qid": str, "task": str, "measure": str, "language": str, "method": str}
    read = {"dtype": text, "keep_default_na": False}
    numbers = ("value", "sd", "low", "high", "delta", "p_value", "p_corrected", "level")
    summary = pd.read_csv(
        io.BytesIO(data["results.csv"]),
        **read,
        na_values={column: [""] for column in numbers},
    )
    per_query = pd.read_csv(
        io.BytesIO(data["per_query.csv.gz"]), compression="gzip", na_values={"level": [""]}, **read
    )
    return StudyResult(
        per_query,
        summary,
        record["groups"],
        tuple(record["methods"]),
        record["baseline"],
        record.get("baseline_level"),
    )


def _record(data: bytes, folder: Path) -> dict:
    try:
        record = json.loads(data)
        complete = all(key in record for key in ("files", "groups", "methods", "baseline"))
    except (ValueError, TypeError):
        complete = False
    if not complete:
        raise InputError(f"{folder / MANIFEST}: no manifest of a study; run it again")
    return record
