"""The study of contrastive training: its pairs, its command on made-up captions, its sentences."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch
from cipher import cipher_pairs, retrieval_score
from published_files import write
from study_commands import REAL, command_words, open_plan, refusal, save_teacher, write_bitext

from optical_pt.models import LateInteraction
from optical_pt.studies import Trial, summarize_study
from optical_pt.studies.contrastive import Contrastive
from optical_pt.studies.contrastive.findings import claims
from optical_pt.studies.contrastive.multi30k import (
    caption_collections,
    shuffle_pairs,
    training_pairs,
)
from optical_pt.studies.contrastive.study import BOTH, CONTRASTIVE, OT, START
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import run_study
from optical_pt.training.bitext import SentencePair
from optical_pt.training.settings import TrainingSettings

torch.set_num_threads(1)

TEST = {"test_2016_flickr": cipher_pairs(24, seed=1), "test_2017_flickr": cipher_pairs(8, seed=2)}
# One pair to learn from is a test caption, written in another way; one comes twice.
TRAIN = cipher_pairs(60, seed=3)
TRAIN += [SentencePair(TEST["test_2016_flickr"][0].english.upper(), "x", "xx"), TRAIN[0]]


def write_captions(folder: Path) -> Path:
    for name, pairs in {**TEST, "train": TRAIN}.items():
        sides = {
            "en": [pair.english for pair in pairs],
            "de": [pair.foreign for pair in pairs],
            "cs": [pair.foreign[::-1] for pair in pairs],
        }
        if "2017" in name:
            del sides["cs"]
        for language, lines in sides.items():
            text = "".join(f"{line}\n" for line in lines)
            write(folder / f"multi30k/{name}.{language}.gz", gzip.compress(text.encode()))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = write_captions(tmp_path_factory.mktemp("data"))
    captions = [replace(pair, tag="multi30k") for pair in TRAIN[:3]]
    write_bitext(folder, "de", [*captions, SentencePair("no caption", "kein Satz", "de", "news")])
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Path:
    return save_teacher(tmp_path_factory.mktemp("teacher"))


@pytest.fixture(scope="module")
def command(data, teacher, tmp_path_factory) -> list[str]:
    output = tmp_path_factory.mktemp("study") / "out"
    words = command_words(data, teacher, "--output", output, "--languages", "de,cs")
    sizes = ["--budgets", "20,1000", "--least-steps", "2"]
    return ["--unverified", *words, *sizes, "--test-sets", "test-2016,test-2017"]


@pytest.fixture(scope="module")
def output(command) -> Path:
    assert run_study(Contrastive(), command) == 0
    return Path(command[command.index("--output") + 1])


def test_every_method_is_scored_at_every_budget_on_every_caption(output):
    scores = pd.read_csv(output / "per_query.csv.gz")
    assert set(scores["method"]) == {OT, CONTRASTIVE, BOTH, START}
    # 62 pairs less a test caption and a repetition: the largest budget is what there is.
    assert sorted(scores["level"].unique()) == [20, 60]
    places = scores.groupby(["method", "level", "language", "measure"]).size().unstack("language")
    assert places["de"].eq(24 + 8).all()
    assert places["cs"].eq(24).all()
    wide = scores.pivot_table(
        index=["method", "level", "language", "qid"], columns="measure", values="value"
    )
    # One relevant caption: AP is the reciprocal of its rank.
    for k in (1, 5, 10):
        assert (wide[f"R@{k}"] == (wide["MAP"] >= 1 / k - 1e-6)).all()


def test_the_table_has_what_a_search_by_hand_finds(output, teacher, data):
    tested = caption_collections(["cs"], ["test-2016"], data, verify=False)["cs"]
    learnt = shuffle_pairs(training_pairs(data, "cs", "multi30k", tested, verify=False), seed=0)
    store = StudentStore(LateInteraction(teacher, device="cpu").load(), output / "work/students")
    path = store.path(Recipe(OT, TrainingSettings(epochs=2)), learnt, "cs")
    captions = [
        SentencePair(pair.english, pair.foreign[::-1], "cs") for pair in TEST["test_2016_flickr"]
    ]
    found = retrieval_score(LateInteraction(path, device="cpu"), captions)
    results = pd.read_csv(output / "results.csv")
    rows = results.query("method == @OT and level == 60 and measure == 'R@1' and language == 'cs'")
    assert rows["value"].tolist() == [pytest.approx(found)]


def test_the_manifest_says_what_was_done(output):
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["pairs"] == {"de": 60, "cs": 60}
    assert manifest["budgets"] == [20, 60]
    # An epoch is one batch, and two steps are the least.
    assert manifest["epochs"] == {"20": 2, "60": 2}
    assert manifest["test_sets"] == {"de": ["test-2016", "test-2017"], "cs": ["test-2016"]}
    assert {"multi30k/train.de.gz", "multi30k/test_2016_flickr.cs.gz"} < set(
        manifest["data_sha256"]
    )
    assert "multi30k/test_2017_flickr.cs.gz" not in manifest["data_sha256"]
    assert (output / "plot.png").read_bytes().startswith(b"\x89PNG")
    assert "test-2017 (de): OT" in (output / "findings.md").read_text()


def test_finished_trials_are_not_run_again(output, command, capsys):
    before = (output / "results.csv").read_bytes()
    assert run_study(Contrastive(), [*command, "--resume"]) == 0
    assert capsys.readouterr().err.count("(kept)") == 16
    assert (output / "results.csv").read_bytes() == before


def test_options_cut_the_study(command, tmp_path):
    cut = ["--limit", "30", "--seeds", "2", "--epochs", "0", "--test-sets", "test-2016"]
    plan = open_plan(Contrastive(), [*command, *cut], tmp_path)
    assert plan.facts["budgets"] == [20, 30]
    assert plan.facts["epochs"] == {20: 0, 30: 0}
    assert {trial.seed for trial in plan.trials} == {0, 1}
    # Another sample, another student: a seed is of both.
    first, second = (plan.identity(Trial(START, "de", seed, 20.0)) for seed in (0, 1))
    assert first != second


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--languages", "sw"], "--languages sw: Multi30k has no such captions; choose from de,"),
        (["--test-sets", "test-2019"], "--test-sets test-2019: choose from test-2016,"),
        (["--test-sets", "test-2017"], "--languages cs: none of the test sets test-2017 has it"),
        (["--contrastive-weight", "0"], "loss contrastive=0.0: its weight must be above 0"),
        (["--score-temperature", "0"], "score_temperature 0.0: it must be above 0"),
        (["--least-steps", "-1"], "--least-steps -1: give 0 or more"),
        (["--bitext", "general"], "no sentence pairs for 'cs'"),
        (["--test-sets", "test-2018"], "test_2018_flickr.de.gz: no such file"),
    ],
)
def test_bad_input_is_named_before_anything_is_trained(command, options, message, tmp_path, capsys):
    words = [*command, "--output", str(tmp_path / "new"), *options]
    assert message in refusal(Contrastive(), words, capsys)
    assert not (tmp_path / "new").exists()


def test_changed_files_and_budgets_of_nothing_are_refused(command, capsys):
    assert run_study(Contrastive(), command[1:]) == 2
    assert "the published file has" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run_study(Contrastive(), [*command, "--budgets", "500,0"])
    assert "give numbers of 1 or more" in capsys.readouterr().err


def test_other_bitext_has_no_captions_of_multi30k(data):
    tested = caption_collections(["de"], ["test-2016"], data, verify=False)["de"]
    pairs = training_pairs(data, "de", "general", tested)
    assert [(pair.tag, pair.english) for pair in pairs] == [("news", "no caption")]


def test_the_sentences_follow_the_tests():
    """Contrast is below OT with few pairs, above it with many; both tests have 21 queries."""
    values = {(OT, 100): 0.5, (CONTRASTIVE, 100): 0.3, (BOTH, 100): 0.5, (START, 100): 0.2}
    values |= {(OT, 900): 0.6, (CONTRASTIVE, 900): 0.75, (BOTH, 900): 0.6, (START, 900): 0.3}
    scores = pd.DataFrame(
        [
            (method, float(level), "de", 0, "Multi30k", measure, f"test-2016/{n}",
             value + 0.01 * (n % 3) * (method != OT))
            for (method, level), value in values.items()
            for measure in ("MAP", "R@1")
            for n in range(21)
        ],
        columns=["method", "level", "language", "seed", "task", "measure", "qid", "value"],
    )  # fmt: skip
    sentences = claims(summarize_study(scores, {"de": "other"}, baseline=OT), start=START)
    text = "\n".join(sentences)
    assert "MAP of contrastive less that of OT, by pairs: -0.190▼ at 100, +0.160▲ at 900" in text
    assert "At 100 pairs, de: OT has MAP 0.500, the untrained start 0.210: significant" in text
    assert "With 100 of 900 pairs" in text
    assert "OT 83%, contrastive 41%" in text
    assert "contrastive at 900 has the highest, 0.760" in text
    assert "MAP at 900 pairs by test set: test-2016 (de): OT 0.600, contrastive 0.760" in text


@pytest.mark.skipif(not (REAL / "multi30k").is_dir(), reason=f"{REAL / 'multi30k'} is not there")
def test_the_real_plan(tmp_path):
    plan = open_plan(Contrastive(), ["--full", "--data", str(REAL), "--device", "cpu"], tmp_path)
    # Three languages, three seeds, six budgets, four methods.
    assert len(plan.trials) == 3 * 3 * 6 * 4
    assert plan.groups == {"de": "other", "fr": "other", "cs": "other"}
    pairs = plan.facts["pairs"]
    assert pairs == {"de": 28989, "fr": 28992, "cs": 28996}
    assert plan.facts["budgets"] == [500, 1000, 2000, 5000, 10000, 28989]
    # 8 steps an epoch in the smallest budget, 100 at least.
    assert [plan.facts["epochs"][n] for n in (500, 1000, 10000)] == [13, 7, 3]
    assert plan.facts["test_sets"]["cs"] == ["test-2016", "test-2018"]
    trial = Trial(OT, "cs", 0, 500.0)
    assert plan.identity(trial) != plan.identity(Trial(OT, "cs", 1, 500.0))
