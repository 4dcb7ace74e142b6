"""The files of a result."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from optical_pt.evaluation.chart import draw_chart
from optical_pt.evaluation.report_files import csv_bytes, write_report_files
from optical_pt.evaluation.result import ClirResult
from optical_pt.evaluation.runs import run_path
from optical_pt.evaluation.tables import latex_tables, markdown_tables
from optical_pt.files import gzip_bytes, hash_bytes


def write_report(
    result: ClirResult,
    output_dir: str | Path,
    *,
    manifest: Mapping[str, object] | None = None,
    runs_dir: str | Path | None = None,
) -> list[Path]:
    """Write a result as files that people and programs read.

    - ``results.csv``: the summary, one row a system, language and measure, in full precision;
    - ``per_query.csv.gz``: the scores of every query;
    - ``table.md`` and ``table.tex``: a table a measure, with significance marks;
    - ``chart.png``: the first measure;
    - ``manifest.json``: versions, command, date, settings and the hashes of the other files,
      with the entries of ``manifest`` (seed, hashes of models and data, …).

    Each file is whole or absent, and the manifest comes last: where it is, the report is
    complete. Only the manifest tells one run from another: equal results give equal files.

    Args:
        result: What to write.
        output_dir: The folder, made if need be; files of the same names are replaced, others
            (such as ``runs/``, which :func:`clir_experiment` writes) left alone.
        manifest: Further entries that JSON can hold.
        runs_dir: Where :func:`clir_experiment` wrote the runs; the manifest then has the hashes of
            those of the result. Delete the manifest (:func:`discard_manifest`) before they are
            written, or it speaks for runs that are not its own.

    Returns:
        The paths written.

    Raises:
        FileNotFoundError: if a run of the result is not there.
        TypeError: if an entry of ``manifest`` cannot be written as JSON.
    """
    directory = Path(output_dir)
    # Rendered first: what cannot be drawn must not cost the report that is there.
    files = {
        "results.csv": csv_bytes(result.summary),
        "per_query.csv.gz": gzip_bytes(csv_bytes(result.per_query)),
        "table.md": markdown_tables(result).encode(),
        "table.tex": latex_tables(result).encode(),
        "chart.png": draw_chart(result, result.measures[0]),
    }
    record = {**(manifest or {}), "experiment": _settings(result)}
    if runs_dir is not None:
        record["runs"] = _run_hashes(result, Path(runs_dir))
    return write_report_files(directory, files, record)


def _run_hashes(result: ClirResult, runs_dir: Path) -> dict[str, str]:
    ran = result.summary.drop_duplicates(["language", "system"])
    paths = [run_path(runs_dir, row.language, row.system) for row in ran.itertuples()]
    return {str(path.relative_to(runs_dir)): hash_bytes(path.read_bytes()) for path in paths}


def _settings(result: ClirResult) -> dict[str, object]:
    return {
        "measures": list(result.measures),
        "languages": result.groups,
        "systems": result.families,
        "baseline": result.baseline,
        "test": result.test,
        "correction": result.correction,
        "alpha": result.alpha,
        "seed": result.seed,
        "tests_corrected_together": result.n_tests,
    }
