"""The study of OT regularisation: what it plans, measures, says and refuses."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from cipher import CIPHER, ENGLISH, cipher_pairs
from published_files import write_zip
from study_commands import (
    REAL,
    command_words,
    open_plan,
    refusal,
    save_teacher,
    write_bitext,
    write_passages,
)
from study_scores import rows

from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.ot.strategy import STRATEGIES
from optical_pt.studies import summarize_study
from optical_pt.studies.ot_regularization import OtRegularization
from optical_pt.studies.ot_regularization.findings import answers
from optical_pt.studies.ot_regularization.methods import BASELINE, CEILING, START, make_recipes
from optical_pt.studies.pair_classification import PairClassification, deal_folds, open_pairs
from optical_pt.studies.report import read_study
from optical_pt.studies.study import Plan, run_study
from optical_pt.training.bitext import SentencePair

torch.set_num_threads(1)

LABELS = ("entailment", "neutral", "contradiction")
BITEXT = cipher_pairs(150, seed=0)
POOL = cipher_pairs(20, seed=1)
UNSEEN = cipher_pairs(60, seed=2)
OPTIONS = ["--languages", "sw,de", "--limit", "100", "--epochs", "0.2", "--max-queries", "12",
           "--strategies", "entropic", "exact"]  # fmt: skip


def foreign(english: str) -> str:
    return " ".join(CIPHER[word] for word in english.split())


def nli(part: str) -> list[tuple[str, str, str]]:
    """Three hypotheses a premise; their first word, repeated, gives the label away."""
    sentences = [pair.english for pair in cipher_pairs(24, seed={"dev": 3, "test": 4}[part])]
    words = dict(zip(LABELS, ENGLISH, strict=False))
    return [
        (premise, f"{words[label]} {words[label]} {words[label]} {ENGLISH[10 + number]}", label)
        for number, premise in enumerate(sentences)
        for label in LABELS
    ]


def write_data(folder: Path) -> Path:
    """``passages``, ``bitext`` and ``xnli`` as the shared data have them, in a made-up language."""
    write_passages(folder, POOL, 15, {"mlqa.de": "mlqa.en"})
    premise = nli("dev")[0][0]
    for code in ("sw", "de"):
        # What is tested on, and must not be learnt from: a query, and a premise with its own tag.
        tested = [POOL[0], SentencePair(premise, foreign(premise), code, "xnli")]
        write_bitext(folder, code, [*BITEXT, *tested])
    members = {}
    for part in ("dev", "test"):
        for code in ("en", "sw", "de", "ur"):
            lines = []
            for premise, hypothesis, label in nli(part):
                sides = [s if code == "en" else foreign(s) for s in (premise, hypothesis)]
                lines.append("\t".join([*sides, *([label] if part == "dev" else [])]))
            members[f"{part}-{code}.tsv"] = "".join(f"{line}\n" for line in lines)
    write_zip(folder / "xnli" / "xnli.zip", members)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> LateInteraction:
    return LateInteraction(save_teacher(tmp_path_factory.mktemp("teacher")), device="cpu").load()


def run_words(data: Path, teacher: LateInteraction, output: Path, *more: str) -> list[str]:
    words = command_words(data, teacher.name, "--output", output, *OPTIONS, *more)
    return ["--unverified", *words]


def plan_of(data: Path, teacher: LateInteraction, output: Path, *more: str) -> Plan:
    words = command_words(data, teacher.name, "--unverified", *more)
    return open_plan(OtRegularization(), words, output)


@pytest.fixture(scope="module")
def finished(data, teacher, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("study")
    assert run_study(OtRegularization(), run_words(data, teacher, output)) == 0
    return output


def test_the_command_measures_every_task_that_has_the_language(finished):
    result = read_study(finished)
    assert result.methods == ("entropic", "exact", START, CEILING)
    assert result.groups == {"sw": "low", "de": "other"}
    found = result.per_query.groupby(["language", "task", "measure"])["qid"].nunique().to_dict()
    # 12 of the 15 questions, of the 72 pairs, and of the 96 premises and hypotheses.
    assert found == {
        ("de", "MLQA", "MAP"): 12,
        ("de", "MLQA", "nDCG@10"): 12,
        ("de", "XNLI", "accuracy"): 12,
        ("de", "XNLI bitext", "RR"): 12,
        ("sw", "XNLI", "accuracy"): 12,
        ("sw", "XNLI bitext", "RR"): 12,
    }
    assert (finished / "plot.png").read_bytes().startswith(b"\x89PNG")


def test_students_and_the_ceiling_do_what_the_data_were_made_for(finished):
    values = read_study(finished).summary.set_index(["task", "measure", "language", "method"])
    # A question is its passage, word for word, and its label's word tells a pair's label.
    assert values.at[("MLQA", "MAP", "de", CEILING), "value"] == 1
    assert values.at[("XNLI", "accuracy", "de", CEILING), "value"] == 1
    assert ("XNLI bitext", "RR", "de", CEILING) not in values.index
    for method in ("entropic", "exact", START):
        assert values.at[("MLQA", "MAP", "de", method), "value"] > 0.6
        assert values.at[("XNLI", "accuracy", "sw", method), "value"] > 0.6
        assert values.at[("XNLI bitext", "RR", "sw", method), "value"] > 0.3


def test_the_manifest_says_what_was_learnt_from(finished):
    record = json.loads((finished / "manifest.json").read_text())
    # One pair has a question of MLQA (German asks it), one has XNLI's tag.
    assert record["pairs_to_sample_from"] == {"sw": 151, "de": 150}
    assert record["pairs"] == {"sw": 100, "de": 100}
    assert record["strategies"]["entropic"] == "entropic:reg=0.05,iterations=50,tolerance=1e-05"
    assert record["pair_sources"]["sw"] == "bitext/en-sw.tsv.gz"
    assert record["tasks"] == {
        "sw": ["XNLI", "XNLI bitext"],
        "de": ["MLQA", "XNLI", "XNLI bitext"],
    }
    assert {"en-sw.tsv.gz", "xnli.zip", "passages"} <= set(record["data_sha256"])
    assert "entropic" in (finished / "findings.md").read_text()


def test_resuming_runs_nothing_again(data, teacher, finished, capsys):
    before = {path: path.read_bytes() for path in finished.glob("*.*") if path.suffix != ".json"}
    words = run_words(data, teacher, finished, "--resume")
    assert run_study(OtRegularization(), words) == 0
    assert capsys.readouterr().err.count("(kept)") == 8
    assert {path: path.read_bytes() for path in before} == before


def test_another_number_of_pairs_is_another_trial(data, teacher, tmp_path):
    def identities(*more: str) -> set[str]:
        plan = plan_of(data, teacher, tmp_path, *more)
        return {plan.identity(trial) for trial in plan.trials if trial.method == "ipot"}

    few = identities("--languages", "sw", "--limit", "20")
    assert few.isdisjoint(identities("--languages", "sw", "--limit", "21"))
    assert few.isdisjoint(identities("--languages", "sw", "--limit", "20", "--max-queries", "3"))
    assert len(identities("--languages", "sw", "--limit", "20", "--seeds", "2")) == 2
    assert few < identities("--languages", "sw", "--limit", "20", "--seeds", "2")


def test_a_language_without_bitext_learns_from_the_part_that_is_not_tested(data, teacher, tmp_path):
    plan = plan_of(data, teacher, tmp_path, "--full", "--languages", "ur", "--sets", "mlqa")
    assert plan.facts["pair_sources"] == {"ur": "xnli/test"}
    # 24 premises; all 27 hypotheses but those that are in the dev part, too.
    tested = {hypothesis for _, hypothesis, _ in nli("dev")}
    left = {s for premise, hypothesis, _ in nli("test") for s in (premise, hypothesis)} - tested
    assert plan.facts["pairs"] == {"ur": len(left)}
    assert plan.groups == {"ur": "low"}
    assert [trial.seed for trial in plan.trials if trial.method == "ipot"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--languages", "yo"], "yo: neither XNLI nor mlqa tests it; choose from ar"),
        (["--languages", "en"], "en: neither"),
        (["--languages", "fr"], "xnli.zip: no member"),
        (["--strategies", "exact"], "'entropic', as it is, must be among them"),
        (["--strategies", "entropic", "magic"], "unknown transport strategy 'magic'"),
        (["--sets", "mlqa,other"], "no query set 'other'"),
        (["--max-queries", "0"], "--max-queries 0: give 1 or more"),
        (["--data", "/nowhere"], "no such folder"),
    ],
)
def test_bad_input_is_one_line_before_anything_is_trained(
    data, teacher, tmp_path, capsys, more, message
):
    words = run_words(data, teacher, tmp_path, *more)
    assert message in refusal(OtRegularization(), words, capsys)
    assert not (tmp_path / "work" / "students").exists()


def test_strategies_are_all_of_them_and_no_two_the_same():
    assert list(make_recipes(None, 1)) == [*STRATEGIES, START]
    assert make_recipes(None, 2)["ipot"].settings.transport == "ipot"
    assert make_recipes(None, 2)[START].settings.epochs == 0
    with pytest.raises(InputError, match=r"entropic and entropic:reg=0\.05 are the same"):
        make_recipes(["entropic", "entropic:reg=0.05"], 1)


def test_premises_share_a_fold_and_folds_are_of_one_size():
    premises = pd.Series([f"p{number // 3}" for number in range(30)])
    folds = deal_folds(premises)
    assert all(len(set(folds[start : start + 3])) == 1 for start in range(0, 30, 3))
    assert np.bincount(folds).tolist() == [6, 6, 6, 6, 6]
    with pytest.raises(InputError, match="4 premises: 5 are needed"):
        deal_folds(premises[:12])


def test_no_classifier_has_seen_the_premise_that_it_is_tested_on(teacher):
    # The label is the premise's own and nothing else: known only to one that has seen the premise.
    rng = random.Random(0)
    labels = {pair.english: rng.choice(LABELS) for pair in UNSEEN}
    frame = pd.DataFrame(
        [
            (f"{number}-{copy}", pair.english, pair.english, labels[pair.english])
            for number, pair in enumerate(UNSEEN)
            for copy in range(3)
        ],
        columns=["pair_id", "premise", "hypothesis", "label"],
    )
    task = PairClassification("XNLI", {"en": frame}, teacher)
    unseen = task.score(teacher, "en")["value"].mean()
    # The models of other folds have seen it, on the other hand.
    task.__dict__["classifiers"] = [task.classifiers[(fold + 1) % 5] for fold in range(5)]
    seen = task.score(teacher, "en")["value"].mean()
    assert unseen < 0.5
    assert seen > unseen + 0.15


def test_pairs_with_one_label_are_refused(data, teacher, tmp_path):
    lines = "".join(f"{p}\t{h}\tneutral\n" for p, h, _ in nli("dev"))
    write_zip(tmp_path / "xnli" / "xnli.zip", {"dev-en.tsv": lines})
    with pytest.raises(InputError, match="all pairs have the same label"):
        open_pairs("XNLI", [], teacher, tmp_path, verify=False)


def test_findings_say_what_the_tests_show():
    rng = np.random.default_rng(0)
    base = rng.uniform(0.4, 0.5, 40)
    better = base + 0.2 + rng.normal(0, 0.01, 40)
    same = base + 0.01 * np.where(np.arange(40) % 2, 1, -1)
    trials = [
        rows(method, code, list(values), task="XNLI", measure="accuracy")
        for code in ("ha", "sw", "de")
        for method, values in {
            BASELINE: base,
            "exact": better if code != "de" else same,
            START: base - 0.1,
            CEILING: base * 2,
        }.items()
    ]
    groups = {"ha": "low", "sw": "low", "de": "other"}
    result = summarize_study(pd.concat(trials, ignore_index=True), groups, baseline=BASELINE)
    said = answers(result)
    low = next(s for s in said if s.startswith("On the low-resource languages (ha, sw), exact has"))
    assert "significantly different from entropic (Holm-corrected): exact (XNLI accuracy" in low
    other = next(s for s in said if s.startswith("On the other languages") and "highest" in s)
    assert "no strategy differs significantly from entropic" in other
    every = next(
        s for s in said if s.startswith("On the low-resource and other languages together")
    )
    assert "together (ha, sw, de), exact has the highest XNLI accuracy" in every
    assert "significantly different from entropic (Holm-corrected): exact (XNLI accuracy" in every
    assert "+0.100 XNLI accuracy (significant)" in said[1]
    assert "entropic reaches 50% of the ceiling's XNLI accuracy" in said[2]
    # The ceiling is no contestant.
    assert not any(f"{CEILING} has the highest" in sentence for sentence in said)


@pytest.mark.skipif(not (REAL / "xnli").is_dir(), reason="no ../shared/data")
def test_the_plan_on_the_real_data(teacher, tmp_path):
    plan = plan_of(REAL, teacher, tmp_path, "--full", "--languages", "sw,ur,zu,hi")
    assert plan.groups == {"sw": "low", "ur": "low", "zu": "low", "hi": "other"}
    # Six strategies and the start with three seeds each, and the ceiling.
    assert len(plan.trials) == 4 * (7 * 3 + 1)
    assert plan.facts["tasks"] == {
        "sw": ["XNLI", "XNLI bitext"],
        "ur": ["XNLI", "XNLI bitext"],
        "zu": ["AfriQA"],
        "hi": ["MLQA", "XNLI", "XNLI bitext"],
    }
    sizes = plan.facts["pairs_to_sample_from"]
    assert sizes["sw"] < 49_600 - 9_998 + 100
    assert 6_600 < sizes["ur"] < 6_679
    assert not (tmp_path / "work" / "students").exists()
