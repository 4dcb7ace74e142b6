"""TREC run files."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from optical_pt.errors import InputError
from optical_pt.files import file_stem, gzip_bytes, hash_bytes, write_bytes


def sort_run(results: pd.DataFrame) -> pd.DataFrame:
    """The columns ``qid, docno, score, rank`` sorted by qid and rank.

    Ranks (from 0, as in PyTerrier) follow the scores, and ties the docno; a ``rank`` column of
    ``results`` is not used.
    """
    run = results[["qid", "docno", "score"]].sort_values(
        ["qid", "score", "docno"], ascending=[True, False, True], kind="stable", ignore_index=True
    )
    return run.assign(rank=run.groupby("qid").cumcount())


def run_path(directory: Path, language: str, system: str) -> Path:
    """Where the run of a system in a language is kept.

    >>> str(run_path(Path("runs"), "ha", "PSQ >> BM25"))
    'runs/ha/psq_bm25.run.gz'
    """
    return directory / file_stem(language) / f"{file_stem(system)}.run.gz"


def write_run(run: pd.DataFrame, path: Path, tag: str) -> str:
    """Write a sorted run to ``path`` (``….gz``) as a compressed TREC run; give its SHA-256.

    Equal runs give equal files; scores keep all their digits.

    Raises:
        InputError: if a qid or docno is empty or has a space, which the format cannot hold.
    """
    for column in ("qid", "docno"):
        unfit = run[column][run[column].str.contains(r"^$|\s", regex=True)]
        if len(unfit):
            raise InputError(
                f"{column} {unfit.iloc[0]!r} cannot stand in a TREC run: use a name without spaces"
            )
    lines = run.assign(Q0="Q0", tag=tag)[["qid", "Q0", "docno", "rank", "score", "tag"]].to_csv(
        sep=" ", header=False, index=False, quoting=csv.QUOTE_NONE, lineterminator="\n"
    )
    data = gzip_bytes(lines.encode())
    write_bytes(path, data)
    return hash_bytes(data)
