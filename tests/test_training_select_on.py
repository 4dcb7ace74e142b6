"""Selection on the judged queries of a collection."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from cipher import ENGLISH, FOREIGN, cipher_pairs
from tiny_models import tiny_encoder

from optical_pt.errors import InputError
from optical_pt.maxsim import maxsim
from optical_pt.models import LateInteraction
from optical_pt.training.distil import distil
from optical_pt.training.select_on import CollectionRetrieval, open_queries
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.start_settings import StartSettings
from optical_pt.training.starts import make_start

torch.set_num_threads(1)

PAIRS = cipher_pairs(120, seed=0)
POOL = cipher_pairs(30, seed=1)


@pytest.fixture(scope="module")
def pool(tmp_path_factory) -> Path:
    """A collection: 30 English sentences; 20 are asked for in xx and 3 in yy."""
    folder = tmp_path_factory.mktemp("pool")
    for name in ("queries", "qrels"):
        (folder / name).mkdir()
    write(folder / "docs.tsv", [f"d{i}\t\t{pair.english}" for i, pair in enumerate(POOL)])
    write(folder / "queries" / "dev.xx.tsv", [f"q{i}\t{POOL[i].foreign}" for i in range(20)])
    write(folder / "queries" / "dev.yy.tsv", [f"q{i}\t{POOL[i].english}" for i in range(3)])
    write(folder / "qrels" / "dev.qrels", [f"q{i} 0 d{i} 1" for i in range(20)])
    return folder


def write(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines))


def settings(pool: Path, **options) -> TrainingSettings:
    run = {"batch_size": 16, "bf16": False, "select_on": str(pool), "evaluate_steps": 4}
    return TrainingSettings(**{**run, **options})


def test_the_score_is_the_mean_over_languages_of_map(pool, tmp_path):
    teacher = tiny_encoder(ENGLISH)
    # From few pairs, so that some queries are wrong.
    student = make_start(teacher, PAIRS[:12], StartSettings(), seed=0)
    queries = open_queries(settings(pool), ["xx", "yy", "zz"])
    scores = CollectionRetrieval(queries, teacher, tmp_path)(student)
    models = [LateInteraction.from_encoder(m, n) for m, n in ((student, "s"), (teacher, "t"))]
    documents = models[1].encode_documents([pair.english for pair in POOL])
    for language, texts in {
        "xx": [pair.foreign for pair in POOL[:20]],
        "yy": [pair.english for pair in POOL[:3]],
    }.items():
        table = [[maxsim(q, d) for d in documents] for q in models[0].encode_queries(texts)]
        by_hand = np.mean([1 / (np.array(row) >= row[i]).sum() for i, row in enumerate(table)])
        # Products of the index are in half precision, which may swap near neighbours.
        assert scores[f"MAP_{language}"] == pytest.approx(by_hand, abs=0.05)
    assert 0.2 < scores["MAP_xx"] < 0.98
    assert scores["MAP"] == pytest.approx((scores["MAP_xx"] + scores["MAP_yy"]) / 2)


def test_documents_are_encoded_once(pool, tmp_path):
    teacher = tiny_encoder(ENGLISH)
    queries = open_queries(settings(pool, select_measure="nDCG@10"), ["xx"])
    first = CollectionRetrieval(queries, teacher, tmp_path)
    (made,) = tmp_path.iterdir()
    before = (made / "tokens.f16").stat().st_mtime_ns
    again = CollectionRetrieval(queries, teacher, tmp_path)
    assert (made / "tokens.f16").stat().st_mtime_ns == before
    scores = first(teacher)
    assert scores == again(teacher)
    assert set(scores) == {"nDCG@10", "nDCG@10_xx"}
    CollectionRetrieval(queries, tiny_encoder(ENGLISH, seed=2), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_the_student_that_finds_most_in_the_collection_is_released(pool, tmp_path):
    teacher = LateInteraction.from_encoder(tiny_encoder([*ENGLISH, *FOREIGN]), "tiny")
    distil(
        teacher,
        PAIRS,
        tmp_path / "xx",
        start=StartSettings("copy"),
        settings=settings(pool, learning_rate=2e-2, epochs=4, select_queries="dev"),
    )
    record = json.loads((tmp_path / "xx" / "training.json").read_text())
    scores = {entry["step"]: entry["MAP"] for entry in record["evaluations"]}
    assert record["measure"] == "MAP"
    assert min(scores) == 0
    assert scores[record["released"]] == max(scores.values()) > scores[0] + 0.2
    card = (tmp_path / "xx" / "README.md").read_text()
    assert f"MAP of the queries dev of `{pool}`: {scores[0]:.3f} before training" in card
    assert [path.name for path in tmp_path.iterdir()] == ["xx"]


def test_another_collection_is_another_training(pool, tmp_path):
    teacher = LateInteraction.from_encoder(tiny_encoder(ENGLISH), "tiny")
    work = tmp_path / "xx.training"
    with pytest.raises(InputError, match="no queries in zz; the query sets have xx, yy"):
        distil(teacher, cipher_pairs(9, seed=0, language="zz"), tmp_path / "xx",
               settings=settings(pool))  # fmt: skip
    assert not work.exists()
    facts = settings(pool).facts()
    assert facts["select_measure"] == "AP"
    assert TrainingSettings().facts()["select_measure"] is None


def test_a_name_of_several_measures_is_refused(pool):
    with pytest.raises(InputError, match=r"select_measure recall: it stands for R@5, .*choose one"):
        open_queries(settings(pool, select_measure="recall"), ["xx"])
