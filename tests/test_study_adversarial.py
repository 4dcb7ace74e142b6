"""The study of adversarial training: its pairs, noisy tasks, pool, command and sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from cipher import cipher_pairs, retrieval_score
from published_files import write_json, write_zip
from study_commands import REAL, command_words, open_plan, refusal, save_teacher, write_bitext
from study_scores import rows, summarize

from optical_pt.models import LateInteraction
from optical_pt.respelling import Respeller, document_words
from optical_pt.studies.adversarial import Adversarial
from optical_pt.studies.adversarial.data import collections, training_pairs
from optical_pt.studies.adversarial.findings import add_means, claims
from optical_pt.studies.adversarial.probe import mean_vectors, probe_errors
from optical_pt.studies.adversarial.study import BOTH, LANGUAGE, OT, PERTURBED, RESPELT
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.studies.study import run_study
from optical_pt.training.bitext import SentencePair
from optical_pt.training.settings import TrainingSettings
from optical_pt.translation import LexicalTable

torch.set_num_threads(1)

METHODS = [OT, PERTURBED, LANGUAGE, BOTH]
TO_CYRILLIC = str.maketrans("abdefgiklmnoprstuvz", "абдефгиклмнопрстувз")


def made_up(count: int, seed: int, language: str) -> list[SentencePair]:
    """Swahili is a cipher in Latin letters, Russian the same in Cyrillic ones."""
    pairs = cipher_pairs(count, seed=seed, language=language)
    if language == "sw":
        return pairs
    return [replace(pair, foreign=pair.foreign.translate(TO_CYRILLIC)) for pair in pairs]


TATOEBA = {"sw": made_up(15, 1, "sw"), "ru": made_up(12, 2, "ru")}
ASKED = made_up(8, 3, "ru")
TRAIN = {"sw": made_up(40, 4, "sw"), "ru": made_up(40, 5, "ru")}


def squad(language: str) -> dict:
    """A paragraph of one sentence for each question, whose answer begins there."""
    paragraphs = []
    for number, pair in enumerate(ASKED):
        context = pair.english if language == "en" else pair.foreign
        answer = {"text": context[:4], "answer_start": 0}
        qas = [{"id": f"q{number}", "question": context, "answers": [answer]}]
        paragraphs.append(
            {
                "context": context,
                "qas": qas,
                "sentences": [context],
                "sentence_breaks": [[0, len(context)]],
            }
        )
    return {"version": "1.1", "data": [{"title": "Made_up", "paragraphs": paragraphs}]}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    members = {}
    for language, code in {"sw": "swh", "ru": "rus"}.items():
        pairs = TATOEBA[language]
        members[f"tatoeba.{code}-eng.{code}"] = "".join(f"{pair.foreign}\n" for pair in pairs)
        members[f"tatoeba.{code}-eng.eng"] = "".join(f"{pair.english}\n" for pair in pairs)
        # Of the test: by its tag, as a query in other letters, and as a document of XQuAD-R.
        tested = [
            SentencePair("some sentence", "some words", language, "tatoeba-test"),
            SentencePair("some words", f"{pairs[0].foreign.upper()}!", language, "made-up"),
        ]
        if language == "ru":
            tested.append(SentencePair(ASKED[0].english, "some words", language, "made-up"))
        write_bitext(folder, language, [*TRAIN[language], *tested])
    write_zip(folder / "tatoeba/tatoeba.zip", members)
    for language in ("en", "ru"):
        write_json(folder / f"xquad-r/{language}.json", squad(language))
    return folder


@pytest.fixture(scope="module")
def teacher(tmp_path_factory) -> Path:
    return save_teacher(tmp_path_factory.mktemp("teacher"))


@pytest.fixture(scope="module")
def command(data, teacher, tmp_path_factory) -> list[str]:
    output = tmp_path_factory.mktemp("study") / "out"
    words = command_words(data, teacher, "--output", output, "--languages", "sw,ru")
    # Epochs of one step each, the first of which has learning rate 0.
    return ["--unverified", *words, "--epochs", "3"]


@pytest.fixture(scope="module")
def output(command) -> Path:
    assert run_study(Adversarial(), command) == 0
    return Path(command[command.index("--output") + 1])


def models(
    output: Path, teacher: Path, data: Path, language: str
) -> tuple[LateInteraction, LateInteraction]:
    """The teacher, and the student that OT made in a language."""
    shared = LateInteraction(teacher, device="cpu").load()
    tested = list(collections(language, data, verify=False).values())
    pairs = training_pairs(data, language, tested, None)
    store = StudentStore(shared, output / "work/students")
    path = store.path(Recipe(OT, TrainingSettings(epochs=3.0)), pairs, language)
    return shared, LateInteraction(path, device="cpu")


def test_every_method_is_scored_clean_and_under_the_noises_that_apply(output):
    scores = pd.read_csv(output / "per_query.csv.gz", dtype={"qid": str})
    places = scores.groupby(["task", "measure", "language"])["method"].value_counts()
    counts = places.unstack("method")[[*METHODS, RESPELT]]
    asked = counts.drop(index="Language probe")
    assert asked.nunique(axis=1).eq(1).all()
    probed = counts.loc["Language probe"]
    assert probed[METHODS].nunique(axis=1).eq(1).all()
    assert probed[RESPELT].isna().all()
    found = {key: int(count) for key, count in counts[OT].items()}
    for noise in ("spelling noise", "words shuffled", "mean of noises"):
        assert found[f"Tatoeba, {noise}", "RR", "sw"] == 15
        assert found[f"Tatoeba, {noise}", "RR", "ru"] == 12
        assert found[f"XQuAD-R, {noise}", "MAP", "ru"] == 8
    assert found["Tatoeba, transliterated", "RR", "ru"] == 12
    assert ("Tatoeba, transliterated", "RR", "sw") not in found
    assert found["Language probe", "error", "sw"] == 15
    for measure in ("mAP@20", "1 - language bias"):
        assert found["LAReQA pool", measure, "ru"] == 8
        assert ("LAReQA pool", measure, "sw") not in found
    assert not any("diacritics" in task or (task, code) == ("XQuAD-R", "sw")
                   for task, _, code in found)  # fmt: skip
    # Sentence 3 of one language is no translation of sentence 3 of another.
    tatoeba = scores[scores["task"] == "Tatoeba"]
    assert set(tatoeba["qid"]) == {f"sw-{n}" for n in range(15)} | {f"ru-{n}" for n in range(12)}
    assert set(scores[scores["task"] == "XQuAD-R"]["qid"]) == {f"q{n}" for n in range(8)}


def test_the_table_has_what_a_search_by_hand_finds(output, teacher, data):
    shared, student = models(output, teacher, data, "sw")
    results = pd.read_csv(output / "results.csv").query("method == @OT and language == 'sw'")
    values = results.set_index(["task", "measure"])["value"]
    assert values["Tatoeba", "R@1"] == pytest.approx(retrieval_score(student, TATOEBA["sw"]))
    english = shared.encode_queries([pair.english for pair in TATOEBA["sw"]])
    foreign = student.encode_queries([pair.foreign for pair in TATOEBA["sw"]])
    errors = probe_errors(mean_vectors(english), mean_vectors(foreign))
    assert values["Language probe", "error"] == pytest.approx(errors.mean())
    noisy = [values[f"Tatoeba, {kind}", "RR"] for kind in ("spelling noise", "words shuffled")]
    assert values["Tatoeba, mean of noises", "RR"] == pytest.approx(np.mean(noisy))
    change = np.mean(noisy) - values["Tatoeba", "RR"]
    assert values["Tatoeba, mean of noises", "RR change"] == pytest.approx(change)


def test_the_pool_has_one_answer_in_english_and_one_in_the_students_language(output, teacher, data):
    """Of each question: Russian sentences are encoded as the Russian student reads queries."""
    shared, student = models(output, teacher, data, "ru")
    queries = student.encode_queries([pair.foreign for pair in ASKED])
    foreign = student.query_side().encode_documents([pair.foreign for pair in ASKED])
    english = shared.encode_documents([pair.english for pair in ASKED])
    average_precisions, balances = [], []
    for number, query in enumerate(queries):
        scores = [(query @ text.astype(float).T).max(axis=1).sum() for text in english + foreign]
        order = sorted(range(16), key=lambda place: -scores[place])
        ranks = sorted(order.index(place) + 1 for place in (number, 8 + number))
        average_precisions.append((1 / ranks[0] + 2 / ranks[1]) / 2)
        # Half of the relevant sentences are English; so should half of the top ten be.
        balances.append(1 - abs(sum(place < 8 for place in order[:10]) / 10 - 0.5))
    results = pd.read_csv(output / "results.csv").query("method == @OT and language == 'ru'")
    values = results.set_index(["task", "measure"])["value"]
    # Products of the search are in half precision, which may swap neighbours.
    assert values["LAReQA pool", "mAP@20"] == pytest.approx(np.mean(average_precisions), abs=0.05)
    assert values["LAReQA pool", "1 - language bias"] == pytest.approx(np.mean(balances), abs=0.03)
    manifest = json.loads((output / "manifest.json").read_text())
    assert manifest["pool"] == {"en": 8, "ru": 8}
    # Those of other students are gone.
    assert len(list((output / "work/pool").iterdir())) == 1


def test_respelt_queries_are_asked_of_the_students_of_ot(output, teacher, data):
    tested = {task.name: task for task in collections("sw", data, verify=False).values()}
    (collection,) = tested.values()
    pairs = training_pairs(data, "sw", [collection], None)
    table = LexicalTable.learn(pairs, language="sw")
    respeller = Respeller(table, document_words(doc["text"] for doc in collection.documents()))
    _, student = models(output, teacher, data, "sw")
    results = pd.read_csv(output / "results.csv").query("language == 'sw' and level.isna()")
    values = results.set_index(["method", "task", "measure"])["value"]
    read = [replace(pair, foreign=respeller.respell(pair.foreign)) for pair in TATOEBA["sw"]]
    assert values[RESPELT, "Tatoeba", "R@1"] == pytest.approx(retrieval_score(student, read))
    noisy = values.xs("Tatoeba, spelling noise", level="task").xs("RR", level="measure")
    assert noisy[RESPELT] > noisy[OT]


def test_each_adversary_makes_another_student(output, teacher):
    shared = LateInteraction(teacher, device="cpu").load()
    folders = [path for path in (output / "work/students").iterdir() if path.name != "teacher"]
    assert len(folders) == 8
    found = {
        LateInteraction(path, device="cpu", teacher=shared)
        .encode_queries([TATOEBA["sw"][0].foreign])[0]
        .tobytes()
        for path in folders
    }
    assert len(found) == 8


def test_the_manifest_says_what_was_done(output):
    manifest = json.loads((output / "manifest.json").read_text())
    assert set(manifest["recipes"]) == set(METHODS)
    assert "'perturbed': 1.0, 'language': 0.1" in manifest["recipes"][BOTH]
    # 40 pairs a language: none of the test's.
    assert manifest["pairs"] == {"sw": 40, "ru": 40}
    assert manifest["queries"] == {"sw": {"Tatoeba": 15}, "ru": {"XQuAD-R": 8, "Tatoeba": 12}}
    assert manifest["queries_changed"]["sw"]["Tatoeba"]["transliterated"] == 0
    assert manifest["queries_changed"]["ru"]["Tatoeba"]["transliterated"] == 1
    assert manifest["groups"] == {"sw": "low", "ru": "other"}
    assert set(manifest["bitext_sha256"]) == {"en-sw.tsv.gz", "en-ru.tsv.gz"}
    assert (output / "plot.png").read_bytes().startswith(b"\x89PNG")
    sentences = (output / "findings.md").read_text()
    assert "Language bias in the LAReQA pool" in sentences
    left_out = sentences[sentences.index("Left out") :]
    assert "LAReQA" not in left_out


def test_finished_trials_are_not_run_again(output, command, capsys):
    before = (output / "results.csv").read_bytes()
    assert run_study(Adversarial(), [*command, "--resume"]) == 0
    assert capsys.readouterr().err.count("(kept)") == 10
    assert (output / "results.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--languages", "ha"], "--languages ha: Tatoeba has no such test; choose from "),
        (["--languages", "de"], "en-de.tsv.gz: no sentence pairs for 'de'"),
        (["--noise-rate", "0"], "--noise-rate 0.0: give a share above 0, at most 1"),
        (["--perturbation", "0"], "perturbation 0.0: it must be above 0"),
        (["--language-weight", "-1"], "loss language=-1.0: its weight must be above 0"),
        (["--max-queries", "4"], "Tatoeba sw: 4 sentences for the language probe"),
        (["--max-queries", "0"], "--max-queries 0: give 1 or more"),
    ],
)
def test_bad_input_is_named_before_anything_is_trained(command, options, message, tmp_path, capsys):
    new = tmp_path / "new"
    words = [*command, "--output", str(new), *options]
    assert message in refusal(Adversarial(), words, capsys)
    assert not (new / "work" / "students").exists()


def test_what_the_data_folder_lacks_is_taken_from_the_cache(data, tmp_path, monkeypatch):
    """Where it would be downloaded to."""
    monkeypatch.setenv("OPTICAL_PT_HOME", str(tmp_path))
    monkeypatch.delenv("OPTICAL_PT_DATA", raising=False)
    (tmp_path / "data").symlink_to(data)
    (tmp_path / "own").mkdir()
    cached = collections("ru", tmp_path / "own", verify=False)["XQuAD-R"]
    given = collections("ru", data, verify=False)["XQuAD-R"]
    assert cached.topics("ru").equals(given.topics("ru"))


def test_bitext_that_is_all_of_the_test_is_refused(data, tmp_path):
    tested = list(collections("sw", data, verify=False).values())
    pairs = [SentencePair(pair.english, "x", "sw", "other") for pair in TATOEBA["sw"]]
    write_bitext(tmp_path, "sw", pairs)
    with pytest.raises(ValueError, match="every sentence pair is of the test"):
        training_pairs(tmp_path, "sw", tested, None)


def made_up_result(perturbed_noisy: float) -> list[pd.DataFrame]:
    """Two noises in Russian, one in Swahili; 20 queries, OT loses 0.4 on each."""
    frames = []
    for method, noisy in {OT: 0.4, PERTURBED: perturbed_noisy}.items():
        for language in ("sw", "de"):
            wobble = 0.01 * (np.arange(20) % 2) * (method != OT)
            kinds = ["spelling noise", "words shuffled"][: 1 + (language == "de")]
            values = {"Tatoeba": 0.8, **{f"Tatoeba, {kind}": noisy for kind in kinds}}
            frames += [
                rows(method, language, list(value + wobble), task=task, measure="RR")
                for task, value in values.items()
            ]
            frames.append(
                rows(method, language, [0.0, 0.5] * 10, task="Language probe", measure="error")
            )
    return frames


def test_means_over_noises_are_of_the_queries_own_noises():
    scores = add_means(pd.concat(made_up_result(0.6), ignore_index=True))
    means = scores.groupby(["task", "measure", "method", "language"])["value"].mean()
    wobble = np.mean(0.01 * (np.arange(20) % 2))
    mean = "Tatoeba, mean of noises"
    assert means[mean, "RR", OT, "de"] == pytest.approx(0.4)
    assert means[mean, "RR change", OT, "sw"] == pytest.approx(-0.4)
    assert means[mean, "RR", PERTURBED, "de"] == pytest.approx(0.6 + wobble)
    assert means[mean, "RR change", PERTURBED, "de"] == pytest.approx(-0.2)
    assert list(dict.fromkeys(scores["task"])) == [
        "Tatoeba", "Tatoeba, spelling noise", "Tatoeba, words shuffled", mean, "Language probe"
    ]  # fmt: skip


def test_the_sentences_follow_the_tests():
    scores = add_means(pd.concat(made_up_result(0.6), ignore_index=True))
    text = "\n".join(claims(summarize(scores, baseline=OT)))
    assert (
        "Noise takes from Tatoeba RR (mean of languages and of noises): OT 0.400 of 0.800, "
        "OT + perturbed 0.200 of 0.805." in text
    )
    assert "RR change, mean of all: OT + perturbed has the highest, -0.200" in text
    assert "It is significantly above OT (+0.200" in text
    assert "spelling noise 0.400 of 0.800 (de, sw); words shuffled 0.400 of 0.800 (de)" in text
    assert "OT + perturbed +0.205 (words shuffled, de)" in text
    assert (
        "Left out, as students would read (almost) the same: Tatoeba, diacritics dropped (de, sw); "
        "Tatoeba, transliterated (de, sw); Tatoeba, words shuffled (sw)." in text
    )
    assert "OT 0.750, OT + perturbed 0.750" in text
    assert "Clean Tatoeba RR, sw, against OT's 0.800: OT + perturbed +0.005 (significant" in text


@pytest.mark.skipif(not (REAL / "tatoeba").is_dir(), reason=f"{REAL / 'tatoeba'} is not there")
def test_the_real_plan(tmp_path):
    words = ["--full", "--data", str(REAL), "--device", "cpu", "--languages", "tl,ar"]
    plan = open_plan(Adversarial(), words, tmp_path)
    # Two languages, three seeds, five methods.
    assert len(plan.trials) == 2 * 3 * 5
    assert plan.groups == {"tl": "low", "ar": "other"}
    assert plan.facts["queries"] == {
        "tl": {"Tatoeba": 1000},
        "ar": {"XQuAD-R": 1190, "Tatoeba": 1000},
    }
    # 2,500 and 9,645 pairs are of the Tatoeba challenge.
    assert plan.facts["pairs"] == {"tl": 6533 - 2500, "ar": 23707 - 9645}
    changed = plan.facts["queries_changed"]
    assert changed["tl"]["Tatoeba"]["transliterated"] == 0
    assert changed["ar"]["XQuAD-R"]["diacritics dropped"] > 0.5
    assert len({plan.identity(trial) for trial in plan.trials}) == len(plan.trials)
