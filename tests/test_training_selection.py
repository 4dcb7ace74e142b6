"""Held-out pairs, their retrieval, and the weights that are kept."""

from __future__ import annotations

import json
import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from cipher import ENGLISH, FOREIGN, cipher_pairs, retrieval_score
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file
from sentence_transformers.base.evaluation import BaseEvaluator
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.maxsim import maxsim
from optical_pt.models import LateInteraction
from optical_pt.models.student import copy_query_side
from optical_pt.training.bitext import SentencePair
from optical_pt.training.distil import distil
from optical_pt.training.hold_out import hold_out
from optical_pt.training.selection import (
    BEST,
    HeldOutRetrieval,
    KeepBest,
    reciprocal_ranks,
    restore_best,
    score_history,
)
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.trainer import distillation_trainer

torch.set_num_threads(1)

COPY = StartSettings(vocabulary=0)

PAIRS = cipher_pairs(200, seed=0)
UNSEEN = cipher_pairs(60, seed=1)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1), st.integers(0, 3))
def test_what_is_held_out_is_in_no_training_pair(numbers, count):
    pairs = [SentencePair(f"e{a}", f"f{b}", "xy"[a % 2]) for a, b in numbers]
    few = _fewest_single(pairs) // 2
    if count > few:
        with pytest.raises(InputError, match="hold out at most"):
            hold_out(pairs, count, seed=0)
        return
    kept, held = hold_out(pairs, count, seed=0)
    hidden = [pair for mine in held.values() for pair in mine]
    assert not {pair.english for pair in hidden} & {pair.english for pair in kept}
    for language, mine in held.items():
        assert len(mine) == count
        foreign = {pair.foreign for pair in kept if pair.language == language}
        assert not {pair.foreign for pair in mine} & foreign
    dropped = len(pairs) - len(kept) - len(hidden)
    assert dropped == sum(
        pair.english in {h.english for h in hidden} and pair not in hidden for pair in pairs
    )


def _fewest_single(pairs) -> int:
    """The first language's pairs that could be held out, or those of one with fewer."""
    singles = []
    for language in sorted({pair.language for pair in pairs}):
        mine = [pair for pair in pairs if pair.language == language]
        english, foreign = [p.english for p in mine], [p.foreign for p in mine]
        singles.append(sum(english.count(p.english) == foreign.count(p.foreign) == 1 for p in mine))
    return min(singles)


def test_a_language_with_too_few_pairs_is_named():
    with pytest.raises(InputError, match=r"hold_out 120: xx has .* hold out at most"):
        hold_out(PAIRS, 120, seed=0)


def test_the_score_is_the_mean_reciprocal_rank():
    student, teacher = tiny_encoder(ENGLISH, seed=1), tiny_encoder(ENGLISH)
    held = {"xx": UNSEEN[:21], "yy": UNSEEN[30:40]}
    scores = HeldOutRetrieval(held, teacher)(student)
    by_hand = {}
    models = [LateInteraction.from_encoder(m, n) for m, n in ((student, "s"), (teacher, "t"))]
    for language, pairs in held.items():
        queries = models[0].encode_queries([pair.foreign for pair in pairs])
        documents = models[1].encode_documents([pair.english for pair in pairs])
        table = np.array([[maxsim(q, d) for d in documents] for q in queries])
        by_hand[language] = np.mean([1 / (row >= row[i]).sum() for i, row in enumerate(table)])
    assert scores["mrr_xx"] == pytest.approx(by_hand["xx"], abs=1e-6)
    assert scores["mrr_yy"] == pytest.approx(by_hand["yy"], abs=1e-6)
    assert scores["mrr"] == pytest.approx(np.mean(list(by_hand.values())), abs=1e-6)


@pytest.mark.parametrize("score", [math.nan, math.inf])
def test_scores_of_a_model_that_diverged_are_no_ranks(score):
    with pytest.raises(InputError, match="not finite: the training diverged"):
        reciprocal_ranks(torch.tensor([[1.0, score]]), 0)


def test_a_student_that_says_the_same_of_all_scores_low():
    teacher = tiny_encoder(ENGLISH)
    with torch.no_grad():
        student = tiny_encoder(ENGLISH)
        student[0].auto_model.encoder.layer[-1].output.LayerNorm.weight.zero_()
        student[0].auto_model.encoder.layer[-1].output.LayerNorm.bias.fill_(1.0)
    # All its tokens are alike, so each English sentence has one score for all of them.
    score = HeldOutRetrieval({"xx": UNSEEN[:20]}, teacher)(student)["mrr"]
    assert score < 0.3


def evaluate(callback, student, scores) -> bool:
    """Whether training should stop once these scores are in the history."""
    log = [{"step": 10 * i, "eval_mrr": score} for i, score in enumerate(scores)]
    control = SimpleNamespace(should_training_stop=False)
    state = SimpleNamespace(log_history=log, is_world_process_zero=True)
    callback.on_evaluate(None, state, control, model=student)
    return control.should_training_stop


def test_the_best_weights_are_kept_and_patience_ends(tmp_path):
    student = tiny_encoder()
    words = student[0].auto_model.get_input_embeddings().weight
    callback = KeepBest(tmp_path, patience=2)
    scores = [0.5, 0.7, 0.7, 0.6]
    for value, _ in enumerate(scores):
        with torch.no_grad():
            words.fill_(value)
        assert evaluate(callback, student, scores[: value + 1]) == (value == 3)
    restore_best(student, tmp_path)
    assert (words == 1).all()  # of equal scores the first
    assert [path.name for path in tmp_path.iterdir()] == [BEST]
    assert load_file(tmp_path / BEST).keys() == student.state_dict().keys()


def test_a_training_that_patience_ended_is_not_trained_on(tmp_path):
    class Scores(BaseEvaluator):
        def __init__(self):
            super().__init__()
            self.primary_metric, self.values = "mrr", iter([0.1, 0.5, 0.4, 0.9])

        def __call__(self, model, *_, **__):
            return {"mrr": next(self.values)}

    teacher = tiny_encoder(ENGLISH)
    rhythm = {"evaluate_steps": 2, "save_steps": 4, "patience": 1, "hold_out": 1}
    settings = TrainingSettings(batch_size=8, epochs=2, bf16=False, store=False, **rhythm)
    for _ in range(2):  # the second goes on from the checkpoint of step 4, where the first stopped
        student = copy_query_side(teacher)
        trainer = distillation_trainer(
            student, teacher, PAIRS[:40], tmp_path, settings, evaluator=Scores()
        )
        trainer.go_on(tmp_path)
        assert trainer.state.global_step == 4
        history = score_history(trainer.state.log_history)
        assert history == [(0, 0.1), (2, 0.5), (4, 0.4)]


def test_without_patience_training_goes_on(tmp_path):
    assert not evaluate(KeepBest(tmp_path, patience=0), tiny_encoder(), [0.9, *[0.1] * 50])


def test_a_training_that_harms_releases_its_start(tmp_path):
    """From word alignment the student is nearly perfect; a wild learning rate ruins it."""
    teacher = LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")
    run = {"batch_size": 16, "bf16": False, "learning_rate": 10.0, "hold_out": 30}
    wild = TrainingSettings(**run, epochs=3, evaluate_steps=5, patience=3)
    student = distil(teacher, PAIRS, tmp_path / "xx", settings=wild)
    record = json.loads((tmp_path / "xx" / "training.json").read_text())
    scores = [entry["mrr"] for entry in record["evaluations"]]
    assert [entry["step"] for entry in record["evaluations"]][:2] == [0, 5]
    best = int(np.argmax(scores))
    assert record["released"] == record["evaluations"][best]["step"]
    assert len(scores) == best + 1 + 3  # stopped by patience, not by the end
    assert retrieval_score(student, UNSEEN) > 0.8
    card = (tmp_path / "xx" / "README.md").read_text()
    assert f"the weights are those of step {record['released']}." in card
    assert f"{max(scores):.3f} at step {record['released']}" in card
    assert "| xx | made-up | 170 |" in card


def test_training_is_selected_when_it_helps(tmp_path):
    teacher = LateInteraction.from_encoder(tiny_encoder([*ENGLISH, *FOREIGN]), "tiny")
    run = {"batch_size": 16, "bf16": False, "learning_rate": 2e-2, "hold_out": 30}
    helpful = TrainingSettings(**run, epochs=4, evaluate_steps=10)
    student = distil(teacher, PAIRS, tmp_path / "xx", start=COPY, settings=helpful)
    record = json.loads((tmp_path / "xx" / "training.json").read_text())
    assert record["evaluations"][0]["mrr"] < 0.3
    assert record["released"] > 0
    assert retrieval_score(student, UNSEEN) > 0.8
