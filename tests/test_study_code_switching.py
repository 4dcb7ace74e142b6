"""The study of code-switched queries: its trials, its numbers by hand, its sentences."""

from __future__ import annotations

import json
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
from optical_pt.studies import Trial, summarize_study
from optical_pt.studies.code_switching import CodeSwitching
from optical_pt.studies.code_switching.findings import answers
from optical_pt.studies.code_switching.gaps import BETWEEN, THAN_OT, gap_table
from optical_pt.studies.code_switching.methods import (
    CEILING,
    OT,
    START,
    SWITCHINGS,
    TEACHER,
    TRANSLATION,
)
from optical_pt.studies.report import read_study
from optical_pt.studies.study import Plan, run_study

torch.set_num_threads(1)

METHODS = (OT, "MSE", "contrastive", START, TRANSLATION, TEACHER)
POOL = cipher_pairs(16, seed=1)
BITEXT = cipher_pairs(120, seed=0)
SHARES = [0.0, 1.0]
TASKS = [switching.task for switching in SWITCHINGS]


def write_data(folder: Path) -> Path:
    """``passages``, ``bitext`` and ``dict`` as the shared data have them, in a made-up language."""
    human = {"afriqa-dev.ha": "afriqa-dev.ha.en", "xquad.hi": "xquad.en", "xquad.de": "xquad.en"}
    write_passages(folder, POOL, 8, human)
    for code in ("ha", "hi"):
        write_bitext(folder, code, [*BITEXT, POOL[0]])
    lines = [f"{english}\t{CIPHER[english]}\n" for english in ENGLISH]
    write_zip(folder / "dict" / "dict.zip", {"en_hi.tsv": "".join(lines)})
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Path:
    return save_teacher(tmp_path_factory.mktemp("teacher"))


def words(data: Path, teacher: Path, output: Path, *more: str) -> list[str]:
    options = ["--limit", "121", "--epochs", "0.5", "--shares", "0,1", "--languages", "ha,hi"]
    return command_words(data, teacher, "--output", output, *options, *more)


def plan_of(data: Path, teacher: Path, output: Path, *more: str) -> Plan:
    return open_plan(CodeSwitching(), words(data, teacher, output, *more), output)


@pytest.fixture(scope="module")
def finished(data, teacher, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("study")
    assert run_study(CodeSwitching(), words(data, teacher, output)) == 0
    return output


def test_the_command_measures_every_way_and_share(finished):
    result = read_study(finished)
    assert result.groups == {"ha": "low", "hi": "other"}
    assert result.methods == (CEILING, *METHODS)
    assert result.levels == SHARES
    counts = result.per_query.groupby(["task", "measure", "method", "language"]).size()
    assert set(counts.index.get_level_values("task")) == set(TASKS)
    by_method = counts.groupby("method").agg(["min", "max"])
    assert by_method.loc[CEILING].tolist() == [8, 8]
    assert (by_method.drop(CEILING) == 8 * len(SHARES)).all(axis=None)


def test_queries_switched_by_a_whole_dictionary_score_as_human_ones(finished):
    result = read_study(finished)
    # GATITOS has every word of the made-up Hindi: all switched, it is the English query.
    table = result.rows("X to English, lexicon", "MAP").set_index(["method", "language", "level"])
    table, numbers = table.sort_index(), result.rows(TASKS[0], "MAP")
    of_ceiling = (numbers["method"] == CEILING) & (numbers["language"] == "hi")
    ceiling = numbers.loc[of_ceiling, "value"].item()
    assert ceiling > 0.5
    assert table.loc[(TEACHER, "hi", 1.0), "value"] == ceiling
    # And what is switched to the made-up Hindi is the Hindi query.
    other = result.rows("English to X, lexicon", "MAP").set_index(["method", "language", "level"])
    assert other.loc[(TEACHER, "hi", 0.0), "value"] == ceiling
    for method in METHODS:
        there, back = table.loc[(method, "hi", 0.0)], other.loc[(method, "hi", 1.0)]
        assert there["value"] == back["value"]


def test_untouched_queries_score_the_same_in_both_ways(finished):
    scores = read_study(finished).per_query
    at = scores[(scores["level"] == 0) & (scores["measure"] == "MAP")]
    wide = at.pivot(index=["method", "language", "qid"], columns="task", values="value")
    for direction in ("X to English", "English to X"):
        assert (wide[f"{direction}, lexicon"] == wide[f"{direction}, alignment"]).all()


def test_files(finished):
    manifest = json.loads((finished / "manifest.json").read_text())
    assert manifest["lexicons"]["hi"] == {
        "source": "GATITOS",
        "into_english": {"entries": 50, "coverage": 1.0},
        "into_foreign": {"entries": 50, "coverage": 1.0},
    }
    assert manifest["lexicons"]["ha"]["source"] == "bitext"
    # The query that is in the bitext is not learnt from.
    assert manifest["pairs"] == {"ha": 120, "hi": 120}
    assert {"gaps.csv", "plot.png"} <= set(manifest["files"])
    gaps = pd.read_csv(finished / "gaps.csv")
    assert len(gaps) == len(TASKS) * len(SHARES) * (len(METHODS) * 4 - 1)
    assert len({*(finished / "work" / "students").glob("*.*")}) == 2 * 4
    sentences = (finished / "findings.md").read_text()
    assert "0% switched: X to English, lexicon MAP, mean of all:" in sentences
    assert "OT's gap is " in sentences


def test_a_finished_run_is_read_again(data, teacher, finished, capsys):
    before = {name: (finished / name).read_bytes() for name in ("results.csv", "gaps.csv")}
    assert run_study(CodeSwitching(), words(data, teacher, finished, "--resume")) == 0
    assert capsys.readouterr().err.count("(kept)") == 2 * (1 + len(METHODS) * len(SHARES))
    assert before == {name: (finished / name).read_bytes() for name in before}


def test_all_methods_get_the_same_queries_which_depend_on_the_seed(data, teacher, finished):
    plan = plan_of(data, teacher, finished, "--seeds", "2")
    bench = plan.measure.__self__
    first, *others = SWITCHINGS
    mixed = bench._topics(first, Trial(OT, "hi", 0, 0.5))
    assert mixed.equals(bench._topics(first, Trial(TRANSLATION, "hi", 0, 0.5)))
    assert not mixed.equals(bench._topics(first, Trial(OT, "hi", 1, 0.5)))
    for text, pair in zip(mixed["query"], POOL, strict=False):
        kept = [here in text.split() for here in pair.foreign.split()]
        assert sum(kept) == len(kept) - int(len(kept) / 2 + 0.5)
    assert {other.task for other in others} == set(TASKS[1:])


def test_an_identity_tells_what_decides_the_scores(data, teacher, finished, tmp_path):
    plan = plan_of(data, teacher, finished, "--seeds", "2")
    known = {trial: plan.identity(trial) for trial in plan.trials}
    assert len(set(known.values())) == len(known) == 2 * (1 + 2 * len(METHODS) * len(SHARES))
    trial = Trial(TEACHER, "hi", 0, 1.0)
    write_zip(tmp_path / "other.zip", {"en_hi.tsv": "a\tb\n"})
    for change in (["--lexicons", str(tmp_path / "other.zip")], ["--epochs", "0.25"]):
        other = plan_of(data, teacher, finished, *change)
        assert other.identity(trial) != known[trial]


def study_of(**values):
    """Scores of methods in Hausa and German, at 0 and 1 of one task; human English is 1."""
    frames = [rows(CEILING, code, [1.0] * 40, task=TASKS[0]) for code in ("ha", "de")]
    for method, by_level in values.items():
        for level, (low, other) in by_level.items():
            name = {"PSQ": TRANSLATION}.get(method, method)
            frames.append(rows(name, "ha", low, task=TASKS[0], level=level))
            frames.append(rows(name, "de", other, task=TASKS[0], level=level))
    groups = {"ha": "low", "de": "other"}
    return summarize_study(pd.concat(frames), groups, baseline=OT)


def test_gaps_by_hand():
    wave = np.tile([0.1, -0.1], 20)
    result = study_of(
        OT={0.0: (0.5 + wave, 0.6 + wave), 1.0: (0.5 + wave, 0.5 + wave)},
        PSQ={0.0: (0.2 + wave, 0.6 + wave), 1.0: (0.5 - wave, 0.5 - wave)},
    )
    table = gap_table(result).set_index(["level", "method", "scope"])["gap"]
    assert table[0.0, OT, "low"] == pytest.approx(0.5)
    assert table[0.0, OT, "other"] == pytest.approx(0.4)
    assert table[0.0, OT, BETWEEN] == pytest.approx(0.1)
    assert table[0.0, TRANSLATION, BETWEEN] == pytest.approx(0.4)
    assert table[0.0, TRANSLATION, THAN_OT] == pytest.approx(0.3)
    assert table[1.0, TRANSLATION, THAN_OT] == pytest.approx(0.0)
    sentences = answers(result)
    first, last = [text for text in sentences if "switched: shares of the MAP" in text]
    assert f"in the others: OT 0.500 and 0.400, {TRANSLATION} 0.800 and 0.400." in first
    assert f"OT's gap is smaller than that of {TRANSLATION}." in first
    assert f"OT's gap is not shown to differ from that of {TRANSLATION}." in last


def test_one_share_is_told_once():
    wave = np.tile([0.1, -0.1], 20)
    one = (0.5 + wave, 0.6 + wave)
    sentences = answers(study_of(OT={0.5: one}, PSQ={0.5: one}))
    assert len(sentences) == len(set(sentences)) == 2
    assert not any("from 50%" in text for text in sentences)


def test_without_a_ceiling_above_zero_a_language_has_no_gap():
    result = study_of(OT={0.0: ([0.5] * 40, [0.5] * 40)})
    dark = result.per_query.copy()
    dark.loc[(dark["method"] == CEILING) & (dark["language"] == "de"), "value"] = 0.0
    result = summarize_study(dark, result.groups, baseline=OT)
    assert set(gap_table(result)["scope"]) == {"low"}
    assert not any("lacking" in text for text in answers(result))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (["--languages", "xx"], "--languages xx: the passages have no queries; choose from"),
        (["--languages", "de"], "no sentence pairs for 'de'"),
        (["--max-queries", "0"], "--max-queries 0: give 1 or more"),
        (["--shares", "0,1.5"], "--shares 1.5: give shares of the words, from 0 to 1"),
        (["--lexicons", "absent.zip"], "absent.zip: no such lexicons"),
    ],
)
def test_bad_input_is_refused_before_anything_is_made(
    data, teacher, tmp_path, capsys, more, expected
):
    given = words(data, teacher, tmp_path / "out", *more)
    assert expected in refusal(CodeSwitching(), given, capsys)
    assert not (tmp_path / "out").exists()


def test_queries_without_human_english_versions_are_refused(teacher, tmp_path):
    data = write_data(tmp_path / "data")
    (data / "passages" / "queries" / "afriqa-dev.ha.en.tsv").unlink()
    with pytest.raises(InputError, match="the ha queries have no human English versions"):
        plan_of(data, teacher, tmp_path / "out")


def test_small_pools_of_other_languages_have_indexes_of_their_own(teacher, tmp_path):
    data = write_data(tmp_path / "data")
    write_passages(data, POOL, 12, {"afriqa-dev.ig": "afriqa-dev.ig.en"})
    write_bitext(data, "ig", BITEXT)
    few = ["--shares", "0", "--epochs", "0"]
    alone = plan_of(data, teacher, tmp_path, "--languages", "ha", *few)
    alone.measure(alone.trials[0])
    both = plan_of(data, teacher, tmp_path, "--languages", "ha,ig", *few)
    assert len(both.measure(both.trials[0])) == len(alone.measure(alone.trials[0]))
    names = {index.name for index in (tmp_path / "work" / "indexes").iterdir()}
    assert names == {"afriqa-dev-ha", "afriqa-dev-ha-ig"}


@pytest.mark.skipif(not REAL.is_dir(), reason=f"no {REAL}")
def test_plan_on_the_real_data(teacher, tmp_path):
    plan = plan_of(REAL, teacher, tmp_path, "--languages", "tw,hi", "--max-queries", "5")
    assert plan.groups == {"tw": "low", "hi": "other"}
    assert plan.facts["queries"] == {"tw": 5, "hi": 5}
    lexicons = plan.facts["lexicons"]
    assert {found["source"] for found in lexicons.values()} == {"GATITOS"}
    assert lexicons["hi"]["into_foreign"]["entries"] > 3_500
    assert len(plan.trials) == 2 * (1 + len(METHODS) * len(SHARES))
