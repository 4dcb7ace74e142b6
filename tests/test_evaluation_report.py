"""The tables and files of a result."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
import re

import numpy as np
import pandas as pd
import pyterrier as pt
import pytest
from PIL import Image

from optical_pt import InputError
from optical_pt.evaluation import System, clir_experiment, format_table, write_report

GROUPS = {
    "de": "other",
    "ha": "low",
    "sw": "low",
    "zu": "low",
    "hi": "low",
    "es": "other",
    "tr": "other",
    "ig": "low",
}
# Name, family, and the rank at which it finds the one relevant document of even and odd queries.
SYSTEMS = [
    ("human English >> BM25", "ceiling", (0, 0)),
    ("fusion RRF of NMT >> BM25 and OPTICAL", "fusion", (0, 1)),
    ("BM25", "bm25", (9, 4)),
    ("NMT >> BM25", "nmt", (1, 3)),
    ("OPTICAL_1 & 50% | {x}", "optical", (0, 1)),
]


def fixed(qids, ranks):
    rows = [
        (qid, "good" if rank == ranks[number % 2] else f"bad{rank}", 10.0 - rank)
        for number, qid in enumerate(qids)
        for rank in range(10)
    ]
    return pt.Transformer.from_df(pd.DataFrame(rows, columns=["qid", "docno", "score"]))


def make_result(languages=tuple(GROUPS), **options):
    qids = [f"q{number}" for number in range(20)]
    topics = pd.DataFrame({"qid": qids, "query": "x"})
    qrels = pd.DataFrame({"qid": qids, "docno": "good", "label": 1})
    systems = [System(name, family, fixed(qids, ranks)) for name, family, ranks in SYSTEMS]
    return clir_experiment(
        {name: systems if name != "ig" else systems[:-1] for name in languages},
        dict.fromkeys(languages, topics),
        dict.fromkeys(languages, qrels),
        ["AP", "nDCG@10"],
        groups={name: GROUPS[name] for name in languages},
        **{"baseline": "NMT >> BM25", **options},
    )


@pytest.fixture(scope="module")
def result():
    return make_result()


@pytest.fixture(scope="module")
def report(result, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(result, folder, manifest={"seed": 7, "models": {"nmt": "ab12"}})
    return folder


def test_terminal_table(result):
    table = format_table(result, "MAP")
    lines = table.splitlines()
    assert max(map(len, lines)) <= 120
    assert "low-resource" in lines[0]
    assert "others" in lines[0]
    assert lines[1].replace("|", " ").split() == (
        ["MAP", "ha", "sw", "zu", "hi", "ig", "mean", "de", "es", "tr", "mean", "all"]
    )
    # Values by hand: 1/1 and 1/2 make 0.75, 1/2 and 1/4 make 0.375, 1/10 and 1/5 make 0.15.
    rows = {line.split("  ")[0]: line for line in lines[3:-2]}
    assert [name[:5] for name in rows if not name.startswith("---")] == (
        ["BM25", "NMT >", "OPTIC", "fusio", "human"]
    )
    assert rows["BM25"].count("0.150▼") == 8
    assert rows["BM25"].count("0.150 ") + rows["BM25"].endswith("0.150") == 3
    assert rows["NMT >> BM25"].count("0.375") == 11
    optical = next(line for name, line in rows.items() if name.startswith("OPTICAL"))
    assert optical.count("0.750▲") == 7
    assert optical.count("–") == 3  # not run in ig: no value, no mean of low, no mean of all
    legend = " ".join(lines[-2:])
    assert "NMT >> BM25: paired t-test, Holm-corrected over 23 tests, alpha = 0.05" in legend


def test_terminal_table_cuts_names_and_drops_needless_means():
    small = make_result(["ha", "sw"], baseline=None)
    lines = format_table(small, "nDCG@10", width=40).splitlines()
    assert max(map(len, lines)) <= 40
    assert lines[0].split() == ["nDCG@10", "ha", "sw", "mean"]
    assert any(line.startswith("fusion RRF of NM") and "…" in line for line in lines)
    assert lines[-1] == "No baseline, so nothing was tested."
    header = format_table(make_result(["ha", "de"]), "MAP").splitlines()[1]
    assert header.replace("|", " ").split() == ["MAP", "ha", "de", "all"]
    with pytest.raises(InputError, match="unknown measure 'AP': use one of MAP, nDCG@10"):
        format_table(small, "AP")


def test_markdown_and_latex(report):
    markdown = (report / "table.md").read_text()
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len(rows) == 2 * (2 + len(SYSTEMS))
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {13}
    assert r"| OPTICAL_1 & 50% \| {x} | **0.750**▲ |" in markdown
    assert "| *human English >> BM25* | 1.000 |" in markdown
    assert "Holm-corrected over 23 tests" in markdown
    assert "Queries: ha 20, sw 20" in markdown

    latex = (report / "table.tex").read_text()
    assert r"OPTICAL\_1 \& 50\% | \{x\} & \textbf{0.750}$^{\blacktriangle}$ &" in latex
    assert r"NMT $\gg$ BM25 & 0.375" in latex
    bodies = re.findall(r"\\begin\{tabular\}\{(l(?:r+))\}(.*?)\\end\{tabular\}", latex, re.DOTALL)
    assert len(bodies) == 2
    for columns, body in bodies:
        for line in body.splitlines():
            if line.endswith(r"\\") and "multicolumn" not in line:
                assert len(re.findall(r"(?<!\\)&", line)) == len(columns) - 1


def test_equal_results_give_equal_files(report, tmp_path):
    written = write_report(make_result(), tmp_path)
    names = ["results.csv", "per_query.csv.gz", "table.md", "table.tex", "chart.png"]
    assert [path.name for path in written] == [*names, "manifest.json"]
    assert set(tmp_path.iterdir()) == set(written)
    for name in names:
        assert (tmp_path / name).read_bytes() == (report / name).read_bytes()


def test_manifest(report):
    manifest = json.loads((report / "manifest.json").read_text())
    assert manifest["seed"] == 7
    assert manifest["models"] == {"nmt": "ab12"}
    assert manifest["experiment"]["tests_corrected_together"] == 23
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", manifest["date"])
    assert {"pyterrier", "numpy", "torch"} <= set(manifest["packages"])
    assert len(manifest["files"]) == 5
    for name, digest in manifest["files"].items():
        assert digest == hashlib.sha256((report / name).read_bytes()).hexdigest()


def assert_reads_back(text, frame):
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == list(frame.columns)
    assert len(rows) == len(frame) + 1
    for read, (_, expected) in zip(rows[1:], frame.iterrows(), strict=True):
        for cell, value in zip(read, expected, strict=True):
            if isinstance(value, float):
                assert (cell == "") if math.isnan(value) else (float(cell) == value)
            else:
                assert cell == str(value)


def test_csv_reads_back_exactly(result, report):
    assert_reads_back((report / "results.csv").read_text(), result.summary)
    data = gzip.decompress((report / "per_query.csv.gz").read_bytes())
    assert_reads_back(data.decode(), result.per_query)
    assert list(result.per_query.columns) == ["system", "language", "qid", "measure", "value"]


def test_chart_shows_systems_in_their_colours(report):
    with Image.open(report / "chart.png") as image:
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    shown = {
        "#{:02X}{:02X}{:02X}".format(*c) for c, n in zip(colours, counts, strict=True) if n > 2000
    }
    # Four systems that are not ceilings take the first four colours; ceilings are black.
    assert {"#999999", "#E69F00", "#56B4E9", "#F0E442", "#000000"} <= shown
    assert "#009E73" not in shown


def test_an_unfinished_report_has_no_manifest(result, tmp_path):
    write_report(result, tmp_path)
    (tmp_path / "table.tex").unlink()
    (tmp_path / "table.tex").mkdir()  # a place that cannot be written
    with pytest.raises(OSError, match=r"table\.tex"):
        write_report(result, tmp_path)
    assert not (tmp_path / "manifest.json").exists()
    assert not list(tmp_path.glob(".*"))
