"""The files of a study are written whole and read as they were."""

from __future__ import annotations

import gzip
import json

import pandas as pd
import pytest
from collection_folders import one_line
from study_outputs import FILES
from study_scores import BASE, NOISY, UP, study, study_with_levels

from optical_pt.errors import InputError
from optical_pt.studies.plots import bar_plot
from optical_pt.studies.report import read_study, write_study
from optical_pt.studies.tables import markdown


@pytest.fixture(scope="module")
def compared():
    return study(MSE=BASE, OT=UP, OT_CL=NOISY)


@pytest.fixture(scope="module")
def levels():
    return study_with_levels()


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
