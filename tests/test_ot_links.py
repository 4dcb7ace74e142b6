"""Hard alignments and their score, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from optical_pt.errors import InputError
from optical_pt.ot import (
    Alignment,
    GoldLinks,
    hard_links,
    score_links,
    subword_words,
    word_links,
)

#            the   house  river
PLAN = np.array(
    [
        [0.20, 0.10, 0.00],  # nyu
        [0.05, 0.25, 0.00],  # ##mba
        [0.05, 0.05, 0.30],  # mto
    ]
)


@pytest.mark.parametrize(
    ("method", "links"),
    [
        ("foreign", {(0, 0), (1, 1), (2, 2)}),
        ("english", {(0, 0), (1, 1), (2, 2)}),
        ("mutual", {(0, 0), (1, 1), (2, 2)}),
        ("threshold", {(0, 0), (1, 1), (2, 2)}),
    ],
)
def test_a_clear_plan_has_the_same_links_either_way(method, links):
    assert hard_links(PLAN, method) == links


def test_directions_differ_where_tokens_compete():
    plan = np.array([[0.30, 0.00], [0.20, 0.05], [0.15, 0.30]])
    assert hard_links(plan, "foreign") == {(0, 0), (1, 0), (2, 1)}
    assert hard_links(plan, "english") == {(0, 0), (2, 1)}
    assert hard_links(plan, "mutual") == {(0, 0), (2, 1)}
    assert hard_links(plan, "union") == {(0, 0), (1, 0), (2, 1)}
    # Masses of the columns are .65 and .35: (1, 0) is .2 / .65 of its column.
    assert hard_links(plan, "threshold", threshold=0.3) == {(0, 0), (1, 0), (2, 1)}
    assert hard_links(plan, "threshold", threshold=0.4) == {(0, 0), (2, 1)}


def test_ties_go_to_the_first_and_tokens_without_mass_have_no_link():
    plan = np.array([[0.25, 0.25, 0.0], [0.0, 0.0, 0.0], [0.25, 0.25, 0.0]])
    assert hard_links(plan, "foreign") == {(0, 0), (2, 0)}
    assert hard_links(plan, "english") == {(0, 0), (0, 1)}
    assert hard_links(plan, "mutual") == {(0, 0)}
    assert hard_links(np.zeros((2, 2)), "union") == hard_links(np.zeros((0, 3))) == set()
    assert hard_links(np.zeros((2, 2)), "threshold", threshold=0) == set()


def test_unknown_method():
    with pytest.raises(InputError, match="unknown alignment method 'grow': use one of foreign"):
        hard_links(PLAN, "grow")


def test_subwords_are_merged_into_words():
    tokens = ("[CLS]", "nyu", "##mba", "[UNK]", ".", "[SEP]")
    assert subword_words(tokens) == [None, 0, 0, 1, 2, None]
    # What ColBERTs put before a query, by PyLate and by Stanford.
    assert subword_words(["[CLS]", "[Q] ", "nyu"]) == [None, None, 0]
    assert subword_words(["[CLS]", "[unused0]", "nyu"]) == [None, None, 0]
    assert subword_words(["<s>", "▁nyu", "mba", "<unk>", "▁", "mto"]) == [None, 0, 0, 0, 1, 1]
    links = {(0, 0), (1, 1), (2, 1), (4, 2), (3, 0)}
    assert word_links(links, subword_words(tokens), [None, 0, 1]) == {(0, 0), (2, 1)}


def test_an_alignment_gives_links_of_tokens_and_words():
    alignment = Alignment(("nyu", "##mba", "mto"), ("the", "house", "river"), PLAN)
    assert alignment.links() == {(0, 0), (1, 1), (2, 2)}
    assert alignment.word_links() == {(0, 0), (0, 1), (1, 2)}
    axes = alignment.plot(links=alignment.links())
    assert [patch.get_xy() for patch in axes.patches] == [(-0.5, -0.5), (0.5, 0.5), (1.5, 1.5)]


def test_a_token_without_mass_is_drawn():
    plan = np.array([[0.5, 0.0], [0.0, 0.0]])
    (image,) = Alignment(("a", "b"), ("c", "d"), plan).plot().images
    assert image.get_array().tolist() == [[1, 0], [0, 0]]


def test_gold_links_are_read():
    gold = GoldLinks.parse("1-1 2p1 3-2 3-2", first=1)
    assert gold == GoldLinks(frozenset({(0, 0), (2, 1)}), frozenset({(0, 0), (1, 0), (2, 1)}))
    assert GoldLinks.parse("\n") == GoldLinks(frozenset(), frozenset())


@pytest.mark.parametrize(
    ("line", "first", "message"),
    [
        ("0-0 1:2", 0, "link '1:2' is neither sure, as 0-1, nor possible"),
        ("0--1", 0, "link '0--1'"),
        ("1-1 0-1", 1, "link '0-1' names a word before the first, 1"),
    ],
)
def test_bad_links_are_named(line, first, message):
    with pytest.raises(InputError, match=message):
        GoldLinks.parse(line, first=first)


def test_score_by_hand_over_two_pairs():
    # A: 3 + 2 links, S: 2 + 1, A & S: 1 + 1, A & P: 2 + 1.
    found = [{(0, 0), (1, 1), (2, 0)}, {(0, 0), (1, 1)}]
    gold = [GoldLinks.parse("0-0 1p1 2-2"), GoldLinks.parse("0-0")]
    score = score_links(found, gold)
    assert score.precision == pytest.approx(3 / 5)
    assert score.recall == pytest.approx(2 / 3)
    assert score.f1 == pytest.approx(2 * 0.4 / (3 / 5 + 2 / 3))
    assert score.aer == pytest.approx(1 - (2 + 3) / (5 + 3))


def test_scores_at_the_ends():
    gold = [GoldLinks.parse("0-0 1-1")]
    right, wrong, none = (score_links([a], gold) for a in ({(0, 0), (1, 1)}, {(0, 1)}, set()))
    assert (right.aer, right.f1) == (0, 1)
    assert (wrong.aer, wrong.f1) == (1, 0)
    assert (none.aer, none.recall, none.f1) == (1, 0, 0)
    assert score_links([], []).aer == 0


def test_as_many_gold_lines_as_pairs():
    with pytest.raises(InputError, match="1 sentence pairs have 2 lines of gold links"):
        score_links([set()], [GoldLinks.parse(""), GoldLinks.parse("")])
