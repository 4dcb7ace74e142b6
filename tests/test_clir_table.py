"""The script that prints a CLIR table, on a small collection with small models."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from table_folders import write_table_input
from tiny_models import save_plain_bert

import optical_pt
from optical_pt.table import SYSTEMS

SCRIPT = Path(optical_pt.__file__).parents[1] / "experiments" / "clir_table.py"
COLUMNS = "system,family,language,group,measure,value,delta,p_value,p_corrected,n_queries"
REPORT = {"results.csv", "per_query.csv.gz", "table.md", "table.tex", "chart.png", "manifest.json"}


def load_script():
    spec = importlib.util.spec_from_file_location("clir_table", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


main = load_script().main


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(write_table_input(tmp_path))
    return tmp_path


def arguments(**changes: object) -> list[str]:
    options = {
        "collection": "collection",
        "queries": "cats",
        "teacher": "teacher",
        "students": "students",
        "nmt": "nmt",
        "output": "out",
        "device": "cpu",
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    return [word for name, value in options.items() for word in (f"--{name}", str(value))]


def read_results(output: Path) -> list[dict[str, str]]:
    with open(output / "results.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_from_input_to_report_and_again(folder, capfd):
    assert main(arguments(languages="sw,ha")) == 0
    out, err = capfd.readouterr()
    assert err.splitlines()[0] == "collection: 3 documents, queries in sw, ha"
    assert "[1/" in err
    assert re.search(r"^MAP +(ha|sw) ", out, re.MULTILINE)
    assert re.search(r"^nDCG@10 ", out, re.MULTILINE)
    assert out.splitlines()[-1].startswith("Saved to out/:")

    output = folder / "out"
    assert {path.name for path in output.iterdir()} >= REPORT | {"runs", "cells", "index"}
    assert (output / "results.csv").read_text().splitlines()[0] == COLUMNS
    rows = read_results(output)
    in_swahili = [row["system"] for row in rows if row["language"] == "sw"]
    assert set(in_swahili) == {row.name for row in SYSTEMS}
    assert len(in_swahili) == 2 * len(SYSTEMS)
    assert len(rows) == 2 * (len(SYSTEMS) + 6)  # no student and no lexicon for Hausa
    for row in rows:
        assert row["n_queries"] == "2"
        assert row["group"] == "low"
        assert 0 <= float(row["value"]) <= 1
    ceiling = {row["measure"]: row for row in rows if row["system"] == "human English >> BM25"}
    assert float(ceiling["MAP"]["value"]) == 1.0
    assert ceiling["MAP"]["family"] == "ceiling"
    assert ceiling["MAP"]["p_value"] == ""
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["seed"] == 0
    assert "sw/optical.run.gz" in manifest["runs"]
    for name, sha256 in manifest["runs"].items():
        assert hashlib.sha256((output / "runs" / name).read_bytes()).hexdigest() == sha256
    assert set(manifest["models"]["sw"]) == {"student", "lexicon", "translator"}
    assert (output / "runs" / "sw" / "optical.run.gz").is_file()

    assert main(arguments(languages="sw,ha", output="again")) == 0
    for name in ("results.csv", "table.md", "table.tex", "per_query.csv.gz"):
        assert (folder / "again" / name).read_bytes() == (output / name).read_bytes()
    capfd.readouterr()

    before = {name: (output / name).read_bytes() for name in ("results.csv", "table.md")}
    assert main([*arguments(languages="sw,ha"), "--resume"]) == 0
    cells = [line for line in capfd.readouterr().err.splitlines() if line.startswith("[")]
    assert len(cells) == len(SYSTEMS) + 6
    assert all(line.endswith("(finished before)") for line in cells)
    assert {name: (output / name).read_bytes() for name in before} == before


def test_resume_runs_again_what_has_changed(folder, capfd):
    choices = arguments(languages="sw", systems="bm25,teacher,optical", baseline="bm25")
    assert main(choices) == 0
    capfd.readouterr()
    (folder / "students" / "sw" / "README.md").write_text("another student")
    assert main([*choices, "--resume"]) == 0
    cells = [line for line in capfd.readouterr().err.splitlines() if line.startswith("[")]
    again = [line for line in cells if "finished before" not in line]
    assert len(cells) == 3
    assert len(again) == 1
    assert "OPTICAL" in again[0]


def test_options_reach_the_result(folder):
    options = arguments(
        systems="bm25,teacher", baseline="teacher", measures="P@1,RR", languages="ha"
    )
    assert (
        main([*options, "--low-resource", "none", "--correction", "none", "--test", "wilcoxon"])
        == 0
    )
    rows = read_results(folder / "out")
    assert {row["measure"] for row in rows} == {"P@1", "RR"}
    assert {row["group"] for row in rows} == {"other"}
    experiment = json.loads((folder / "out" / "manifest.json").read_text())["experiment"]
    assert experiment["baseline"] == "teacher, untrained"
    assert experiment["correction"] == "none"
    assert experiment["test"] == "wilcoxon"


def test_several_sets_and_no_models(folder, capfd):
    options = ["--collection", "collection", "--output", "out", "--students", "none"]
    options += ["--nmt", "none", "--teacher", "teacher", "--device", "cpu"]
    assert main([*options, "--queries", "cats:sw", "--queries", "own-dev"]) == 0
    assert {row["language"] for row in read_results(folder / "out")} == {"sw"}
    assert {row["n_queries"] for row in read_results(folder / "out")} == {"3"}
    assert "sw: no student for optical; left out" in capfd.readouterr().err


def write(path: str, text: str):
    return lambda folder: (folder / path).write_text(text)


def plain_student(folder: Path) -> None:
    shutil.rmtree(folder / "students" / "sw")
    save_plain_bert(folder / "students" / "sw")
    (folder / "students" / "sw" / "modules.json").write_text("[]")


def plain_teacher(folder: Path) -> None:
    shutil.rmtree(folder / "teacher")
    save_plain_bert(folder / "teacher")


def stale_index(folder: Path) -> None:
    assert main(arguments(systems="bm25", baseline="bm25")) == 0
    shutil.rmtree(folder / "out" / "runs")
    for path in (folder / "out").iterdir():
        if path.is_file():
            path.unlink()
    (folder / "collection" / "docs.tsv").write_text("d1\t\tother text\nd2\t\tLions.\nd3\t\tBees.\n")


def nothing(folder: Path) -> None:
    pass


BAD_INPUT = {
    "unknown language": (nothing, {"languages": "xx"}, ["'xx'", "ha, sw"]),
    "no collection": (nothing, {"collection": "gone"}, ["gone"]),
    "unknown set": (nothing, {"queries": "dogs"}, ["'dogs'", "cats"]),
    "missing file": (
        lambda folder: (folder / "collection" / "qrels" / "cats.qrels").unlink(),
        {},
        ["cats.qrels", "no such file"],
    ),
    "malformed document": (write("collection/docs.tsv", "d1\tx\nd2\n"), {}, ["docs.tsv:2"]),
    "malformed query": (write("collection/queries/cats.sw.tsv", "q1\n"), {}, ["cats.sw.tsv:1"]),
    "malformed judgment": (write("collection/qrels/cats.qrels", "q1 d1\n"), {}, ["cats.qrels:1"]),
    "empty query": (write("collection/queries/cats.sw.tsv", "q1\t \n"), {}, ["'q1' is empty"]),
    "no query is judged": (write("collection/qrels/cats.qrels", "q9 0 d1 1\n"), {}, ["'q9'"]),
    "no judged document": (write("collection/qrels/cats.qrels", "q1 0 d9 1\n"), {}, ["'d9'"]),
    "teacher is a plain BERT": (plain_teacher, {}, ["teacher: not a late-interaction model"]),
    "student is a plain BERT": (plain_student, {}, ["sw: not a late-interaction model"]),
    "teacher is missing": (nothing, {"teacher": "./gone"}, ["gone: no such model"]),
    "students are missing": (nothing, {"students": "gone"}, ["gone: no such folder"]),
    "nmt is missing": (nothing, {"nmt": "./gone"}, ["gone"]),
    "nmt is no translation model": (nothing, {"nmt": "teacher"}, ["teacher"]),
    "stale index": (stale_index, {"systems": "bm25", "baseline": "bm25"}, ["stale index", "out"]),
    "unknown system": (nothing, {"systems": "bm25,colbert"}, ["system 'colbert'", "nmt-bm25"]),
    "system without models": (nothing, {"systems": "optical"}, ["ha: no student for optical"]),
    "unknown baseline": (nothing, {"baseline": "colbert"}, ["baseline 'colbert'"]),
    "unknown measure": (nothing, {"measures": "AP,F7"}, ["'F7'"]),
    "unknown device": (nothing, {"device": "abacus"}, ["'abacus'"]),
    "output is a file": (write("out", "x"), {}, ["out", "cannot be made"]),
    "seed below zero": (nothing, {"seed": "-1"}, ["seed -1"]),
}


@pytest.mark.parametrize("case", BAD_INPUT)
def test_bad_input_ends_in_one_line(folder, capfd, case):
    prepare, changes, words = BAD_INPUT[case]
    prepare(folder)
    capfd.readouterr()
    assert main(arguments(**changes)) == 2
    out, err = capfd.readouterr()
    assert out == ""
    errors = [line for line in err.splitlines() if line.startswith("error:")]
    assert errors == err.splitlines()[-1:], err
    assert all(word in errors[0] for word in words), err
    assert "Traceback" not in err
    left = (
        {path.name for path in (folder / "out").rglob("*")} if (folder / "out").is_dir() else set()
    )
    assert not left & (REPORT | {"runs"})
    assert not [name for name in left if name.startswith(".")]


@pytest.mark.parametrize(
    "changes", [{"nmt": "./gone"}, {"students": "gone"}, {"students": "none", "systems": "psq"}]
)
def test_models_are_opened_before_documents_are_indexed(folder, capfd, changes):
    assert main(arguments(**changes)) == 2
    capfd.readouterr()
    indexes = [path.name for path in (folder / "out").rglob("*") if path.is_dir()]
    assert not {"tokens", "bm25-pisa"} & set(indexes)


@pytest.mark.parametrize("option", ["languages", "measures", "systems"])
def test_an_empty_list_is_refused(folder, capfd, option):
    with pytest.raises(SystemExit) as stopped:
        main(arguments(**{option: ","}))
    assert stopped.value.code == 2
    assert f"error: argument --{option}: ',' names nothing" in capfd.readouterr().err
    assert not (folder / "out").exists()


def test_as_a_process(folder):
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}

    def run(*options: str) -> subprocess.CompletedProcess:
        command = [sys.executable, str(SCRIPT), *options]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    done = run(*arguments(systems="bm25", baseline="bm25", languages="ha"))
    assert done.returncode == 0, done.stderr
    assert "nDCG@10" in done.stdout
    assert read_results(folder / "out")[0]["system"] == "BM25"
    done = run(*arguments(languages="xx"))
    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: language 'xx'")
    done = run("--bm25", "lucene")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
