"""SQuAD's JSON format, which XQuAD, XQuAD-R, MLQA, MLQA-R and TyDi QA GoldP are published in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from optical_pt.collections.published.archives import decode
from optical_pt.errors import InputError


@dataclass(frozen=True)
class Question:
    """A question about a paragraph, with the place of its first answer in characters."""

    qid: str
    text: str
    answer_start: int
    answer: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, its place in the file, and the questions that it answers.

    ``sentences`` is None, or the text and the place (start, end) of each sentence (LAReQA's files).
    """

    article: int
    number: int
    title: str
    context: str
    questions: tuple[Question, ...]
    sentences: tuple[tuple[str, int, int], ...] | None

    def sentence_of(self, question: Question, where: str) -> int:
        """Number of the sentence in which the question's answer starts.

        Raises:
            InputError: if the answer is not at its place, or no sentence has it.
        """
        end_of_answer = question.answer_start + len(question.answer)
        if self.context[question.answer_start : end_of_answer] != question.answer:
            raise InputError(
                f"{where}: the answer of question {question.qid!r} is not at character "
                f"{question.answer_start} of its context; the file is corrupted: get it anew"
            )
        for number, (_, start, end) in enumerate(self.sentences or ()):
            if start <= question.answer_start < end:
                return number
        raise InputError(
            f"{where}: question {question.qid!r} has its answer at {question.answer_start}, in "
            "none of the paragraph's sentence_breaks; get the published file anew"
        )


def read_squad(contents: bytes, where: str, *, unique: bool = True) -> list[Paragraph]:
    """Paragraphs of a SQuAD file, in its order.

    Args:
        contents: of the file.
        where: the file's name, for messages.
        unique: refuse a qid that occurs twice.

    Raises:
        InputError: if it is not UTF-8 JSON of this format, naming the line or the entry, or if a
            qid occurs twice.
    """
    try:
        data = json.loads(decode(contents, where))
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where}:{error.lineno}: not JSON ({error.msg}, character {error.pos}); the file is "
            "truncated or corrupted: get it anew"
        ) from None
    paragraphs = []
    for article, entry in enumerate(_items(data, "data", where)):
        at = f"{where}: data[{article}]"
        title = entry.get("title", "") if isinstance(entry, dict) else ""
        for number, paragraph in enumerate(_items(entry, "paragraphs", at)):
            paragraphs.append(
                _paragraph(paragraph, article, number, title, f"{at}.paragraphs[{number}]")
            )
    if not paragraphs:
        raise InputError(f"{where}: no paragraph; get the published file anew")
    if unique:
        _refuse_repeated((question.qid for question in _questions(paragraphs)), where)
    return paragraphs


def questions_by_id(paragraphs: Iterable[Paragraph]) -> dict[str, str]:
    """Text of each question by its qid, in file order."""
    return {question.qid: question.text for question in _questions(paragraphs)}


def _questions(paragraphs: Iterable[Paragraph]) -> Iterator[Question]:
    return (question for paragraph in paragraphs for question in paragraph.questions)


def _paragraph(entry: Any, article: int, number: int, title: str, at: str) -> Paragraph:
    context = _string(entry, "context", at)
    questions = tuple(
        _question(qa, f"{at}.qas[{position}]")
        for position, qa in enumerate(_items(entry, "qas", at))
    )
    return Paragraph(article, number, title, context, questions, _sentences(entry, context, at))


def _question(entry: Any, at: str) -> Question:
    qid, text = _string(entry, "id", at), _string(entry, "question", at)
    if len(qid.split()) != 1:
        raise InputError(f"{at}: white space in id {qid!r}; get the published file anew")
    answers = _items(entry, "answers", at)
    first = answers[0] if answers else {}
    start = first.get("answer_start", 0) if isinstance(first, dict) else None
    answer = first.get("text", "") if isinstance(first, dict) else None
    if not isinstance(start, int) or not isinstance(answer, str):
        raise InputError(f"{at}: question {qid!r} has no usable answer; get the file anew")
    return Question(qid, text, start, answer)


def _sentences(entry: dict, context: str, at: str) -> tuple[tuple[str, int, int], ...] | None:
    if "sentence_breaks" not in entry:
        return None
    breaks, texts = _items(entry, "sentence_breaks", at), _items(entry, "sentences", at)
    if len(breaks) != len(texts):
        raise InputError(f"{at}: {len(texts)} sentences but {len(breaks)} sentence_breaks")
    sentences = []
    for position, (place, text) in enumerate(zip(breaks, texts, strict=True)):
        inside = (
            isinstance(place, list)
            and len(place) == 2
            and all(isinstance(bound, int) for bound in place)
            and 0 <= place[0] < place[1] <= len(context)
        )
        if not inside or not isinstance(text, str) or not text.strip():
            raise InputError(f"{at}.sentence_breaks[{position}]: {place!r} is no sentence's place")
        sentences.append((text, place[0], place[1]))
    return tuple(sentences)


def _items(entry: Any, key: str, at: str) -> list:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, list):
        raise InputError(f"{at}: no list {key!r}; this is not a file in SQuAD's format")
    return value


def _string(entry: Any, key: str, at: str) -> str:
    value = entry.get(key) if isinstance(entry, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{at}: no text {key!r}; get the published file anew")
    return value


def _refuse_repeated(qids: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for qid in qids:
        if qid in seen:
            raise InputError(f"{where}: question {qid!r} occurs twice; get the file anew")
        seen.add(qid)
