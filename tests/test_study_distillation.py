"""The proof as a study: its trials, the best translation, its sentences, and the data budget."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from cipher import cipher_pairs
from study_commands import (
    REAL,
    command_words,
    open_plan,
    refusal,
    save_teacher,
    write_bitext,
    write_passages,
)
from study_scores import rows, summarize

from optical_pt.collections import LocalCollection
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.studies.data_budget import DataBudget
from optical_pt.studies.data_budget.study import NMT
from optical_pt.studies.distillation import Distillation
from optical_pt.studies.distillation.data import open_tasks, training_pairs
from optical_pt.studies.distillation.findings import claims
from optical_pt.studies.distillation.methods import (
    BEST_TRANSLATION,
    CEILING,
    LOSSES,
    OPTICAL,
    OPTICAL_MSE,
    START,
    neutral,
    recipes,
)
from optical_pt.studies.distillation.study import FULL
from optical_pt.studies.report import read_study
from optical_pt.studies.study import run_study, study_parser
from optical_pt.table.systems import SYSTEMS
from optical_pt.training.bitext import SentencePair

torch.set_num_threads(1)

POOL = cipher_pairs(16, seed=1)
ONE_BEST, PSQ = "lexical >> BM25", "lexical PSQ >> BM25"


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_passages(folder, POOL, 8, {"afriqa-dev.ha": "afriqa-dev.ha.en", "xquad.de": "xquad.en"})
    for code in ("ha", "de"):
        write_bitext(folder, code, cipher_pairs(120, seed=0))
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Path:
    return save_teacher(tmp_path_factory.mktemp("teacher"))


@pytest.fixture(scope="module")
def words(data, teacher) -> list[str]:
    return command_words(data, teacher, "--epochs", "1")


@pytest.fixture(scope="module")
def finished(words, tmp_path_factory) -> Path:
    output = tmp_path_factory.mktemp("study")
    assert run_study(Distillation(), [*words, "--seeds", "2", "--output", str(output)]) == 0
    return output


def test_every_method_is_measured_in_every_language(finished):
    result = read_study(finished)
    assert result.groups == {"ha": "low", "de": "other"}
    systems = [row.name for row in SYSTEMS if row.key != "optical" and "NMT" not in row.name]
    assert {ONE_BEST, PSQ, CEILING} < set(systems)
    assert result.methods == (*systems, *LOSSES, START, BEST_TRANSLATION)
    seeds = result.per_query.groupby("method")["seed"].nunique()
    assert all(seeds[name] == 2 for name in LOSSES)
    assert all(seeds[name] == 1 for name in (*systems, START))
    assert (result.per_query.groupby(["method", "language", "seed", "measure"]).size() == 8).all()


def test_the_rival_is_the_translation_that_is_best_in_the_language(finished):
    values = read_study(finished).rows("pool", "MAP")
    values = values[values["language"] != "mean"].pivot(
        index="language", columns="method", values="value"
    )
    best = values[[ONE_BEST, PSQ]].max(axis=1)
    assert np.allclose(values[BEST_TRANSLATION], best)
    # Word for word, without ambiguity: a lexical table learns the made-up language by heart.
    assert (best > 0.9).all()


def test_the_manifest_says_what_was_compared(finished):
    manifest = json.loads((finished / "manifest.json").read_text())
    assert manifest["pairs"] == {"ha": 120, "de": 120}
    assert manifest["query_sets"] == {"ha": "afriqa-dev", "de": "xquad"}
    assert set(manifest["recipes"]) == {*LOSSES, START}
    assert set(manifest["data_sha256"]) == {"en-ha.tsv.gz", "en-de.tsv.gz"}


def test_resuming_gives_the_same_files_without_training(finished, words, capsys):
    before = {path.name: path.read_bytes() for path in finished.glob("[!m]*.*")}
    assert (
        run_study(Distillation(), [*words, "--seeds", "2", "--output", str(finished), "--resume"])
        == 0
    )
    assert capsys.readouterr().err.count("(kept)") == 2 * (8 + 7 * 2 + 1)
    assert {path.name: path.read_bytes() for path in finished.glob("[!m]*.*")} == before


def test_claims_are_ratios_and_count_significant_languages():
    frames = [
        rows("OPTICAL", "ha", [0.6] * 9 + [0.5]),
        rows("rival", "ha", [0.5] * 9 + [0.45]),
        rows("ceiling", "ha", [0.75] * 10),
        rows("OPTICAL", "de", [0.5, 0.7]),
        rows("rival", "de", [0.6, 0.6]),
    ]
    result = summarize(*frames, baseline="rival")
    found = claims(
        result, "pool", "MAP", ours=["OPTICAL", "absent"], rival="rival", ceiling="ceiling"
    )
    assert found[0] == (
        "On the low-resource languages, OPTICAL has +19.2% pool MAP against the rival (ha +19.2%), "
        "significant in ha of 1."
    )
    assert found[1] == "On the low-resource languages, OPTICAL reaches 79% of the ceiling (ha 79%)."
    assert found[2] == (
        "On the other languages, OPTICAL has +0.0% pool MAP against the rival (de +0.0%), "
        "significant in none of 1."
    )


def test_claims_tell_what_is_significant_among_their_own_tests():
    rival = [0.5, 0.4, 0.6, 0.5, 0.5, 0.4, 0.6, 0.5]
    better = [
        0.6,
        0.5,
        0.6,
        0.7,
        0.5,
        0.5,
        0.6,
        0.7,
    ]  # t(7) = 2.97: p = .021
    other = [0.4, 0.6, 0.5, 0.6, 0.4, 0.5, 0.5, 0.5]
    frames = [
        frame
        for code in ("ha", "sw")
        for frame in (
            rows("rival", code, rival),
            rows("OPTICAL", code, better),
            rows("MSE", code, other),
            rows("contrastive", code, other[::-1]),
        )
    ]
    result = summarize(*frames, baseline="rival")
    claimed = {"rival": "rival", "ceiling": "ceiling"}
    found = claims(result, "pool", "MAP", ours=["OPTICAL"], **claimed)
    assert found[0].endswith(
        ", significant in none of 2; corrected over these tests alone, in ha, sw."
    )
    assert claims(result, "pool", "MAP", ours=["MSE"], **claimed)[0].endswith("in none of 2.")


def test_claims_tell_significant_losses():
    frames = [rows("OPTICAL", "ha", [0.4] * 9 + [0.35]), rows("rival", "ha", [0.5] * 9 + [0.46])]
    result = summarize(*frames, baseline="rival")
    (found,) = claims(
        result, "pool", "MAP", ours=["OPTICAL", "absent"], rival="rival", ceiling="ceiling"
    )
    assert found.endswith("significant in none of 1, and significantly below it in ha.")


def test_pairs_that_hold_questions_are_not_learnt_from(words, data, tmp_path):
    options = study_parser(Distillation()).parse_args(words)
    options.indexes = tmp_path / "indexes"
    teacher = LateInteraction(options.teacher, device="cpu").load()
    task = open_tasks(options, ["ha"], teacher)["ha"]
    questions = LocalCollection(data / "passages").topics("ha", ["afriqa-dev"])["query"]
    leaking = [SentencePair("mine", f"{questions[0]} ?", "ha"), *cipher_pairs(30, seed=0)]
    shutil.copytree(data, tmp_path / "data")
    options.data = tmp_path / "data"
    write_bitext(options.data, "ha", leaking)
    kept = training_pairs(options, "ha", task, None)
    assert [pair.foreign for pair in kept] == [pair.foreign for pair in leaking[1:]]
    write_bitext(options.data, "ha", leaking[:1])
    with pytest.raises(InputError, match="all sentence pairs hold texts of the test"):
        training_pairs(options, "ha", task, None)


def test_every_method_adds_as_many_words():
    made = recipes(2, 50)
    assert {recipe.start.vocabulary for recipe in made.values()} == {50}
    assert made[neutral(OPTICAL)].start.new_embeddings == "mean"
    assert {recipe.start.vocabulary for recipe in recipes(2).values()} == {8000}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["--languages", "ha,xx"], "en-xx.tsv.gz: no sentence pairs for 'xx'"),
        (["--methods", "OT,MSE"], "--methods OT"),
        (["--languages", "ig"], "that have one (de, ha"),
        (["--measures", "R@many"], "unknown measure 'R@many'"),
        (["--sets", "xqad"], "--sets xqad: the passages have no such query set; choose from"),
        (["--nmt", "nowhere"], "nowhere"),
        (["--rival-seeds", "0"], "--rival-seeds 0"),
        (["--vocabulary", "0"], "set the vocabulary above 0"),
        (["--vocabulary", "-1"], "vocabulary -1"),
        (["--once", "MT"], "--once MT: choose from OPTICAL"),
        (["--max-queries", "-1"], "--max-queries -1: give 1 or more"),
        (["--systems", "psq,mt"], "system 'mt'"),
        (["--systems", "psq,nmt"], "--systems nmt-bm25, nmt-teacher: no --nmt"),
        (["--nmt-languages", "ha"], "--nmt-languages: no --nmt"),
        (["--nmt", "nowhere", "--nmt-languages", "hau"], "--nmt-languages hau: not compared"),
        (["--max-queries", "0"], "--max-queries 0: give 1 or more"),
        (["--systems", "bm25"], "--baseline best translation"),
        (["--baseline", "MT"], "--baseline MT"),
        (["--baseline", "MSE", "--methods", "OPTICAL"], "--baseline MSE"),
    ],
)
def test_bad_options_are_named_before_training(words, tmp_path, capsys, wrong, named):
    output = tmp_path / "out"
    given = [*words, "--output", str(output), *wrong]
    assert named in refusal(Distillation(), given, capsys)
    assert not (output / "work" / "students").exists()


def test_rivals_from_a_neutral_start_are_tested_against_each_other(words, tmp_path):
    ours, rival = neutral(OPTICAL), neutral("MSE")
    more = ["--languages", "ha", "--methods", f"{ours},{rival}", "--baseline", rival]
    more += ["--epochs", "8"]
    assert run_study(Distillation(), [*words, *more, "--output", str(tmp_path)]) == 0
    result = read_study(tmp_path)
    assert result.baseline == rival
    found = result.rows("pool", "MAP").set_index("method")
    assert found["p_value"].notna()[ours]
    assert min(found["value"][[ours, rival]]) > 0.9  # words are learnt from nothing
    (sentence,) = (tmp_path / "findings.md").read_text().splitlines()
    assert sentence.startswith((f"- pool MAP, ha: {ours} has", f"- pool MAP, ha: {rival} has"))
    record = json.loads((tmp_path / "manifest.json").read_text())
    assert "'new_embeddings': 'mean'" in record["recipes"][ours]


def test_rivals_may_have_fewer_seeds(words, tmp_path):
    more = ["--languages", "ha", "--seeds", "3", "--rival-seeds", "1", "--systems", "psq"]
    trials = open_plan(Distillation(), [*words, *more], tmp_path).trials
    seeds = Counter(trial.method for trial in trials)
    assert {name for name, count in seeds.items() if count == 3} == {OPTICAL, OPTICAL_MSE}
    assert set(seeds.values()) == {1, 3}
    more = ["--languages", "ha", "--seeds", "2", "--once", "MSE", "--systems", "psq"]
    trials = open_plan(Distillation(), [*words, *more], tmp_path).trials
    seeds = Counter(trial.method for trial in trials)
    assert (seeds["MSE"], seeds["contrastive"], seeds[OPTICAL]) == (1, 2, 2)


@pytest.mark.parametrize("study", [Distillation(), DataBudget()], ids=lambda study: study.name)
def test_other_human_versions_are_another_ceiling(study, data, teacher, tmp_path):
    def identities(folder: Path) -> dict[str, str]:
        words = command_words(folder, teacher, "--languages", "ha", "--epochs", "1")
        plan = open_plan(study, words, tmp_path / "out")
        return {trial.name: plan.identity(trial) for trial in plan.trials}

    changed = tmp_path / "data"
    shutil.copytree(data, changed)
    versions = changed / "passages" / "queries" / "afriqa-dev.ha.en.tsv"
    versions.write_text(versions.read_text().replace("\n", " again\n"))
    before, after = identities(data), identities(changed)
    different = {name for name in before if before[name] != after[name]}
    assert different == {name for name in before if name.startswith("human English")}
    assert different


def test_budgets_are_nested_and_end_with_all_pairs(words, tmp_path, capsys):
    more = ["--budgets", "30,60,9999", "--languages", "ha", "--output", str(tmp_path)]
    assert run_study(DataBudget(), [*words, *more, "--nmt-epochs", "1"]) == 0
    result = read_study(tmp_path)
    assert result.levels == [30, 60, 120]
    assert result.methods == (CEILING, OPTICAL, START, PSQ, NMT)
    found = result.rows("pool", "MAP").set_index(["method", "level"])["value"]
    assert found[PSQ, 30] <= found[PSQ, 60] <= found[PSQ, 120]
    assert "OPTICAL is significantly above" in (tmp_path / "findings.md").read_text()
    assert run_study(DataBudget(), [*words, *more, "--nmt-epochs", "1", "--resume"]) == 0
    assert capsys.readouterr().err.count("(kept)") == 1 + 3 * 4


def test_budgets_that_are_no_numbers_are_refused(words, capsys):
    with pytest.raises(SystemExit):
        run_study(DataBudget(), [*words, "--budgets", "10,many"])
    assert "such as 500,1000" in capsys.readouterr().err


def test_a_language_without_queries_searches_held_out_bitext(words, data, tmp_path):
    write_bitext(data, "sw", cipher_pairs(150, seed=5))
    more = ["--languages", "sw", "--methods", OPTICAL, "--output", str(tmp_path)]
    more += ["--measures", "AP,R@5"]
    assert run_study(Distillation(), [*words, *more]) == 0
    result = read_study(tmp_path)
    measures = ["MAP", "nDCG@10", "R@5"]
    assert list(result.measured) == [("held-out bitext", measure) for measure in measures]
    found = result.rows("held-out bitext", "MAP").set_index("method")
    assert found.loc[CEILING, "value"] == 1.0
    assert set(found["n_queries"]) == {15}
    held = set(result.per_query["qid"])
    assert held == {f"sw-{number}" for number in range(15)}
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["pairs"] == {"sw": 135}
    assert manifest["query_sets"] == {"sw": "held-out bitext"}


@pytest.mark.skipif(not REAL.is_dir(), reason="no ../shared/data beside the checkout")
def test_the_real_data_have_the_languages_of_a_full_run(teacher, tmp_path):
    words = command_words(REAL, teacher, "--full", "--limit", "50")
    plan = open_plan(Distillation(), words, tmp_path)
    assert tuple(plan.groups) == FULL
    assert plan.facts["queries"] == {
        **{"ha": 222, "ig": 307, "yo": 247, "zu": 242},
        **dict.fromkeys(("hi", "tr", "el", "vi", "de", "es", "ru", "zh"), 1190),
    }
    native = dict.fromkeys(("ha", "ig", "zu"), "afriqa-dev") | {"yo": "afriqa-train"}
    assert plan.facts["query_sets"] == dict.fromkeys(FULL, "xquad") | native
    # The systems that need no NMT model, the untrained start; seven losses with three seeds.
    assert len(plan.trials) == len(FULL) * (8 + 1 + 7 * 3)
