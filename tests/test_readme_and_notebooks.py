"""What the README and the notebooks show runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

REPOSITORY = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
SCORE = re.compile(r"\b0\.\d+")


def test_the_example_of_the_readme_runs(tmp_path, monkeypatch):
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"## The API by example\n\n```python\n(.*?)```", text, flags=re.DOTALL)
    (tmp_path / "experiments").symlink_to(REPOSITORY / "experiments")
    monkeypatch.chdir(tmp_path)
    *statements, experiment = re.split(r"\n(?=pt\.Experiment)", example)
    names: dict = {}
    exec("\n".join(statements), names)
    results = eval(experiment, names)
    systems = ["PSQ >> BM25", "NMT >> BM25", "OPTICAL", "respelt", "rerank", "fusion"]
    assert list(results["name"]) == systems
    assert results.set_index("name").loc["OPTICAL", "map"] > 0.4


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_shows_what_it_kept(path):
    kept = nbformat.read(path, as_version=4)
    fresh = nbformat.read(path, as_version=4)
    NotebookClient(fresh, timeout=600, resources={"metadata": {"path": path.parent}}).execute()
    assert _printed(kept), "the notebook was kept without its outputs"
    stale = "stale outputs: execute it anew"
    assert SCORE.sub("0", _printed(kept)) == SCORE.sub("0", _printed(fresh)), stale
    # Another processor rounds otherwise, which a training makes larger.
    scores = [[float(score) for score in SCORE.findall(_printed(nb))] for nb in (kept, fresh)]
    assert scores[0] == pytest.approx(scores[1], abs=0.01), stale


def test_the_notebooks_show_their_tables():
    tables = {path.stem: _printed(nbformat.read(path, as_version=4)) for path in NOTEBOOKS}
    assert "human English" in tables["01_quickstart"]
    marked = [line for line in tables["02_distil_your_language"].splitlines() if "▲" in line]
    assert any(line.startswith("OPTICAL ") for line in marked), "training did not help"


def _printed(notebook) -> str:
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    return "".join(output.text for output in outputs if output.get("name") == "stdout")
