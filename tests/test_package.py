"""The package as a whole: what importing it costs, and what it offers."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from importlib.resources import files

import pytest

import optical_pt

IMPORT = """
import sys, time
start = time.process_time()
import optical_pt
seconds = time.process_time() - start
heavy = {"torch", "transformers", "sentence_transformers", "jnius", "pyterrier_pisa", "matplotlib"}
print(seconds, *sorted(heavy & set(sys.modules)))
"""


def test_import_is_quick_and_loads_no_model_library_and_no_java():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT], capture_output=True, text=True, check=True
    )
    seconds, *heavy = done.stdout.split()
    assert heavy == []
    assert float(seconds) < 1.5


def test_help_of_the_script_needs_no_model_library():
    script = files(optical_pt).parent / "experiments" / "clir_table.py"
    code = (
        "import runpy, sys; sys.argv = ['clir_table.py', '--help']\n"
        "try: runpy.run_path({!r}, run_name='__main__')\n"
        "except SystemExit as done: print('torch' in sys.modules, done.code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code.format(str(script))],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--collection" in done.stdout
    assert done.stdout.endswith("False 0\n")


@pytest.mark.parametrize("name", optical_pt.__all__)
def test_every_public_name_resolves(name):
    assert getattr(optical_pt, name) is not None
    assert name in dir(optical_pt)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="'optical_pt' has no attribute 'Optical'"):
        _ = optical_pt.Optical


def test_type_information_is_part_of_the_package():
    assert (files(optical_pt) / "py.typed").is_file()
    tomllib = pytest.importorskip("tomllib")
    project = tomllib.loads((files(optical_pt).parent / "pyproject.toml").read_text())
    assert "py.typed" in project["tool"]["setuptools"]["package-data"]["optical_pt"]


def test_entry_points_resolve():
    (artifact,) = entry_points(group="pyterrier.artifact", name="token_index.optical")
    assert artifact.load() is optical_pt.TokenIndex
    (provider,) = entry_points(group="pyterrier.dataset_provider", name="optical")
    assert provider.load().__name__ == "OpticalProvider"
