"""The proof with queries that are respelt."""

from __future__ import annotations

import json

import pytest
import torch
from cipher import cipher_pairs
from study_commands import command_words, open_plan, save_teacher, write_bitext, write_passages

from optical_pt.studies.distillation import Distillation
from optical_pt.studies.distillation.methods import (
    BEST_TRANSLATION,
    CEILING,
    OPTICAL,
    as_spelt,
)
from optical_pt.studies.report import read_study
from optical_pt.studies.study import run_study
from optical_pt.training.bitext import SentencePair

torch.set_num_threads(1)

PSQ = "lexical PSQ >> BM25"


def misspelt(pair: SentencePair) -> SentencePair:
    """Every word with its third letter twice, as nobody spells it in the bitext."""
    words = [word[:3] + word[2:] for word in pair.foreign.split()]
    return SentencePair(pair.english, " ".join(words), pair.language, pair.tag)


@pytest.fixture(scope="module")
def words(tmp_path_factory) -> list[str]:
    data = tmp_path_factory.mktemp("data")
    asked = [misspelt(pair) for pair in cipher_pairs(16, seed=1)]
    write_passages(data, asked, 8, {"afriqa-dev.ha": "afriqa-dev.ha.en"})
    write_bitext(data, "ha", cipher_pairs(120, seed=0))
    teacher = save_teacher(tmp_path_factory.mktemp("teacher"))
    more = ["--languages", "ha", "--methods", OPTICAL, "--systems", "psq,english-teacher"]
    return command_words(data, teacher, "--epochs", "1", *more)


def test_misspelt_queries_find_after_all_and_as_spelt_do_not(words, tmp_path):
    assert run_study(Distillation(), [*words, "--respell", "--output", str(tmp_path)]) == 0
    result = read_study(tmp_path)
    optical, psq = as_spelt(OPTICAL), as_spelt(PSQ)
    assert result.methods == (PSQ, CEILING, OPTICAL, psq, optical, BEST_TRANSLATION)
    found = result.rows("pool", "MAP").set_index("method")["value"]
    assert found[PSQ] > 0.9 > 0.5 > found[psq]
    assert found[OPTICAL] > found[optical]
    assert found[BEST_TRANSLATION] == found[PSQ]
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["respelt"] == {"ha": 8}


def test_what_is_respelt_is_another_trial_than_the_same_as_spelt(words, tmp_path):
    plain = open_plan(Distillation(), words, tmp_path)
    respelt = open_plan(Distillation(), [*words, "--respell"], tmp_path)
    before = {trial.method: plain.identity(trial) for trial in plain.trials}
    after = {trial.method: respelt.identity(trial) for trial in respelt.trials}
    assert set(before) == {PSQ, CEILING, OPTICAL}
    assert before[PSQ] != after[PSQ]
    assert before[OPTICAL] != after[OPTICAL] != after[as_spelt(OPTICAL)]
    assert after[as_spelt(OPTICAL)] == before[OPTICAL]
    assert plain.facts["respelt"] == {}
