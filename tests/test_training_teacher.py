"""A teacher is tuned on questions, judged on others, and released if it did not get worse."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from cipher import ENGLISH, FOREIGN, cipher_pairs
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.maxsim import maxsim
from optical_pt.models import LateInteraction
from optical_pt.training.teacher.__main__ import main
from optical_pt.training.teacher.hold_out import QuestionRetrieval, hold_out_questions
from optical_pt.training.teacher.projection import copy_teacher
from optical_pt.training.teacher.questions import Question, read_questions
from optical_pt.training.teacher.settings import TeacherSettings
from optical_pt.training.teacher.tune import tune_teacher

torch.set_num_threads(1)

# A question is a passage in another language, so that there is much to learn.
QUESTIONS = [Question(pair.foreign, pair.english) for pair in cipher_pairs(300, seed=0)]
RUN = {"bf16": False, "batch_size": 16, "hold_out": 20}
LEARNS = {**RUN, "learning_rate": 1e-2, "epochs": 4, "evaluate_steps": 10}


@pytest.fixture(scope="module")
def teacher():
    return LateInteraction.from_encoder(tiny_encoder([*ENGLISH, *FOREIGN]), "tiny")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, teacher) -> Path:
    folder = tmp_path_factory.mktemp("teacher")
    teacher.save(folder / "tiny")
    lines = (f"{q.question}\t{q.passage}\n" for q in QUESTIONS)
    (folder / "questions.tsv.gz").write_bytes(gzip.compress("".join(lines).encode()))
    return folder


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1), st.integers(1, 4))
def test_what_is_held_out_has_no_part_in_training(numbers, count):
    questions = [Question(f"q{a}", f"p{b}") for a, b in numbers]
    by_passage = {question.passage: question.question for question in questions}
    if 4 * count > len(set(by_passage.values())):
        with pytest.raises(InputError, match=r"hold_out .*: there are .* hold out at most"):
            hold_out_questions(questions, count, seed=0)
        return
    kept, select, judge = hold_out_questions(questions, count, seed=0)
    assert len(select) == len(judge) == count
    for name in ("question", "passage"):
        assert len({getattr(question, name) for question in [*select, *judge]}) == 2 * count
        hidden = {getattr(question, name) for question in [*select, *judge]}
        assert not hidden & {getattr(question, name) for question in kept}


def test_the_score_is_the_mean_reciprocal_rank(teacher):
    questions = QUESTIONS[:23]
    queries = teacher.encode_queries([question.question for question in questions])
    passages = teacher.encode_documents([question.passage for question in questions])
    table = [[maxsim(q, p) for p in passages] for q in queries]
    by_hand = np.mean([1 / (np.array(row) >= row[i]).sum() for i, row in enumerate(table)])
    scores = QuestionRetrieval(questions)(teacher.encoder)
    assert scores == {"mrr": pytest.approx(by_hand, abs=1e-5)}


@pytest.mark.parametrize("options", [{}, {"dim": 16, "mini_batch": 8}], ids=["whole", "projected"])
def test_tuning_helps_on_questions_that_it_never_saw(teacher, tmp_path, options):
    before = {name: weight.clone() for name, weight in teacher.encoder.state_dict().items()}
    tuned = tune_teacher(
        teacher, QUESTIONS, tmp_path / "tuned", settings=TeacherSettings(**LEARNS, **options)
    )
    record = json.loads((tmp_path / "tuned" / "training.json").read_text())
    assert record["mrr_before"] < 0.4
    assert record["mrr_after"] > 0.8
    assert record["evaluations"][0]["step"] == 0
    (embeddings,) = tuned.encode_queries(["bada"])
    assert embeddings.shape[1] == options.get("dim", 32)
    judge = hold_out_questions(QUESTIONS, 20, seed=0)[2]
    assert QuestionRetrieval(judge)(tuned.encoder)["mrr"] == record["mrr_after"]
    assert f"{record['mrr_before']:.4f} before" in (tmp_path / "tuned" / "README.md").read_text()
    after = teacher.encoder.state_dict()
    assert all(torch.equal(weight, after[name]) for name, weight in before.items())
    assert tuned.fingerprint != teacher.fingerprint
    assert [path.name for path in tmp_path.iterdir()] == ["tuned"]


def test_a_projection_starts_where_dot_products_change_least(teacher):
    passages = [question.passage for question in QUESTIONS[:50]]
    narrow = LateInteraction.from_encoder(copy_teacher(teacher.encoder, passages, 24), "narrow")
    pairs = list(
        zip(teacher.encode_documents(passages), narrow.encode_documents(passages), strict=True)
    )
    wide, close = (np.concatenate([pair[side] for pair in pairs])[:200] for side in (0, 1))
    assert close.shape[1] == 24
    assert np.abs(wide @ wide.T - close @ close.T).mean() < 0.03


def test_a_killed_tuning_resumes_to_the_same_weights(teacher, tmp_path, monkeypatch):
    # Selected at the end only, so that the steps after the checkpoint decide the weights.
    settings = TeacherSettings(**{**LEARNS, "epochs": 1, "save_steps": 5, "evaluate_steps": 17})
    kept = tmp_path / "kept"
    real = shutil.rmtree

    def keep(path, **options):
        if str(path).endswith(".training.finished") and Path(path).is_dir():
            shutil.copytree(path, kept)
        real(path, **options)

    monkeypatch.setattr(shutil, "rmtree", keep)
    tune_teacher(teacher, QUESTIONS, tmp_path / "whole", settings=settings)
    monkeypatch.undo()
    newest, *_ = sorted(kept.glob("checkpoint-*"), key=lambda p: -int(p.name.split("-")[1]))
    assert newest.name == "checkpoint-17"
    shutil.rmtree(newest)
    (kept / "best.safetensors").unlink()
    kept.rename(tmp_path / "again.training")
    with pytest.raises(InputError, match="an unfinished training; use --resume"):
        tune_teacher(teacher, QUESTIONS, tmp_path / "again", settings=settings)
    tune_teacher(teacher, QUESTIONS, tmp_path / "again", settings=settings, resume=True)
    whole, again = (
        (tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "again")
    )
    assert whole == again
    assert json.loads((tmp_path / "again" / "training.json").read_text())["released"] == 17


def test_a_teacher_that_got_worse_is_not_released(folder, tmp_path, capsys):
    # It knows every answer at the start: questions are the passages themselves.
    lines = [f"{q.passage}\t{q.passage}\n" for q in QUESTIONS]
    (tmp_path / "same.tsv").write_text("".join(lines))
    command = ["--questions", str(tmp_path / "same.tsv"), "--teacher", str(folder / "tiny"),
               "--output", str(tmp_path / "worse"), "--dim", "1", "--device", "cpu", "--no-bf16",
               "--hold-out", "20", "--learning-rate", "1e-9"]  # fmt: skip
    assert main(command) == 2
    assert "not released as it got worse" in capsys.readouterr().err.strip().split("\n")[-1]
    assert not (tmp_path / "worse").exists()
    assert main([*command, "--resume", "--keep-anyway"]) == 0
    assert "**it got worse**" in (tmp_path / "worse" / "README.md").read_text()


def test_a_tuning_that_diverged_is_not_released(folder, tmp_path, capsys):
    command = ["--questions", str(folder / "questions.tsv.gz"), "--teacher", str(folder / "tiny"),
               "--output", str(tmp_path / "xx"), "--hold-out", "20", "--device", "cpu",
               "--learning-rate", "1e38", "--keep-anyway", "--no-bf16"]  # fmt: skip
    assert main(command) == 2
    assert "the training diverged; lower the learning rate" in capsys.readouterr().err
    assert not (tmp_path / "xx").exists()


def test_passages_of_a_collection_have_titles_and_texts(tmp_path):
    (tmp_path / "docs.tsv").write_text("d1\tLions\tThey live.\nd2\t\t\n")
    for part in ("queries", "qrels"):
        (tmp_path / part).mkdir()
    (tmp_path / "queries" / "dev.en.tsv").write_text("q1\twho lives\n")
    qrels = tmp_path / "qrels" / "dev.qrels"
    qrels.write_text("q1 0 d1 1\n")
    assert read_questions(f"{tmp_path}=dev") == [Question("who lives", "Lions They live.")]
    qrels.write_text("q1 0 d2 1\n")
    with pytest.raises(InputError, match="document 'd2' is empty"):
        read_questions(f"{tmp_path}=dev")


def test_questions_of_a_collection(tmp_path):
    questions = read_questions("optical:mini=mini")
    assert len(questions) > 5
    assert all(question.question and question.passage for question in questions)
    assert len(read_questions("optical:mini=mini", limit=3)) == 3
    assert read_questions("optical:mini=mini", limit=3) == read_questions(
        "optical:mini=mini", limit=3
    )


def test_triples_of_ir_datasets(tmp_path):
    import ir_datasets
    from ir_datasets.formats import TsvDocPairs, TsvDocs, TsvQueries
    from ir_datasets.util import LocalDownload

    (tmp_path / "docs.tsv").write_text("d1\tlions live\nd2\tbees fly\nd3\tfish swim\n")
    (tmp_path / "queries.tsv").write_text("q1\twho flies\nq2\twho swims\n")
    (tmp_path / "pairs.tsv").write_text("q1\td2\td1\nq2\td3\td2\nq2\td3\td1\n")
    files = {name: LocalDownload(tmp_path / f"{name}.tsv") for name in ("docs", "queries", "pairs")}
    ir_datasets.registry.register(
        "tiny-triples",
        ir_datasets.Dataset(
            TsvDocs(files["docs"]), TsvQueries(files["queries"]), TsvDocPairs(files["pairs"])
        ),
    )
    found = read_questions("irds:tiny-triples", limit=2)
    assert found == [
        Question("who flies", "bees fly", "lions live"),
        Question("who swims", "fish swim", "bees fly"),
    ]
    (tmp_path / "queries.tsv").write_text("q1\twho flies\nq2\t \n")
    with pytest.raises(InputError, match="the triple q2, d3, d2 has an empty text"):
        read_questions("irds:tiny-triples", limit=2)


def test_triples_train(teacher, tmp_path):
    others = [*QUESTIONS[1:], QUESTIONS[0]]
    triples = [
        Question(q.question, q.passage, other.passage)
        for q, other in zip(QUESTIONS, others, strict=True)
    ]
    settings = TeacherSettings(**{**LEARNS, "epochs": 2})
    tune_teacher(teacher, triples, tmp_path / "tuned", settings=settings)
    record = json.loads((tmp_path / "tuned" / "training.json").read_text())
    assert record["mrr_after"] > record["mrr_before"] + 0.2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"questions": "/nowhere/q.tsv"}, "/nowhere/q.tsv: no such file"),
        ({"questions": "{tmp}/bad.tsv"}, "bad.tsv:2: 1 columns, or an empty one; write question"),
        ({"questions": "optical:mini=train"}, "no query set 'train'; choose from mini"),
        ({"questions": "/nowhere=dev"}, "/nowhere: no such folder"),
        ({"questions": "irds:no-such-thing"}, "ir_datasets has no such dataset"),
        ({"limit": 0}, "limit 0: keep at least one question"),
        ({"hold-out": 100}, "hold_out 100: there are"),
        ({"batch-size": 1}, "batch_size 1: it must be at least 2"),
        ({"batch-size": 300}, "questions are left to train on; give more, or a smaller batch"),
        ({"learning-rate": 0}, "learning_rate 0.0: it must be above 0"),
        ({"dim": 32}, "dim 32: the teacher's width is 32; choose less"),
        ({"teacher": "/nowhere/teacher"}, "/nowhere/teacher: no such model directory"),
        ({"output": "{folder}/tiny"}, "tiny: exists already"),
    ],
)
def test_bad_input_ends_in_one_line(folder, tmp_path, capsys, options, message):
    (tmp_path / "bad.tsv").write_text("a\tb\nc\n")
    given = {
        "questions": folder / "questions.tsv.gz",
        "teacher": folder / "tiny",
        "output": tmp_path / "xx",
        "hold-out": 20,
        "device": "cpu",
        **{k: str(v).format(folder=folder, tmp=tmp_path) for k, v in options.items()},
    }
    capsys.readouterr()
    assert main([word for name, value in given.items() for word in (f"--{name}", str(value))]) == 2
    last = capsys.readouterr().err.strip().split("\n")[-1]
    assert last.startswith("error: ")
    assert message in last
    assert [path.name for path in tmp_path.iterdir()] == ["bad.tsv"]
