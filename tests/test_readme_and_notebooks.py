"""What the README and the notebooks show runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

REPOSITORY = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch):
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"## The API by example\n\n```python\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "experiments").symlink_to(REPOSITORY / "experiments")
    monkeypatch.chdir(tmp_path)
    *statements, experiment = re.split(r"\n(?=pt\.Experiment)", example)
    names: dict = {}
    exec("\n".join(statements), names)
    results = eval(experiment, names)
    assert list(results["name"]) == ["PSQ >> BM25", "NMT >> BM25", "OPTICAL", "rerank", "fusion"]
    assert results.set_index("name").loc["OPTICAL", "map"] > 0.4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_kept(path):
    kept = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(fresh, timeout=600, resources={"metadata": {"path": path.parent}}).execute()
    printed = [_printed(cell) for cell in kept.cells]
    assert any("human English" in text for text in printed), "the notebook shows no table"
    assert printed == [_printed(cell) for cell in fresh.cells], "stale outputs: execute it anew"


def _printed(cell) -> str:
    outputs = cell.outputs if cell.cell_type == "code" else []
    return "".join(output.text for output in outputs if output.get("name") == "stdout")
