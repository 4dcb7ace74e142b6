"""The command of a study, with a toy for a study."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from study_outputs import FILES, picture
from study_scores import BASE

from optical_pt.errors import InputError
from optical_pt.studies import Trial, score_frame
from optical_pt.studies.findings import finding
from optical_pt.studies.plots import bar_plot
from optical_pt.studies.report import read_study
from optical_pt.studies.study import Plan, Study, run_study, study_parser


class Toy(Study):
    """Whether more is more."""

    name = "toy"
    question = "Is 100% more than 50%?"
    baseline = "MSE"

    def __init__(self):
        self.measured: list[Trial] = []

    def add_options(self, parser):
        parser.add_argument("--bonus", type=float, default=0.1)

    def plan(self, options, folder):
        languages = options.languages or ["ha", "sw", "de"]
        if "xx" in languages:
            raise InputError("no bitext in xx: give another language")
        seeds = options.seeds or (3 if options.full else 1)
        trials = [
            Trial(method, code, seed)
            for method in ("MSE", "OT")
            for code in languages
            for seed in range(seeds)
        ]

        def measure(trial):
            self.measured.append(trial)
            bonus = options.bonus if trial.method == "OT" else 0.0
            values = {str(n): value + bonus + trial.seed / 100 for n, value in enumerate(BASE)}
            return score_frame("toy", "MAP", values)

        groups = {"ha": "low", "sw": "low", "de": "other"}
        facts = {"bonus": options.bonus, "folder": folder.name, "indexes": options.indexes.name}
        return Plan(trials, measure, lambda trial: f"{trial} {options.bonus}", groups, facts)

    def plot(self, result):
        return bar_plot(result)

    def findings(self, result):
        return [finding(result, "toy", "MAP")]


def command(toy, tmp_path, *more):
    return run_study(toy, ["--data", str(tmp_path), "--output", str(tmp_path / "out"), *more])


def test_a_command_measures_tests_and_writes(tmp_path, capsys):
    toy = Toy()
    assert command(toy, tmp_path, "--seeds", "2") == 0
    out, err = capsys.readouterr()
    assert len(toy.measured) == 12
    assert "[12/12] OT de seed 1: toy MAP 0.300" in err
    folder = tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == {*FILES, "manifest.json", "trials"}
    assert out.startswith((folder / "table.md").read_text())
    assert (folder / "findings.md").read_text() in out
    assert "significantly above MSE (+0.100" in out
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["study"] == "toy"
    assert manifest["size"] == "quick"
    assert manifest["seeds"] == [0, 1]
    assert (manifest["bonus"], manifest["folder"], manifest["indexes"]) == (0.1, "work", "indexes")
    assert list(manifest["files"]) == FILES
    result = read_study(folder)
    assert result.rows("toy", "MAP").query("method == 'OT' and language == 'ha'")[
        "value"
    ].tolist() == [pytest.approx(np.mean(BASE) + 0.105)]
    picture((folder / "plot.png").read_bytes())


def test_a_resumed_study_gives_the_same_bytes(tmp_path, capsys):
    assert command(Toy(), tmp_path) == 0
    before = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}
    again = Toy()
    assert command(again, tmp_path, "--resume") == 0
    assert again.measured == []
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} == before
    # Other settings are other trials, for the methods that have them and for all that depends.
    assert command(again, tmp_path, "--resume", "--bonus", "0.2") == 0
    assert len(again.measured) == 6
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} != before
    capsys.readouterr()


def test_a_finished_study_is_extended(tmp_path, capsys):
    assert command(Toy(), tmp_path, "--languages", "ha") == 0
    base = tmp_path / "base"
    (tmp_path / "out").rename(base)
    shutil.rmtree(base / "trials")
    wider, extend = Toy(), ["--extend", str(base)]
    assert command(wider, tmp_path, "--languages", "ha,sw", *extend) == 0
    assert {trial.name for trial in wider.measured} == {"MSE sw seed 0", "OT sw seed 0"}
    assert "[3/4] OT ha seed 0: toy MAP 0.290 (kept)" in capsys.readouterr().err
    extended = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}
    origin = json.loads((tmp_path / "out" / "manifest.json").read_text())["extended"]
    assert origin["folder"] == str(base)
    assert origin["date"] == json.loads((base / "manifest.json").read_text())["date"]
    assert command(Toy(), tmp_path, "--languages", "ha,sw") == 0
    assert {name: (tmp_path / "out" / name).read_bytes() for name in FILES} == extended
    # What is of other settings is measured anew.
    other = Toy()
    assert command(other, tmp_path, "--languages", "ha", "--bonus", "0.2", *extend) == 0
    assert {trial.name for trial in other.measured} == {"MSE ha seed 0", "OT ha seed 0"}
    capsys.readouterr()


def test_what_cannot_be_extended_is_named_before_anything_is_measured(tmp_path, capsys):
    toy, out = Toy(), tmp_path / "out"
    assert command(toy, tmp_path, "--extend", str(tmp_path / "none")) == 2
    assert f"{tmp_path / 'none'}: no manifest.json" in capsys.readouterr().err
    assert command(Toy(), tmp_path, "--languages", "ha") == 0
    manifest = out / "manifest.json"
    record = json.loads(manifest.read_text())
    assert set(record.pop("trials")) == {"MSE ha seed 0", "OT ha seed 0"}
    manifest.write_text(json.dumps(record))
    assert command(toy, tmp_path, "--extend", str(out)) == 2
    assert f"{manifest}: no 'trials'" in capsys.readouterr().err
    (out / "per_query.csv.gz").write_bytes(b"")
    assert command(toy, tmp_path, "--extend", str(out)) == 2
    assert "per_query.csv.gz: not as the manifest has it" in capsys.readouterr().err
    assert toy.measured == []


def test_full_and_languages_reach_the_plan(tmp_path, capsys):
    toy = Toy()
    assert command(toy, tmp_path, "--full", "--languages", "ha, de") == 0
    assert {trial.language for trial in toy.measured} == {"ha", "de"}
    assert {trial.seed for trial in toy.measured} == {0, 1, 2}
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["size"] == "full"
    capsys.readouterr()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--seeds", "0"], "--seeds 0: give 1 or more"),
        (["--limit", "0"], "--limit 0: give 1 or more"),
        (["--epochs", "-1"], "--epochs -1.0: give 0 or more"),
        (["--languages", "ha,ha"], "trial 'MSE ha seed 0' comes twice"),
        (["--languages", "ha,xx"], "no bitext in xx: give another language"),
        (["--languages", "hi"], "language 'hi' has no group: use one of low, other"),
        (["--data", "/nowhere"], "--data /nowhere: no such folder"),
    ],
)
def test_bad_options_end_in_one_line(tmp_path, capsys, more, message):
    assert command(Toy(), tmp_path, *more) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert lines[-1].startswith(f"error: {message}")
    assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.parametrize("words", [["--quick", "--full"], ["--seeds", "two"], ["--bogus"]])
def test_options_that_do_not_parse_are_told_with_usage(tmp_path, capsys, words):
    with pytest.raises(SystemExit) as raised:
        command(Toy(), tmp_path, *words)
    assert raised.value.code == 2
    assert "usage: " in capsys.readouterr().err


def test_help_asks_the_question():
    text = study_parser(Toy()).format_help()
    assert "Is 100% more than 50%?" in text
    assert "--bonus" in text
