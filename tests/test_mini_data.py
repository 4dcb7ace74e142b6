"""The small collection is well formed; its files are read here without the package's readers."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "optical_pt" / "collections" / "mini"
LANGUAGES = ("en", "sw", "ha", "zu", "hi", "de", "es", "tr")
QIDS = [f"q{n:02d}" for n in range(1, 61)]


def rows(path: Path, columns: int) -> list[list[str]]:
    """Tab-separated rows, after checking what holds for every file of the collection."""
    text = path.read_bytes().decode("utf-8")
    assert "\r" not in text
    assert not text.startswith("\ufeff")
    assert unicodedata.is_normalized("NFC", text)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    found = [line.split("\t") for line in text[:-1].split("\n")]
    for number, row in enumerate(found, 1):
        assert len(row) == columns, f"{path.name}:{number} has {len(row)} columns"
        for field in row:
            assert field, f"{path.name}:{number} has an empty field"
            assert field == " ".join(field.split()), f"{path.name}:{number} has stray spaces"
    return found


@pytest.fixture(scope="module")
def docs() -> list[list[str]]:
    return rows(FOLDER / "docs.tsv", 4)


@pytest.fixture(scope="module")
def queries() -> dict[str, dict[str, str]]:
    return {
        language: dict(rows(FOLDER / f"queries/mini.{language}.tsv", 2)) for language in LANGUAGES
    }


@pytest.fixture(scope="module")
def qrels() -> list[tuple[str, str, int]]:
    lines = (FOLDER / "qrels" / "mini.qrels").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        qid, iteration, docno, label = line.split(" ")
        assert iteration == "0"
        found.append((qid, docno, int(label)))
    return found


def test_passages_are_enough_numbered_and_from_many_subjects(docs: list[list[str]]) -> None:
    assert len(docs) >= 240
    assert [row[0] for row in docs] == [f"d{n:03d}" for n in range(1, len(docs) + 1)]
    assert len({row[1] for row in docs}) >= 20
    assert len({row[2] for row in docs}) == len(docs)


def test_passages_have_35_to_70_words(docs: list[list[str]]) -> None:
    lengths = {row[0]: len(row[3].split()) for row in docs}
    assert {docno: n for docno, n in lengths.items() if not 35 <= n <= 70} == {}


def test_no_two_passages_are_nearly_the_same(docs: list[list[str]]) -> None:
    words = {row[0]: frozenset(row[3].lower().split()) for row in docs}
    alike = [
        (a, b)
        for a, b in combinations(words, 2)
        if len(words[a] & words[b]) >= 0.8 * len(words[a] | words[b])
    ]
    assert alike == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_topics_in_the_same_order(language: str) -> None:
    found = rows(FOLDER / f"queries/mini.{language}.tsv", 2)
    assert [qid for qid, _ in found] == QIDS
    assert len({query for _, query in found}) == len(QIDS)


def test_only_hindi_is_written_in_devanagari(queries: dict[str, dict[str, str]]) -> None:
    for language in LANGUAGES:
        for qid, query in queries[language].items():
            devanagari = any("\u0900" <= char <= "\u097f" for char in query)
            assert devanagari == (language == "hi"), f"{language} {qid}"


def test_translations_are_not_left_in_english(queries: dict[str, dict[str, str]]) -> None:
    for language in LANGUAGES[1:]:
        same = [q for q in QIDS if queries[language][q].lower() == queries["en"][q].lower()]
        assert same == [], language


def test_no_title_gives_a_query_away(
    docs: list[list[str]], queries: dict[str, dict[str, str]]
) -> None:
    titles = [row[2].lower() for row in docs]
    for query in queries["en"].values():
        assert not [title for title in titles if query.lower().strip(" ?") in title]


def test_qrels_refer_to_known_topics_and_passages(
    docs: list[list[str]], qrels: list[tuple[str, str, int]]
) -> None:
    assert {qid for qid, _, _ in qrels} == set(QIDS)
    assert {docno for _, docno, _ in qrels} <= {row[0] for row in docs}
    assert {label for _, _, label in qrels} == {0, 1, 2}
    judged = Counter((qid, docno) for qid, docno, _ in qrels)
    assert [pair for pair, times in judged.items() if times > 1] == []


def test_every_topic_has_an_answer_and_a_near_miss(qrels: list[tuple[str, str, int]]) -> None:
    labels = defaultdict(Counter)
    for qid, _, label in qrels:
        labels[qid][label] += 1
    assert [qid for qid in QIDS if not labels[qid][2] or not labels[qid][0]] == []
    assert sum(labels[qid][1] + labels[qid][2] >= 2 for qid in QIDS) >= 50


def test_relevance_does_not_follow_the_order_of_docnos(qrels: list[tuple[str, str, int]]) -> None:
    # Ties are broken by docno: numbering passages topic by topic, answer first, would reward them.
    by_topic = defaultdict(list)
    for qid, docno, label in qrels:
        by_topic[qid].append((docno, label))
    first_is_best = [
        max(pairs, key=lambda pair: pair[1]) == min(pairs) for pairs in by_topic.values()
    ]
    assert 0 < sum(first_is_best) < len(QIDS) / 2
