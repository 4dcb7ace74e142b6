"""The study of eps: its languages, its command on a made-up language, MIRACL, its sentences."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from cipher import cipher_pairs
from irds_home import irds_environment, write_wikipedia
from published_files import write
from study_commands import REAL, command_words, open_plan, refusal, save_teacher, write_bitext
from study_scores import rows

from optical_pt.collections.published import tydiqa
from optical_pt.errors import InputError
from optical_pt.maxsim import maxsim
from optical_pt.models import LateInteraction
from optical_pt.ot import Entropic
from optical_pt.studies import summarize_study
from optical_pt.studies.regularization_strength import RegularizationStrength
from optical_pt.studies.regularization_strength.findings import answers
from optical_pt.studies.regularization_strength.languages import (
    MIRACL,
    TYDIQA,
    choose_languages,
)
from optical_pt.studies.regularization_strength.study import (
    DEFAULT_EPS,
    FULL_EPS,
    OT,
    QUICK_EPS,
    START,
)
from optical_pt.studies.study import run_study

torch.set_num_threads(1)

DOCUMENTS = cipher_pairs(12, seed=1)
SCRIPT = Path(__file__).parents[1] / "experiments" / "regularization_strength.py"


def query(number: int) -> str:
    """Words of the next document, so that the judged one is not found first."""
    return " ".join(DOCUMENTS[(number + 1) % 12].foreign.split()[:2])


def write_passages(folder: Path) -> None:
    """English passages, six with questions in one language, six in the other."""
    documents = "".join(f"d{n}\t{pair.english}\n" for n, pair in enumerate(DOCUMENTS))
    write(folder / "docs.tsv", documents)
    for name, first in {"afriqa-train.yo": 0, "xquad.ru": 6}.items():
        chosen = range(first, first + 6)
        questions = "".join(f"q{n}\t{query(n)}\n" for n in chosen)
        write(folder / f"queries/{name}.tsv", questions)
        write(folder / f"qrels/{name}.qrels", "".join(f"q{n} 0 d{n} 1\n" for n in chosen))


def write_tydiqa(path: Path) -> None:
    paragraphs = [
        {
            "context": pair.foreign,
            "qas": [{"id": f"x-{n}", "question": query(n), "answers": []}],
        }
        for n, pair in enumerate(DOCUMENTS)
    ]
    text = json.dumps({"data": [{"title": "", "paragraphs": paragraphs}]})
    write(path, gzip.compress(text.encode()))


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_passages(folder / "passages")
    for language in ("ru", "sw"):
        write_tydiqa(folder / f"tydiqa/tydiqa.goldp.{language}.dev.json.gz")
    for language in ("yo", "ru", "sw"):
        write_bitext(folder, language, cipher_pairs(60, seed=3))
    return folder


@pytest.fixture(scope="module")
def command(data, tmp_path_factory) -> list[str]:
    teacher = save_teacher(tmp_path_factory.mktemp("teacher"))
    output = tmp_path_factory.mktemp("study") / "out"
    output_and_languages = ["--output", output, "--languages", "yo,ru"]
    words = command_words(data, teacher, "--unverified", *output_and_languages)
    sizes = ["--iterations", "200", "--held-out", "8", "--max-queries", "5"]
    return [*words, "--eps", "100,0.05", *sizes]


@pytest.fixture(scope="module")
def output(command) -> Path:
    assert run_study(RegularizationStrength(), command) == 0
    return Path(command[command.index("--output") + 1])


def students(output: Path, method: str) -> dict[str, LateInteraction]:
    """By language, on the one teacher of the command."""
    folder = output / "work" / "students"
    return {
        code: LateInteraction(next(folder.glob(f"{method}*{code}*.*")), device="cpu")
        for code in ("yo", "ru")
    }


def possible_ndcg(query_embs: np.ndarray, documents: list[np.ndarray], judged: int) -> set[float]:
    """Of the judged document's ranks, as the search multiplies in bf16 and may swap near scores."""
    scores = np.array([maxsim(query_embs, document) for document in documents])
    others = np.delete(scores, judged)
    first, last = ((others > scores[judged] + slack).sum() + 1 for slack in (0.02, -0.02))
    return {round(1 / np.log2(rank + 1), 6) for rank in range(first, last + 1)}


def per_query(output: Path, **chosen: object) -> pd.DataFrame:
    scores = pd.read_csv(output / "per_query.csv.gz")
    for column, value in chosen.items():
        same = scores[column].isna() if value is None else scores[column] == value
        scores = scores[same]
    return scores.set_index("qid")["value"]


def test_every_language_and_eps_is_measured(output):
    results = pd.read_csv(output / "results.csv")
    tasks = ["English passages", "TyDi QA", "plan"]
    assert list(results["task"].drop_duplicates()) == tasks
    counts = results[results["language"] != "mean"].groupby(["task", "measure"])
    assert {place: len(found) for place, found in counts} == {
        # The start and two eps, in two languages, or the one that TyDi QA has.
        ("English passages", "nDCG@10"): 6,
        ("English passages", "MAP"): 6,
        ("TyDi QA", "nDCG@10"): 3,
        ("TyDi QA", "MAP"): 3,
        ("plan", "entropy"): 4,
        ("plan", "unsolved"): 4,
    }
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["baseline_level"] == DEFAULT_EPS
    assert manifest["queries"] == {
        "yo": {"English passages": 5},
        "ru": {"English passages": 5, "TyDi QA": 5},
    }
    assert manifest["pairs"]["yo"] <= 52
    assert (output / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_scores_are_those_of_maxsim_by_the_student_and_its_query_side(output):
    student = students(output, "start")["ru"]
    queries = student.encode_queries([query(n) for n in range(12)])
    # Quick runs search the documents judged for the set, or for the five queries asked.
    english = student.encode_documents([pair.english for pair in DOCUMENTS[6:]])
    found = per_query(output, method=START, language="ru", task="English passages",
                      measure="nDCG@10")  # fmt: skip
    for n in range(6, 11):
        assert round(found[f"q{n}"], 6) in possible_ndcg(queries[n], english, n - 6)
    foreign = student.query_side().encode_documents([pair.foreign for pair in DOCUMENTS[:5]])
    found = per_query(output, method=START, language="ru", task="TyDi QA", measure="nDCG@10")
    for n in range(5):
        assert round(found[f"ru-dev-q{n:05d}"], 6) in possible_ndcg(queries[n], foreign, n)
    assert found.nunique() > 1


def test_plans_go_from_alignments_to_independence(output):
    entropies = {
        eps: per_query(output, language="yo", measure="entropy", level=eps) for eps in (0.05, 100.0)
    }
    assert len(entropies[0.05]) == 8
    assert entropies[100.0].to_numpy() == pytest.approx(1, abs=1e-4)
    assert (entropies[0.05] < 0.9).all()
    assert per_query(output, measure="unsolved").max() == 0


def test_a_finished_study_is_resumed_to_the_same_bytes(output, command, capsys):
    before = {name: (output / name).read_bytes() for name in ("results.csv", "findings.md")}
    assert run_study(RegularizationStrength(), [*command, "--resume"]) == 0
    assert capsys.readouterr().err.count("(kept)") == 6
    for name, contents in before.items():
        assert (output / name).read_bytes() == contents


def test_miracl_is_read_through_ir_datasets_if_asked_for(command, tmp_path):
    """In a process of its own: ir_datasets fixes its folder when it is imported."""
    write_wikipedia(tmp_path / "home")
    output = tmp_path / "out"
    options = ["--miracl", "--languages", "sw", "--output", str(output), "--epochs", "0"]
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *command, *options, "--eps", "0.05"],
        env=irds_environment(tmp_path / "home"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    # One query on one passage.
    assert per_query(output, task="MIRACL").to_dict() == {"m1": 1.0}
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["queries"] == {"sw": {"TyDi QA": 5, "MIRACL": 1}}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--languages", "xx"], "--languages xx: no queries; choose from "),
        (["--languages", "th"], ", or add --miracl"),
        (["--languages", "te"], "en-te.tsv.gz: no sentence pairs for 'te'"),
        (["--languages", "fi"], "en-fi.tsv.gz: no sentence pairs for 'fi'"),
        (["--eps", "0.1,1"], "--eps 0.1,1: the others are tested against 0.05; add it"),
        (["--iterations", "0"], "iterations"),
        (["--held-out", "0"], "--held-out 0: give 1 or more"),
        (["--held-out", "40"], "hold out at most"),
        (["--max-queries", "0"], "--max-queries 0"),
    ],
)
def test_bad_options_are_told_before_anything_is_trained(options, message, command, capsys, data):
    assert message in refusal(RegularizationStrength(), [*command, *options], capsys)


@pytest.mark.parametrize("eps", ["0.05,zero", "0.05,-1", "inf"])
def test_eps_that_is_no_positive_number(eps, command, capsys):
    with pytest.raises(SystemExit):
        run_study(RegularizationStrength(), [*command, "--eps", eps])
    assert "give numbers above 0" in capsys.readouterr().err


def test_what_is_declared_holds():
    assert Entropic().reg == DEFAULT_EPS
    assert min(FULL_EPS) * 10_000 == max(FULL_EPS)
    assert DEFAULT_EPS in FULL_EPS
    assert DEFAULT_EPS in QUICK_EPS
    assert set(TYDIQA) <= set(tydiqa.NAMES)
    assert {"sw", "yo", "th"} <= MIRACL
    assert choose_languages(["th", "th"], [], full=True, with_miracl=True) == ["th"]
    assert choose_languages(["sw", "bem"], ["bem"], full=True, with_miracl=False) == ["sw", "bem"]
    with pytest.raises(InputError, match="--languages bem: no queries"):
        choose_languages(["sw", "bem"], ["ha"], full=True, with_miracl=False)


def test_findings_are_what_the_tests_say():
    task, ndcg10 = "TyDi QA", "nDCG@10"
    good, bad = [0.9, 0.8, 1.0, 1.0, 0.7, 0.8], [0.5, 0.4, 0.7, 0.6, 0.2, 0.4]
    frames = [
        rows(START, "ha", bad, task=task, measure=ndcg10),
        rows(OT, "ha", good, level=0.05, task=task, measure=ndcg10),
        rows(OT, "ha", [*good[:5], 0.9], level=0.5, task=task, measure=ndcg10),
        rows(OT, "ha", bad, level=5, task=task, measure=ndcg10),
        *(
            rows(OT, "ha", [value] * 3, level=level, task="plan", measure=measure)
            for level, entropy, unsolved in [(0.05, 0.25, 1.0), (0.5, 0.5, 0.0), (5, 1.0, 0.0)]
            for measure, value in [("entropy", entropy), ("unsolved", unsolved)]
        ),
    ]
    result = summarize_study(pd.concat(frames), {"ha": "low"}, baseline_level=0.05)
    found = answers(result, OT, START)
    assert "OT at 0.5 has the highest, 0.883" in found[0]
    assert "It is not significantly above 0.05 (+0.017" in found[0]
    assert found[1:] == [
        "TyDi QA against eps 0.05, ha: significantly below: 5; no significant difference: 0.5.",
        "TyDi QA, highest nDCG@10 by language, and how far above eps 0.05: ha at 0.5 (+0.017); "
        "significant in none.",
        "TyDi QA, ha: nDCG@10 0.467 before training, from 0.467 to 0.883 after it, by eps (0.867 "
        "at 0.05; not tested).",
        "Normalised entropy of the plans of held-out pairs (0: an alignment, 1: independence), "
        "ha: 0.25 at 0.05, 0.50 at 0.5, 1.00 at 5.",
        "Plans that miss their marginals by more than 0.01 of the mass: 100% at 0.05; give more "
        "--iterations.",
    ]


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/data is not here")
def test_the_real_data_have_what_is_declared(command, tmp_path):
    real = ["--data", str(REAL), "--languages", "sw,yo,ru", "--max-queries", "9999"]
    plan = open_plan(RegularizationStrength(), [*command, *real], tmp_path)
    assert plan.groups == {"sw": "low", "yo": "low", "ru": "other"}
    assert plan.facts["queries"] == {
        "sw": {"TyDi QA": 499},
        "yo": {"English passages": 247},
        "ru": {"English passages": 1190, "TyDi QA": 812},
    }
    assert set(plan.facts["pairs"].values()) == {1000}
    assert len(plan.trials) == 3 * (1 + 2)
