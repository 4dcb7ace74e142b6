"""Trials are measured once and kept."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from collection_folders import one_line

from optical_pt.errors import InputError
from optical_pt.studies import Trial, run_trials, score_frame
from optical_pt.studies.trial import SCORE_COLUMNS


class Measuring:
    """Scores each trial by its seed, and remembers which trials it was asked for."""

    def __init__(self):
        self.asked: list[str] = []

    def __call__(self, trial: Trial) -> pd.DataFrame:
        self.asked.append(trial.name)
        return score_frame("pool", "MAP", {"01": 1 / 3 + trial.seed, "NA": 0.1})


def run(trials, folder, measure=None, *, identity=repr, resume=False, said=None):
    say = (said if said is not None else []).append
    measure = measure or Measuring()
    return run_trials(trials, measure, identity, folder, resume=resume, say=say)


def test_trials_keep_their_order_and_what_they_are_of(tmp_path):
    said: list[str] = []
    trials = [Trial("OT", "ha", 1), Trial("MSE", "de", 0, level=0.5)]
    scores = run(trials, tmp_path, said=said)
    assert scores.to_dict("list") == {
        "method": ["OT", "OT", "MSE", "MSE"],
        "level": [pytest.approx(math.nan, nan_ok=True)] * 2 + [0.5, 0.5],
        "language": ["ha", "ha", "de", "de"],
        "seed": [1, 1, 0, 0],
        "task": ["pool"] * 4,
        "measure": ["MAP"] * 4,
        "qid": ["01", "NA"] * 2,
        "value": [1 / 3 + 1, 0.1, 1 / 3, 0.1],
    }
    assert said == [
        "[1/2] OT ha seed 1: pool MAP 0.717",
        "[2/2] MSE 0.5 de seed 0: pool MAP 0.217",
    ]


def test_finished_trials_of_the_same_identity_are_read_again(tmp_path):
    trials = [Trial("OT", code, seed) for code in ("ha", "de") for seed in (0, 1)]
    fresh = run(trials, tmp_path)
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(files) == 4
    assert all(name.endswith(".csv.gz") for name in files)

    again, said = Measuring(), []
    pd.testing.assert_frame_equal(run(trials, tmp_path, again, resume=True, said=said), fresh)
    assert again.asked == []
    assert all(line.endswith("(kept)") for line in said)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == files

    # Only the trials whose identity is another are measured anew; so is one whose file is gone.
    def identity(trial):
        return f"new {trial}" if trial.language == "de" else repr(trial)

    (tmp_path / sorted(files)[-1]).unlink()  # ot_ha_seed_1
    again = Measuring()
    pd.testing.assert_frame_equal(
        run(trials, tmp_path, again, identity=identity, resume=True), fresh
    )
    assert again.asked == ["OT ha seed 1", "OT de seed 0", "OT de seed 1"]


def test_without_resume_everything_is_measured_again(tmp_path):
    trials, again = [Trial("OT", "ha")], Measuring()
    run(trials, tmp_path)
    run(trials, tmp_path, again)
    assert again.asked == ["OT ha seed 0"]


@pytest.mark.parametrize(
    ("trials", "message"),
    [
        ([], "no trial: give at least one"),
        ([Trial("OT", "ha"), Trial("OT", "ha")], "trial 'OT ha seed 0' comes twice"),
        ([Trial("OT", "ha"), Trial("(OT)", "ha")], "trial '(OT) ha seed 0' comes twice"),
    ],
)
def test_trials_that_would_meet_are_refused_before_any_is_measured(tmp_path, trials, message):
    measure = Measuring()
    with pytest.raises(InputError) as raised:
        run(trials, tmp_path, measure)
    assert message in one_line(raised)
    assert measure.asked == []
    assert list(tmp_path.iterdir()) == []


GOOD = score_frame("pool", "MAP", {"1": 0.5, "2": 0.25})


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (GOOD.drop(columns="measure"), "'OT ha seed 0' has no column 'measure'"),
        (GOOD.iloc[:0], "'OT ha seed 0' has no scores"),
        (pd.concat([GOOD, GOOD[1:]]), "'OT ha seed 0' scores qid '2' twice"),
        (score_frame("pool", "MAP", {"1": 0.5, "2": math.nan}), "score of qid '2' is no number"),
        (score_frame("pool", "MAP", {"1": math.inf}), "score of qid '1' is no number"),
        (GOOD.assign(value=["0.5", "high"]), "score of qid '2' is no number"),
    ],
)
def test_scores_that_say_nothing_are_refused_and_not_kept(tmp_path, scores, message):
    with pytest.raises(InputError) as raised:
        run([Trial("OT", "ha")], tmp_path, lambda trial: scores)
    assert message in one_line(raised)
    assert list(tmp_path.iterdir()) == []


def test_score_frames_have_what_trials_want():
    assert tuple(score_frame("pool", "MAP", {}).columns) == SCORE_COLUMNS
