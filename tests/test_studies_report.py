"""The files, tables, plots and sentences of a study say what its numbers do."""

from __future__ import annotations

import gzip
import io
import json

import numpy as np
import pandas as pd
import pytest
from collection_folders import one_line
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image
from study_scores import rows, summarize

from optical_pt.errors import InputError
from optical_pt.studies import Trial, score_frame
from optical_pt.studies.findings import finding
from optical_pt.studies.plots import bar_plot, line_plot
from optical_pt.studies.report import read_study, write_study
from optical_pt.studies.study import Plan, Study, run_study, study_parser
from optical_pt.studies.tables import latex, markdown, value_table

BASE = [0.1, 0.2, 0.3, 0.2, 0.1, 0.3, 0.2, 0.12]
UP = [value + 0.5 + value / 10 for value in BASE]
NOISY = [value + sign for value, sign in zip(BASE, [0.09, -0.07] * 4, strict=True)]
FILES = ["results.csv", "per_query.csv.gz", "table.md", "table.tex", "findings.md", "plot.png"]


def study(**methods):
    """A study of methods in Hausa, Swahili and German, with two seeds of the same scores."""
    return summarize(*[
        rows(method.replace("_", " & "), code, values, seed=seed)
        for method, values in methods.items()
        for code in ("ha", "sw", "de")
        for seed in (0, 1)
    ])  # fmt: skip


@pytest.fixture(scope="module")
def compared():
    return study(MSE=BASE, OT=UP, OT_CL=NOISY)


@pytest.fixture(scope="module")
def levels():
    """Over an axis, one method apart from it, and two tasks in different languages."""
    trials = [
        rows(method, code, [value * (1 + level) for value in BASE], level=level)
        for method in ("OT", "MSE")
        for code in ("ha", "sw")
        for level in (0.01, 0.1, 1.0)
    ]
    trials += [rows("teacher", code, BASE) for code in ("ha", "sw")]
    return summarize(*trials, rows("MSE", "de", BASE, level=0.1, task="TyDi"))


def picture(png: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(png))
    image.load()
    assert image.format == "PNG"
    return image


@pytest.fixture
def drawn(monkeypatch):
    """Figures that were made, for a look at what is in them."""
    figures: list[Figure] = []
    kept = Figure.savefig

    def savefig(self, *args, **options):
        figures.append(self)
        return kept(self, *args, **options)

    monkeypatch.setattr(Figure, "savefig", savefig)
    return figures


def shown(figure: Figure) -> list[Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def labels(figure: Figure) -> list[str]:
    (legend,) = figure.legends
    return [text.get_text() for text in legend.get_texts()]


def test_tables_have_methods_by_languages_and_means(compared):
    header, lines = value_table(compared, "pool", "MAP")
    assert header == ["pool MAP", "ha", "sw", "de", "low-resource mean", "mean of all"]
    table = {line[0]: line[1:] for line in lines}
    assert list(table) == ["MSE", "OT", "OT & CL"]
    assert table["MSE"] == ["0.190 ± 0.000"] * 5
    assert table["OT"] == ["0.709 ± 0.000▲"] * 5
    assert table["OT & CL"] == ["0.200 ± 0.000"] * 5
    text = markdown(compared)
    assert text.startswith("| pool MAP | ha | sw | de | low-resource mean | mean of all |\n")
    assert "\n| --- | --: | --: | --: | --: | --: |\n" in text
    assert "Mean ± standard deviation over 2 seeds. ▲ ▼ significantly better" in text


def test_latex_escapes_what_it_must(compared):
    text = latex(compared)
    assert r"OT \& CL & 0.200 $\pm$ 0.000" in text
    assert r"0.709 $\pm$ 0.000$^{\blacktriangle}$" in text
    assert text.count(r"\begin{tabular}{lrrrrr}") == text.count(r"\end{tabular}") == 1
    assert not set("±▲▼–") & set(text)


def test_tables_name_levels_and_leave_holes_open(levels):
    header, lines = value_table(levels, "pool", "MAP")
    assert header == ["pool MAP", "level", "ha", "sw", "low-resource mean"]
    assert [line[:2] for line in lines] == [
        *(["OT", level] for level in ("0.01", "0.1", "1")),
        *(["MSE", level] for level in ("0.01", "0.1", "1")),
        ["teacher", ""],
    ]
    ragged = summarize(rows("MSE", "ha", BASE), rows("OT", "de", BASE))
    assert value_table(ragged, "pool", "MAP")[1] == [
        ["MSE", "0.190", "–"],
        ["OT", "–", "0.190"],
    ]


def test_a_worse_method_is_marked():
    result = study(MSE=UP, OT=BASE)
    assert value_table(result, "pool", "MAP")[1][1][1] == "0.190 ± 0.000▼"


def test_a_finding_says_better_where_the_test_does(compared):
    mean = compared.rows("pool", "MAP")
    best = mean[(mean["method"] == "OT") & (mean["group"] == "all")].iloc[0]
    assert best["p_corrected"] < 0.05
    assert finding(compared, "pool", "MAP") == (
        "pool MAP, mean of all: OT has the highest, 0.709 "
        f"[{best['low']:.3f}, {best['high']:.3f}]. "
        f"It is significantly above MSE (+0.519, Holm-corrected p = {best['p_corrected']:.3g})."
    )
    assert finding(compared, "pool", "MAP", group="low").startswith("pool MAP, low-resource mean: ")
    assert finding(compared, "pool", "MAP", group="other").startswith("pool MAP, de: OT has ")


def test_a_finding_does_not_say_better_where_the_test_does_not():
    text = finding(study(MSE=BASE, OT=NOISY), "pool", "MAP")
    assert "OT has the highest, 0.200" in text
    assert "It is not significantly above MSE (+0.010, Holm-corrected p = 1)." in text


def test_where_the_baseline_is_best_its_rivals_tests_are_told():
    rival = [value - 0.001 * sign for value, sign in zip(UP, [9, -8] * 4, strict=True)]
    text = finding(study(MSE=UP, OT=BASE, CL=BASE, both=rival), "pool", "MAP")
    assert text.endswith(
        "It is the baseline: OT and CL significantly below it; no significant difference from both."
    )
    one = summarize(rows("MSE", "ha", [0.5]), rows("OT", "ha", [0.4]))
    assert finding(one, "pool", "MAP") == (
        "pool MAP, ha: MSE has the highest, 0.500 [0.500, 0.500]. "
        "It is the baseline: OT not tested."
    )


def test_a_finding_names_the_level_that_is_best(levels):
    assert "low-resource mean: OT at 1 has the highest" in finding(levels, "pool", "MAP")
    assert "OT at 0.1 has the highest" in finding(levels, "pool", "MAP", level=0.1)
    # OT and MSE score the same.
    assert "It is not significantly above MSE (+0.000" in finding(levels, "pool", "MAP")


def test_without_a_baseline_nothing_is_tested():
    result = summarize(rows("OT", "ha", BASE), rows("CL", "ha", UP), baseline=None)
    text = finding(result, "pool", "MAP")
    assert text.startswith("pool MAP, ha: CL has the highest, 0.709")
    assert "significant" not in text + markdown(result)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"group": "other"}, "pool MAP has no group other"),
        ({"group": "all"}, "pool MAP has no group all"),
        ({"level": 3.0}, "pool MAP has no level 3"),
    ],
)
def test_a_finding_of_what_was_not_measured_is_refused(levels, options, message):
    with pytest.raises(InputError) as raised:
        finding(levels, "pool", "MAP", **options)
    assert message in one_line(raised)


def test_bars_are_methods_by_languages(compared, drawn):
    image = picture(bar_plot(compared))
    assert image.width > 800
    (axes,) = shown(drawn[0])
    assert [tick.get_text() for tick in axes.get_xticklabels()] == [
        "ha", "sw", "de", "low-resource mean", "mean of all",
    ]  # fmt: skip
    assert axes.get_ylabel() == "pool MAP"
    assert labels(drawn[0]) == ["MSE", "OT", "OT & CL"]
    heights = {bars.get_label(): [bar.get_height() for bar in bars] for bars in axes.containers
               if hasattr(bars, "patches")}  # fmt: skip
    assert heights["OT"] == pytest.approx([np.mean(UP)] * 5)


def test_bars_of_levels_stand_side_by_side(levels, drawn):
    picture(bar_plot(levels))
    assert [axes.get_ylabel() for axes in drawn[0].axes] == ["pool MAP", "TyDi MAP"]
    assert [axes.get_xlim() for axes in drawn[0].axes] == [(-0.5, 2.5), (-0.5, 0.5)]
    assert labels(drawn[0]) == [
        "OT 0.01", "OT 0.1", "OT 1", "MSE 0.01", "MSE 0.1", "MSE 1", "teacher",
    ]  # fmt: skip


def test_lines_run_along_the_levels_of_each_language(levels, drawn):
    picture(line_plot(levels, "eps", log=True))
    panels = shown(drawn[0])
    assert [(axes.get_title(), axes.get_ylabel()) for axes in panels] == [
        ("ha", "pool MAP"),
        ("sw", ""),
        ("de", "TyDi MAP"),  # a language of one task alone
    ]
    assert {(axes.get_xlabel(), axes.get_xscale()) for axes in panels} == {("eps", "log")}
    lines = {line.get_label(): line for line in panels[0].lines}
    assert list(lines["OT"].get_xdata()) == [0.01, 0.1, 1.0]
    assert list(lines["OT"].get_ydata()) == pytest.approx(
        [np.mean(BASE) * (1 + level) for level in (0.01, 0.1, 1.0)]
    )
    assert list(lines["teacher"].get_ydata()) == pytest.approx([np.mean(BASE)] * 2)
    assert labels(drawn[0]) == ["OT", "MSE", "teacher"]


def test_lines_of_means(levels, drawn):
    picture(line_plot(levels, "eps", means=True))
    assert [axes.get_title() for axes in shown(drawn[0])] == ["low-resource mean"]


def test_equal_results_give_equal_plots(compared, levels):
    assert bar_plot(compared) == bar_plot(compared)
    assert line_plot(levels, "eps") == line_plot(levels, "eps")


def write(result, folder):
    plot = bar_plot(result)
    return write_study(result, folder, plot=plot, findings=["One.", "Two."], manifest={"seeds": 2})


@pytest.mark.parametrize("which", ["compared", "levels"])
def test_a_written_study_reads_as_it_was(which, request, tmp_path):
    result = request.getfixturevalue(which)
    paths = write(result, tmp_path / "study")
    assert [path.name for path in paths] == [*FILES, "manifest.json"]
    assert sorted(path.name for path in (tmp_path / "study").iterdir()) == sorted(
        [*FILES, "manifest.json"]
    )
    read = read_study(tmp_path / "study")
    pd.testing.assert_frame_equal(read.per_query, result.per_query)
    pd.testing.assert_frame_equal(read.summary, result.summary)
    assert (read.groups, read.methods, read.baseline) == (
        result.groups,
        result.methods,
        result.baseline,
    )
    assert markdown(read) == (tmp_path / "study" / "table.md").read_text()
    assert (tmp_path / "study" / "findings.md").read_text() == "- One.\n- Two.\n"
    assert json.loads((tmp_path / "study" / "manifest.json").read_text())["seeds"] == 2


def test_two_writings_differ_in_the_manifest_alone(compared, tmp_path):
    write(compared, tmp_path / "a")
    write(compared, tmp_path / "b")
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("results.csv", lambda data: data.replace(b"0.7", b"0.9"), "results.csv: not as the man"),
        (
            "per_query.csv.gz",
            lambda data: gzip.compress(gzip.decompress(data)[:-20]),
            "per_query.csv.gz: not as the manifest has it",
        ),
        ("results.csv", None, "no results.csv; give the folder of a finished study"),
        ("manifest.json", None, "no manifest.json; give the folder of a finished study"),
        ("manifest.json", lambda data: data[:50], "manifest.json: no manifest of a study"),
        ("manifest.json", lambda data: b"{}", "manifest.json: no manifest of a study"),
        ("manifest.json", lambda data: b"[]", "manifest.json: no manifest of a study"),
    ],
)
def test_a_study_that_was_tampered_with_is_refused(compared, tmp_path, name, change, message):
    write(compared, tmp_path)
    path = tmp_path / name
    if change is None:
        path.unlink()
    else:
        path.write_bytes(change(path.read_bytes()))
    with pytest.raises(InputError) as raised:
        read_study(tmp_path)
    assert message in one_line(raised)


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
        (["--languages", ","], "--languages: no language is named"),
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
