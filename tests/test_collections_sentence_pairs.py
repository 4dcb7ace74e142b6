"""Sentence pairs as a collection."""

from __future__ import annotations

import pytest

from optical_pt.collections import SentencePairs
from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair

PAIRS = [
    SentencePair("The water is cold.", "Ruwan sanyi ne.", "ha"),
    SentencePair("Fire!", "Wuta!", "ha"),
    SentencePair("The water is cold.", "Ruwan yana da sanyi.", "ha"),
]


def test_pairs_with_the_same_english_sentence_share_a_document():
    collection = SentencePairs(PAIRS)
    documents = list(collection.documents())
    assert [(d["docno"], d["text"]) for d in documents] == [
        ("s0", "The water is cold."),
        ("s1", "Fire!"),
    ]
    judged = collection.judged_topics("ha")
    assert judged.qrels.values.tolist() == [["ha-0", "s0", 1], ["ha-1", "s1", 1], ["ha-2", "s0", 1]]
    assert judged.topics["query"].tolist() == [pair.foreign for pair in PAIRS]
    assert judged.english["query"].tolist() == [pair.english for pair in PAIRS]
    assert collection.n_documents == 2
    assert collection.query_sets == ("held-out",)


def test_there_is_no_version_in_a_third_language():
    assert SentencePairs(PAIRS).human_topics("ha", "yo") is None


def test_equal_pairs_make_equal_collections_and_others_do_not():
    assert SentencePairs(PAIRS) == SentencePairs(list(PAIRS))
    assert SentencePairs(PAIRS) != SentencePairs(PAIRS[:2])
    assert (
        SentencePairs(PAIRS).documents_fingerprint()
        == SentencePairs(PAIRS[:2]).documents_fingerprint()
    )


@pytest.mark.parametrize(
    ("pairs", "named"),
    [([], "no sentence pair"), ([*PAIRS, SentencePair("a", "b", "yo")], "ha, yo")],
)
def test_other_than_one_language_is_refused(pairs, named):
    with pytest.raises(InputError, match=named):
        SentencePairs(pairs, "mine")
