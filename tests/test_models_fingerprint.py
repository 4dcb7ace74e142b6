"""What tells document sides apart, and what does not."""

from __future__ import annotations

import numpy as np
import pytest
from sentence_transformers.multi_vector_encoder.modules import HierarchicalTokenPooling
from tiny_models import change_a_weight, tiny_encoder

from optical_pt import InputError, LateInteraction
from optical_pt.models.fingerprint import document_modules

WORDS = ["lion", "tiger", "bee", "honey", "live", "fly", "the", "in", "make"]


@pytest.fixture(scope="module")
def model() -> LateInteraction:
    return LateInteraction.from_encoder(tiny_encoder(WORDS), "tiny")


def test_fingerprint_survives_saving(model, tmp_path):
    model.save(tmp_path / "saved")
    loaded = LateInteraction(tmp_path / "saved", device="cpu")
    assert len(model.fingerprint) == 16
    assert loaded.fingerprint == model.fingerprint
    loaded.encode_documents(["lion"])  # which sets padding and truncation in the tokenizer
    assert LateInteraction.from_encoder(loaded.encoder, "again").fingerprint == model.fingerprint
    loaded.save(tmp_path / "again")
    assert LateInteraction(tmp_path / "again", device="cpu").fingerprint == model.fingerprint
    np.testing.assert_array_equal(
        loaded.encode_queries(["lion live"])[0], model.encode_queries(["lion live"])[0]
    )
    with pytest.raises(InputError, match="exists already"):
        loaded.save(tmp_path / "again")


def change_the_tokenizer(encoder):
    document_modules(encoder)[0].tokenizer.add_tokens(["simba"])


def change_the_length(encoder):
    document_modules(encoder)[0].document_length = 20


def change_the_prompt(encoder):
    encoder.prompts["document"] = "passage: "


def change_the_mask(encoder):
    encoder[1].skiplist_words = ["."]


def change_what_the_mask_keeps(encoder):
    encoder[1].keep_only_token_ids = [5]


def change_the_tasks_of_the_mask(encoder):
    encoder[1].skiplist_words, encoder[1].skiplist_tasks = ["."], ["query"]


def pool_tokens(encoder):
    encoder.append(HierarchicalTokenPooling(pool_factor=2))


def change_the_precision(encoder):
    encoder.bfloat16()


@pytest.mark.parametrize(
    "change",
    [
        change_a_weight,
        change_the_tokenizer,
        change_the_length,
        change_the_prompt,
        change_the_mask,
        change_what_the_mask_keeps,
        change_the_tasks_of_the_mask,
        pool_tokens,
        change_the_precision,
    ],
)
def test_fingerprint_tells_any_change_of_the_document_side(model, change):
    encoder = tiny_encoder(WORDS)
    assert LateInteraction.from_encoder(encoder, "same").fingerprint == model.fingerprint
    change(encoder)
    assert LateInteraction.from_encoder(encoder, "changed").fingerprint != model.fingerprint


def test_fingerprint_is_of_the_document_side_only(model):
    encoder = tiny_encoder(WORDS)
    encoder.append(HierarchicalTokenPooling(pool_factor=2, tasks="query"))
    encoder.prompts["query"] = "question: "
    encoder[0].query_length = 10
    assert LateInteraction.from_encoder(encoder, "prompted").fingerprint == model.fingerprint
