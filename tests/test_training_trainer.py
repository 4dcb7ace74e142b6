"""Batches of similar length, settings, tokenization, and what is trained."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import new_words, student_with, tiny_encoder

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import query_modules
from optical_pt.models.student import copy_query_side
from optical_pt.training.batches import LengthBucketSampler, length_bucket_sampler, shares
from optical_pt.training.bitext import SentencePair
from optical_pt.training.selection import HeldOutRetrieval
from optical_pt.training.settings import TrainingSettings
from optical_pt.training.trainable import choose_trainable
from optical_pt.training.trainer import distillation_trainer
from optical_pt.training.vocabulary import new_vocabulary

torch.set_num_threads(1)


def sampler(lengths, batch_size, *, drop_last=False, seed=0, epoch=0):
    rows = {"foreign": ["x" * n for n in lengths], "language": [0] * len(lengths)}
    made = LengthBucketSampler(Dataset.from_dict(rows), batch_size, drop_last, seed=seed)
    made.set_epoch(epoch)
    return made


@given(st.lists(st.integers(1, 30), min_size=1, max_size=300), st.integers(1, 9), st.booleans())
def test_every_pair_comes_once(lengths, batch_size, drop_last):
    made = sampler(lengths, batch_size, drop_last=drop_last)
    batches = list(made)
    seen = sorted(position for batch in batches for position in batch)
    assert len(batches) == len(made)
    assert len(set(seen)) == len(seen)
    if drop_last:
        assert all(len(batch) == batch_size for batch in batches)
    else:
        assert seen == list(range(len(lengths)))


def test_windows_that_are_no_multiple_of_the_data_lose_nothing():
    made = sampler([1 + i % 7 for i in range(2 * 50 * 4 + 3)], 4)
    assert len(list(made)) == len(made) == 101


def test_the_sampler_follows_the_epoch_that_a_training_goes_on_in(tmp_path):
    teacher = tiny_encoder(["lion", "bee"])
    pairs = [SentencePair("lion bee", "bee lion", "sw", "made")] * 40
    settings = TrainingSettings(epochs=4, batch_size=2)
    trainer = distillation_trainer(copy_query_side(teacher), teacher, pairs, tmp_path, settings)
    trainer.get_train_dataloader()
    for epoch, expected in ((0.0, 0), (2.0, 2), (3 - 1e-9, 3), (1.35, 1)):
        trainer.state.epoch = epoch
        trainer.callback_handler.on_epoch_begin(trainer.args, trainer.state, trainer.control)
        assert trainer.sampler.epoch == expected


def test_order_depends_on_seed_and_epoch_alone():
    lengths = [1 + i % 11 for i in range(100)]
    first = list(sampler(lengths, 8, seed=3, epoch=1))
    torch.manual_seed(99)
    assert list(sampler(lengths, 8, seed=3, epoch=1)) == first
    assert list(sampler(lengths, 8, seed=3, epoch=2)) != first
    assert list(sampler(lengths, 8, seed=4, epoch=1)) != first


def test_batches_hold_similar_lengths():
    lengths = [1 + i % 40 for i in range(400)]
    spread = [
        max(lengths[i] for i in batch) - min(lengths[i] for i in batch)
        for batch in sampler(lengths, 8)
    ]
    assert sum(spread) / len(spread) < 3


@given(
    st.lists(st.integers(1, 400), min_size=1, max_size=6),
    st.one_of(st.floats(1, 50), st.just(float("inf"))),
)
def test_shares_sum_to_the_pairs_and_even_out(counts, temperature):
    drawn = shares(torch.tensor(counts), temperature)
    assert drawn.sum() == sum(counts)
    wanted = np.array(counts) ** (1 / temperature)
    wanted *= sum(counts) / wanted.sum()
    assert np.abs(drawn.numpy() - wanted).max() < 1


def two_languages(temperature, *, epoch=0, processes=1):
    rows = {"foreign": ["x" * (1 + i % 9) for i in range(104)], "language": [0] * 100 + [1] * 4}
    make = length_bucket_sampler(temperature, processes)
    made = make(Dataset.from_dict(rows), batch_size=8, drop_last=False, seed=0)
    made.set_epoch(epoch)
    return made


def test_a_small_language_is_repeated_by_temperature():
    drawn = [position for batch in two_languages(2.0) for position in batch]
    assert len(drawn) == 104
    small = [drawn.count(position) for position in range(100, 104)]
    assert sum(small) == 17  # 104 * 2 / (10 + 2), by largest remainder
    assert sorted(small) == [4, 4, 4, 5]
    assert max(drawn.count(position) for position in range(100)) == 1
    assert drawn != [position for batch in two_languages(2.0, epoch=1) for position in batch]
    once = sorted(position for batch in two_languages(1.0) for position in batch)
    assert once == list(range(104))


def test_batches_are_shared_out_equally_among_processes():
    assert len(two_languages(1.0)) == 13
    shared = two_languages(1.0, processes=2)
    assert len(list(shared)) == len(shared) == 12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"train": "body"}, "train 'body': choose one of embeddings, new-embeddings"),
        ({"epochs": -1}, "epochs -1: it must be at least 0"),
        ({"epochs": float("nan")}, "epochs nan"),
        ({"batch_size": 0}, "batch_size 0: it must be at least 1"),
        ({"learning_rate": 0.0}, "learning_rate 0.0: it must be above 0"),
        ({"transport": "sinkhorn"}, "unknown transport strategy 'sinkhorn'"),
        ({"marginals": "zipf"}, "marginals 'zipf': choose one of uniform, idf"),
        ({"loss": {}}, "loss: none is given"),
        ({"loss": {"ot": float("inf")}}, "loss ot=inf: its weight must be above 0"),
        ({"score_temperature": 0.0}, "score_temperature 0.0: it must be above 0"),
        ({"perturbation": -1.0}, "perturbation -1.0: it must be above 0"),
        ({"max_length": 2}, "max_length 2: it must be at least 3"),
        ({"save_steps": 0}, "save_steps 0: it must be at least 1"),
        ({"temperature": 0.5}, "temperature 0.5: it must be at least 1"),
        ({"accumulate": 0}, "accumulate 0: it must be at least 1"),
        ({"anchor": -1.0}, "anchor -1.0: it must be at least 0"),
        ({"layers": 0}, "layers 0: it must be at least 1"),
        ({"body_learning_rate": -1e-4}, "body_learning_rate -0.0001: it must be at least 0"),
        ({"body_start": 1.0}, "body_start 1.0: it must be below 1"),
        ({"hold_out": -1}, "hold_out -1: it must be at least 0"),
        ({"patience": 3}, "patience 3: it needs held-out pairs; set hold_out"),
        ({"seed": -1}, "seed -1: it must be at least 0"),
    ],
)
def test_settings_that_cannot_be_trained_with(options, message):
    with pytest.raises(InputError, match=message):
        TrainingSettings(**options)


@pytest.fixture(scope="module")
def teacher():
    return tiny_encoder(["house", "river"])


def test_what_is_trained(teacher):
    student = copy_query_side(teacher)
    choose_trainable(student, TrainingSettings())
    trained = [name for name, weight in student.named_parameters() if weight.requires_grad]
    assert [name.split(".", 2)[-1] for name in trained] == ["embeddings.word_embeddings.weight"]
    choose_trainable(student, TrainingSettings(train="all"))
    assert all(weight.requires_grad for weight in student.parameters())


def trainer_for(teacher, student, folder, **options):
    pairs = [SentencePair("house", "nyumba", "sw"), SentencePair("river", "mto", "sw")]
    settings = TrainingSettings(bf16=False, batch_size=2, **options)
    return distillation_trainer(student, teacher, pairs, folder, settings)


def test_each_column_is_tokenized_by_its_own_model(teacher, tmp_path):
    student = student_with(teacher, ["nyumba", "mto"], torch.ones(2, 32))
    trainer = trainer_for(teacher, student, tmp_path)
    row = {"foreign": "nyumba house", "english": "nyumba house", "language": 0}
    batch = trainer.data_collator([row])
    assert batch["foreign_input_ids"].tolist() == [
        query_modules(student)[0].tokenizer("nyumba house")["input_ids"]
    ]
    assert batch["english_input_ids"].tolist() == [
        query_modules(teacher)[0].tokenizer("nyumba house")["input_ids"]
    ]
    assert batch["foreign_input_ids"].shape == (1, 4)
    assert batch["english_input_ids"].shape[1] > 4


def test_sentences_are_cut_at_max_length(teacher, tmp_path):
    trainer = trainer_for(teacher, copy_query_side(teacher), tmp_path, max_length=30)
    batch = trainer.data_collator(
        [{"foreign": "mto " * 90, "english": "river " * 90, "language": 0}]
    )
    assert batch["foreign_input_ids"].shape == batch["english_input_ids"].shape == (1, 30)


def test_sentences_get_the_query_prompt_as_queries_do(tmp_path):
    teacher = tiny_encoder(["house", "river"])
    teacher.prompts["query"] = "river "
    trainer = trainer_for(teacher, copy_query_side(teacher), tmp_path)
    batch = trainer.data_collator([{"foreign": "mto", "english": "house", "language": 0}])
    tokenizer = query_modules(teacher)[0].tokenizer
    assert batch["english_input_ids"].tolist() == [tokenizer("river house")["input_ids"]]
    assert batch["foreign_input_ids"].tolist() == [tokenizer("river mto")["input_ids"]]


def test_new_words_start_as_what_they_align_with(teacher):
    pairs = [
        SentencePair("house", "nyumba", "sw"),
        SentencePair("river", "mto", "sw"),
        SentencePair("house river", "nyumba mto", "sw"),
    ]
    tokenizer, embeddings = new_vocabulary(teacher, pairs, size=10)
    pieces = new_words(teacher, tokenizer)
    assert pieces == ["mto", "nyumba"]
    tokenizer = query_modules(teacher)[0].tokenizer
    weight = query_modules(teacher)[0].auto_model.get_input_embeddings().weight.detach()
    for piece, english in (("mto", "river"), ("nyumba", "house")):
        mine = embeddings[pieces.index(piece)]
        assert torch.allclose(mine, weight[tokenizer.convert_tokens_to_ids(english)], atol=1e-3)


def test_a_word_that_aligns_with_nothing_starts_as_the_mean_of_those_that_do(teacher):
    pairs = [SentencePair("house", "नदी", "hi"), SentencePair("river", "नदी", "hi")]
    tokenizer, embeddings = new_vocabulary(teacher, pairs, size=10)
    pieces = new_words(teacher, tokenizer)
    aligned = embeddings[pieces.index("नदी")]
    assert torch.allclose(embeddings[pieces.index("##न")], aligned)
    assert embeddings.isfinite().all()


def test_pairs_without_new_words_need_no_vocabulary(teacher):
    tokenizer, embeddings = new_vocabulary(teacher, [SentencePair("house", "house", "xx")], size=10)
    pieces = new_words(teacher, tokenizer)
    assert pieces == []
    assert embeddings.shape == (0, 32)


def test_a_matrix_with_more_rows_than_tokens(teacher):
    padded = copy_query_side(teacher)
    body = query_modules(padded)[0].auto_model
    body.resize_token_embeddings(128, mean_resizing=False)
    pairs = [SentencePair("house", "nyumba", "sw")] * 2
    tokenizer, embeddings = new_vocabulary(padded, pairs, size=10)
    pieces = new_words(padded, tokenizer)
    expected = new_vocabulary(teacher, pairs, size=10)
    assert pieces == new_words(teacher, expected.tokenizer)
    assert torch.allclose(embeddings, expected.embeddings)


def test_numbers_reach_tensorboard(teacher, tmp_path):
    pytest.importorskip("tensorboard", reason="tensorboard is not installed")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    from optical_pt.training.tensorboard import tensorboard_log

    pairs = [SentencePair("house", "nyumba", "sw"), SentencePair("river", "mto", "sw")] * 2
    settings = TrainingSettings(bf16=False, batch_size=2, epochs=1, evaluate_steps=1, hold_out=2)
    trainer = distillation_trainer(
        copy_query_side(teacher), teacher, pairs, tmp_path, settings,
        evaluator=HeldOutRetrieval({"sw": pairs[:2]}, teacher),
        callbacks=[tensorboard_log(tmp_path / "board")],
    )  # fmt: skip
    trainer.train()
    board = EventAccumulator(str(tmp_path / "board")).Reload()
    logged = {
        (tag, event.step): event.value
        for tag in board.Tags()["scalars"]
        for event in board.Scalars(tag)
    }
    for entry in trainer.state.log_history:
        for name, tag in (("loss", "train/loss"), ("ot", "train/ot"), ("eval_mrr", "eval/mrr")):
            if name in entry:
                assert logged[tag, entry["step"]] == pytest.approx(float(entry[name]), rel=1e-6)
    assert ("eval/mrr", 2) in logged
