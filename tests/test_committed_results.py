"""The results in the repository are whole, and say what the code says of their numbers."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from optical_pt.studies.adversarial import Adversarial
from optical_pt.studies.code_switching import CodeSwitching
from optical_pt.studies.contrastive import Contrastive
from optical_pt.studies.data_budget import DataBudget
from optical_pt.studies.distillation import Distillation
from optical_pt.studies.ot_regularization import OtRegularization
from optical_pt.studies.regularization_strength import RegularizationStrength
from optical_pt.studies.report import read_study
from optical_pt.studies.tables import latex, markdown

RESULTS = Path(__file__).parents[1] / "experiments" / "results"
MANIFESTS = sorted(RESULTS.glob("*/manifest.json"))
KINDS = (
    Adversarial, CodeSwitching, Contrastive, DataBudget, Distillation, OtRegularization,
    RegularizationStrength,
)  # fmt: skip
STUDIES = {kind.name: kind() for kind in KINDS}


def names(paths: list[Path]) -> list[str]:
    return [path.parent.name for path in paths]


REPORTS = [path for path in MANIFESTS if "files" in json.loads(path.read_text())]


@pytest.mark.parametrize("manifest", REPORTS, ids=names(REPORTS))
def test_files_are_those_of_the_manifest(manifest):
    files = json.loads(manifest.read_text())["files"]
    assert files
    for name, sha256 in files.items():
        assert hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() == sha256, name


STUDIED = [path for path in MANIFESTS if json.loads(path.read_text()).get("study") in STUDIES]


@pytest.mark.parametrize("manifest", STUDIED, ids=names(STUDIED))
def test_sentences_and_tables_are_those_of_the_numbers(manifest):
    folder, study = manifest.parent, STUDIES[json.loads(manifest.read_text())["study"]]
    result = read_study(folder)
    sentences = "".join(f"- {sentence}\n" for sentence in study.findings(result))
    assert (folder / "findings.md").read_text() == sentences
    assert (folder / "table.md").read_text() == markdown(result)
    assert (folder / "table.tex").read_text() == latex(result)
