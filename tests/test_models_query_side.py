"""A student whose documents, too, are in its queries' language."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pandas as pd
import pytest
from tiny_models import student_with, tiny_encoder

from optical_pt import InputError, LateInteraction, TokenIndex
from optical_pt.models.student import join_sides, resolve_skiplist

WORDS = ["lion", "bee", "the"]


@pytest.fixture
def student():
    """Its teacher skips some words of documents; the student has two words more."""
    import torch

    teacher = tiny_encoder(WORDS)
    teacher[1].skiplist_words = ["the", "zuma"]
    resolve_skiplist(teacher)
    side = student_with(teacher, ["zaki", "zuma"], torch.randn(2, 32))
    return LateInteraction.from_encoder(join_sides(side, teacher), "student")


def test_it_encodes_documents_as_the_student_reads_them(student):
    side = student.query_side()
    queries = student.encode_queries(["zaki bee"])
    np.testing.assert_array_equal(side.encode_queries(["zaki bee"])[0], queries[0])
    # Documents are encoded in bf16.
    np.testing.assert_allclose(side.encode_documents(["zaki bee"])[0], queries[0], atol=0.05)
    # [CLS] zaki [SEP]: the words to skip are found by the student's own tokenizer.
    assert len(side.encode_documents(["the zaki zuma"])[0]) == 3
    # The teacher has no such words: z a k i z u m a in letters.
    assert len(student.encode_documents(["the zaki zuma"])[0]) == 10


def test_it_needs_an_index_of_its_own(student, tmp_path):
    side = student.query_side()
    assert side.fingerprint != student.fingerprint
    documents = [{"docno": "d1", "text": "bee"}, {"docno": "d2", "text": "zaki zaki"}]
    index = (side.doc_encoder() >> TokenIndex(tmp_path / "index")).index(documents)
    queries = pd.DataFrame({"qid": ["1"], "query": ["zaki"]})
    found = (side.query_encoder() >> index.retriever())(queries)
    assert list(found["docno"]) == ["d2", "d1"]
    with pytest.raises(InputError):
        (student.query_encoder() >> index.retriever())(queries)


def test_pooled_its_documents_lie_beside_the_teachers(student, tmp_path):
    side = student.query_side(pooled=True)
    assert side.fingerprint == student.fingerprint
    assert side != student.query_side()
    english = student.doc_encoder().transform_iter([{"docno": "en.1", "text": "lion bee"}])
    foreign = side.doc_encoder().transform_iter([{"docno": "ha.1", "text": "zaki bee"}])
    index = TokenIndex(tmp_path / "index").index(chain(english, foreign))
    queries = pd.DataFrame({"qid": ["1"], "query": ["zaki bee"]})
    found = (student.query_encoder() >> index.retriever(precision="float32"))(queries)
    # [CLS] zaki bee [SEP] finds its own tokens, each with similarity 1.
    assert list(found["docno"]) == ["ha.1", "en.1"]
    assert found["score"].iloc[0] == pytest.approx(4, abs=0.05)
    other = student.query_side().doc_encoder().transform_iter([{"docno": "ha.2", "text": "bee"}])
    english = student.doc_encoder().transform_iter([{"docno": "en.1", "text": "lion bee"}])
    with pytest.raises(InputError, match=r"ha\.2"):
        TokenIndex(tmp_path / "mixed").index(chain(english, other))
