"""Students of a study are trained once; retrieval scores are those of pt.Experiment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyterrier as pt
import pytest
import torch
from cipher import ENGLISH, cipher_pairs
from collection_folders import one_line, write_folder
from table_folders import PAIRS, WORDS
from tiny_models import tiny_encoder
from transformers import Trainer

from optical_pt.collections import LocalCollection
from optical_pt.errors import InputError
from optical_pt.models import LateInteraction
from optical_pt.studies.retrieval import open_task
from optical_pt.studies.students import Recipe, StudentStore
from optical_pt.training.bitext import SentencePair
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings

torch.set_num_threads(1)

SENTENCES = cipher_pairs(24, seed=0)
QUICK = {"epochs": 2, "batch_size": 4, "bf16": False, "save_steps": 3}
OT = Recipe("OT", TrainingSettings(**QUICK))


@pytest.fixture(scope="module")
def teacher():
    return LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")


@pytest.fixture(scope="module")
def trained(teacher, tmp_path_factory):
    """A store with one student."""
    store = StudentStore(teacher, tmp_path_factory.mktemp("students"))
    store.get(OT, SENTENCES, "xx")
    return store


@pytest.fixture
def steps(monkeypatch):
    """The steps at which checkpoints are saved; appending a number dies after that one."""
    saved: list[int] = []
    save = Trainer._save_checkpoint

    def record(self, *args, **options):
        save(self, *args, **options)
        saved.append(self.state.global_step)
        if saved[0] == -self.state.global_step:
            raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "_save_checkpoint", record)
    return saved


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.name != "training.json"}


def same_queries(first: LateInteraction, second: LateInteraction) -> bool:
    queries = [pair.foreign for pair in SENTENCES[:5]]
    found = zip(first.encode_queries(queries), second.encode_queries(queries), strict=True)
    return all(np.array_equal(mine, other) for mine, other in found)


def test_a_student_is_trained_once(trained, steps):
    path = trained.path(OT, SENTENCES, "xx")
    assert path.name.startswith("ot_xx_0.")
    assert (path / "embeddings.safetensors").is_file()  # of embeddings alone, a small file
    before = contents(path)
    first, second = (trained.get(OT, SENTENCES, "xx") for _ in range(2))
    assert same_queries(first, second)
    assert not same_queries(first, trained.teacher)
    assert first.fingerprint == trained.teacher.fingerprint
    assert steps == []
    assert contents(path) == before
    assert {entry.name for entry in trained.folder.iterdir()} == {path.name, "teacher"}


def test_a_stopped_training_goes_on_to_the_same_student(trained, teacher, tmp_path, steps):
    steps.append(-6)
    store = StudentStore(teacher, tmp_path)
    with pytest.raises(KeyboardInterrupt):
        store.get(OT, SENTENCES, "xx")
    path = store.path(OT, SENTENCES, "xx")
    assert path.with_name(path.name + ".training").is_dir()
    assert not path.exists()
    steps[:] = [0]
    store.get(OT, SENTENCES, "xx")
    assert min(steps[1:]) > 6  # of the twelve, the first six were not run again
    assert not path.with_name(path.name + ".training").exists()
    assert contents(path) == contents(trained.path(OT, SENTENCES, "xx"))


def test_what_decides_a_student_decides_where_it_lies(trained):
    other = LateInteraction.from_encoder(tiny_encoder(ENGLISH, seed=1), "tiny")
    mse = TrainingSettings(**QUICK, loss={"mse": 1.0})
    paths = [
        trained.path(OT, SENTENCES, "xx"),
        trained.path(OT, SENTENCES, "xx", seed=1),
        trained.path(OT, SENTENCES[1:], "xx"),
        trained.path(OT, SENTENCES[::-1], "xx"),
        trained.path(Recipe("OT", mse), SENTENCES, "xx"),
        trained.path(Recipe("OT", OT.settings, StartSettings(vocabulary=9)), SENTENCES, "xx"),
        StudentStore(other, trained.folder).path(OT, SENTENCES, "xx"),
    ]
    assert len(set(paths)) == len(paths)
    # The seed of the settings does not count: it is the trial's.
    seeded = Recipe("OT", TrainingSettings(**QUICK, seed=5))
    assert trained.path(seeded, SENTENCES, "xx") == paths[0]
    assert trained.identity(Recipe("other", OT.settings), SENTENCES) == trained.identity(
        OT, SENTENCES
    )


def test_a_recipe_is_another_one_in_languages_that_are_read_another_way():
    as_most, german, arabic, vietnamese = (
        OT.identity([SentencePair("a house", "…", code)] if code else [], seed=1)
        for code in ("", "de", "arb", "vi")
    )
    assert as_most == german
    assert len({german, arabic, vietnamese}) == 3
    assert OT.identity() != german  # another seed


def test_a_student_with_trained_layers_is_kept_whole(teacher, tmp_path):
    store = StudentStore(teacher, tmp_path)
    settings = TrainingSettings(**{**QUICK, "epochs": 0}, train="all")
    student = store.get(Recipe("all", settings), SENTENCES, "xx")
    assert (tmp_path / Path(student.name).name / "query_0_Transformer").is_dir()
    assert student.fingerprint == teacher.fingerprint


def test_without_pairs_there_is_no_student(trained):
    with pytest.raises(InputError) as raised:
        trained.get(OT, [], "yo")
    assert "OT yo: no sentence pairs to learn from" in one_line(raised)


def test_the_teachers_embeddings_can_be_forgotten(teacher, tmp_path):
    store = StudentStore(teacher, tmp_path)
    one_step = Recipe("OT", TrainingSettings(**{**QUICK, "epochs": 0.1}))
    store.get(one_step, SENTENCES, "xx")
    assert (tmp_path / "teacher").is_dir()
    store.forget_teacher_embeddings()
    assert [entry.name for entry in tmp_path.iterdir()] == [
        store.path(one_step, SENTENCES, "xx").name
    ]
    store.forget_teacher_embeddings()


@pytest.fixture(scope="module")
def english():
    return LateInteraction.from_encoder(tiny_encoder(WORDS), "tiny words")


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    return LocalCollection(write_folder(tmp_path_factory.mktemp("cats")))


@pytest.fixture(scope="module")
def task(collection, english, tmp_path_factory):
    measures = ("AP", "nDCG@10", "R@1")
    folder = tmp_path_factory.mktemp("indexes") / "pool"
    return open_task("pool", collection, ["sw", "ha"], english, folder, measures=measures)


def test_a_task_has_the_judged_queries_of_each_language(task, collection):
    assert {code: list(frame["qid"]) for code, frame in task.topics.items()} == {
        "sw": ["q1", "q2", "s1"],
        "ha": ["q1", "q2"],
    }
    for code in ("sw", "ha"):
        found = collection.judged_topics(code)
        assert task.qrels[code].equals(found.qrels)
        assert list(task.english[code]["qid"]) == list(task.topics[code]["qid"])


def test_scores_are_those_of_an_experiment(task, english, tmp_path):
    pairs = [SentencePair(left, right, "sw", "made") for left, right in PAIRS]
    settings = TrainingSettings(**{**QUICK, "epochs": 0})
    student = StudentStore(english, tmp_path).get(Recipe("OT", settings), pairs, "sw")
    scores = task.score_student(student, "sw")
    assert list(scores.columns) == ["task", "measure", "qid", "value"]
    assert set(scores["task"]) == {"pool"}
    expected = pt.Experiment(
        [student.query_encoder() >> task.index.retriever(1000)],
        task.topics["sw"],
        task.qrels["sw"],
        ["map", "ndcg_cut_10", pt.measures.R @ 1],
        perquery=True,
    )
    names = {"MAP": "map", "nDCG@10": "ndcg_cut_10", "R@1": "R@1"}
    assert list(dict.fromkeys(scores["measure"])) == list(names)
    wanted = {(row.measure, row.qid): row.value for row in expected.itertuples()}
    assert {(names[row.measure], row.qid): row.value for row in scores.itertuples()} == wanted
    assert 0 < scores["value"].mean() < 1


def test_other_topics_can_be_asked(task, english):
    scores = task.score_student(english, "sw", task.english["sw"])
    assert set(scores["qid"]) == {"q1", "q2", "s1"}
    none = task.score(pt.Transformer.from_df(task.topics["sw"].assign(docno="x", score=0.0)), "sw")
    assert (none["value"] == 0).all()
    assert len(none) == 9


def test_an_index_is_used_again_and_not_for_other_documents(task, collection, english):
    folder = task.resources.folder
    assert task.index.path.is_dir()
    again = open_task("pool", collection, ["sw", "ha"], english, folder, measures=task.measures)
    assert again.identity == task.identity
    assert list(again.index.docnos) == list(task.index.docnos)
    with pytest.raises(InputError) as raised:
        open_task("pool", collection, ["ha"], english, folder, judged_only=True)
    assert "a stale index, made of other documents" in one_line(raised)


def test_a_small_pool_has_the_judged_documents_of_the_sets(collection, english, tmp_path):
    small = open_task("small", collection, ["sw"], english, tmp_path, query_sets=["cats"],
                      judged_only=True, max_queries=1)  # fmt: skip
    assert list(small.topics["sw"]["qid"]) == ["q1"]
    assert list(small.english["sw"]["qid"]) == ["q1"]
    assert set(small.qrels["sw"]["qid"]) == {"q1"}
    assert sorted(small.index.docnos) == ["d1", "d2"]
    assert set(small.score_student(english, "sw")["measure"]) == {"MAP", "nDCG@10"}


def test_what_decides_scores_decides_the_identity(collection, english, task, tmp_path):
    other = LateInteraction.from_encoder(tiny_encoder(WORDS, seed=1), "tiny")

    def identity(languages=("sw",), teacher=english, **options):
        folder = tmp_path / "indexes"
        return open_task("pool", collection, languages, teacher, folder, **options).identity

    found = [
        identity(),
        identity(["sw", "ha"]),
        identity(teacher=other),
        identity(max_queries=1),
        identity(judged_only=True, query_sets=["cats"]),
        identity(query_sets=["cats"]),
        identity(measures=["AP"]),
    ]
    assert len(set(found)) == len(found)
    assert identity(["ha", "sw"]) == found[1]
    alone = open_task("pool", collection, ["sw"], english, tmp_path / "indexes")
    both = open_task("pool", collection, ["ha", "sw"], english, tmp_path / "indexes")
    assert alone.identities["sw"] == both.identities["sw"] != both.identities["ha"]
    assert not (tmp_path / "indexes" / "tokens").exists()  # made when it is searched


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"languages": ["yo"]}, "no queries in language 'yo'; choose from en, ha, sw"),
        ({"query_sets": ["dogs"]}, "no query set 'dogs'; choose from cats, own-dev"),
        ({"measures": ["XYZ"]}, "unknown measure 'XYZ'"),
        ({"max_queries": 0}, "max_queries 0: give 1 or more"),
    ],
)
def test_a_task_that_cannot_be_opened_is_told(collection, english, tmp_path, options, message):
    languages = options.pop("languages", ["sw"])
    with pytest.raises(InputError) as raised:
        open_task("pool", collection, languages, english, tmp_path / "new", **options)
    assert message in one_line(raised)
    assert not (tmp_path / "new").exists()
