"""Finished cells of the table, kept on disk so that a run can be taken up again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from optical_pt.evaluation.runs import run_path, write_run
from optical_pt.files import file_stem, hash_bytes, write_bytes

#: Raised with every change of how results come about that no name or hash tells of.
REVISION = 2


@dataclass(frozen=True, eq=False)
class Cell:
    """What one system gave for one language.

    Attributes:
        scores: One row a qid (the index), one column a measure.
        seconds: What the retrieval took.
    """

    scores: pd.DataFrame
    seconds: float


@dataclass(frozen=True)
class CellStore:
    """Where cells and their TREC runs are kept; either folder may be None, for not at all.

    A cell is finished once its file is there, which is written after its run. It holds a key of
    all that the cell depends on and the hash of the run: with another key, another run or a
    damaged file the cell is not finished.
    """

    cells_dir: Path | None
    runs_dir: Path | None

    def load(self, language: str, system: str, key: str) -> Cell | None:
        """The finished cell with this key, or None."""
        if self.cells_dir is None:
            return None
        try:
            stored = json.loads(self._cell_path(self.cells_dir, language, system).read_bytes())
            if stored["key"] != key:
                return None
            if self.runs_dir is not None:
                run = run_path(self.runs_dir, language, system).read_bytes()
                if hash_bytes(run) != stored["run_sha256"]:
                    return None
            scores = pd.DataFrame.from_dict(
                stored["scores"], orient="index", columns=stored["measures"], dtype=float
            )
            return Cell(scores.rename_axis("qid"), stored["seconds"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def save(
        self, language: str, system: str, key: str | None, cell: Cell, run: pd.DataFrame
    ) -> None:
        """Write the run and then, where the system has a key, the cell."""
        run_sha256 = None
        if self.runs_dir is not None:
            path = run_path(self.runs_dir, language, system)
            run_sha256 = write_run(run, path, tag=file_stem(system))
        if self.cells_dir is not None and key is not None:
            stored = {
                "key": key,
                "system": system,
                "language": language,
                "seconds": cell.seconds,
                "run_sha256": run_sha256,
                "measures": list(cell.scores.columns),
                "scores": {qid: list(row) for qid, *row in cell.scores.itertuples()},
            }
            path = self._cell_path(self.cells_dir, language, system)
            write_bytes(path, json.dumps(stored, indent=0).encode())

    def _cell_path(self, directory: Path, language: str, system: str) -> Path:
        return directory / file_stem(language) / f"{file_stem(system)}.json"


def cell_key(identity: str, topics: pd.DataFrame, qrels: pd.DataFrame, measures: list[str]) -> str:
    """A hash of all that a cell's scores depend on."""
    parts = [
        version("optical-pt"),
        REVISION,
        identity,
        _canonical(topics.sort_values("qid")),
        _canonical(qrels[["qid", "docno", "label"]].sort_values(["qid", "docno"])),
        measures,
    ]
    return hash_bytes(json.dumps(parts).encode())


def _canonical(frame: pd.DataFrame) -> str:
    return frame[sorted(frame.columns)].to_json(orient="values", double_precision=15) + str(
        sorted(frame.columns)
    )
