"""Retrieval of answers: paragraphs, or sentences as LAReQA cuts them, from files in SQuAD's format.

LAReQA (Roy et al. 2020, section 3.1, https://arxiv.org/abs/2004.05484) turns span extraction into
retrieval: each sentence of each paragraph is a candidate, and the relevant one holds the answer. An
answer that runs over several sentences (2 to 20 of the 1,190 in a language of XQuAD-R) belongs to
the one in which it starts. Every sentence counts, also where two are alike: the numbers of
candidates are those that its authors publish.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optical_pt.collections.formats import Judgment
from optical_pt.collections.published.squad import Paragraph
from optical_pt.errors import InputError

Candidates = tuple[list[dict[str, str]], dict[str, str]]
"""Documents, and the docno that answers each qid."""


def sentence_candidates(paragraphs: Iterable[Paragraph], language: str, where: str) -> Candidates:
    """Sentences with the fields ``docno, title, text, context, lang``.

    The docno is ``<language>.<article>.<paragraph>.<sentence>``, counted from 0. LAReQA's models
    see the paragraph (``context``) beside the sentence; the title, English in XQuAD, is left out.

    Raises:
        InputError: if a paragraph is not split into sentences, or none of them has an answer.
    """
    documents: list[dict[str, str]] = []
    answers: dict[str, str] = {}
    for paragraph in paragraphs:
        place = f"{language}.{paragraph.article}.{paragraph.number}"
        if paragraph.sentences is None:
            raise InputError(
                f"{where}: paragraph {place} has no sentence_breaks; use LAReQA's version"
            )
        for number, (text, _, _) in enumerate(paragraph.sentences):
            documents.append(
                {
                    "docno": f"{place}.{number}",
                    "title": "",
                    "text": text,
                    "context": paragraph.context,
                    "lang": language,
                }
            )
        for question in paragraph.questions:
            answers[question.qid] = f"{place}.{paragraph.sentence_of(question, where)}"
    return documents, answers


def paragraph_candidates(
    paragraphs: Iterable[Paragraph], language: str, *, titles: bool
) -> Candidates:
    """Paragraphs with the fields ``docno, title, text, lang``; one of several alike is kept.

    A docno is ``<language>.<article>.<paragraph>``, counted from 0. ``titles`` keeps the articles'
    titles: XQuAD's are English in every language, which would help only who reads English.
    """
    documents: list[dict[str, str]] = []
    kept: dict[str, str] = {}
    answers: dict[str, str] = {}
    for paragraph in paragraphs:
        docno = kept.get(paragraph.context)
        if docno is None:
            docno = f"{language}.{paragraph.article}.{paragraph.number}"
            kept[paragraph.context] = docno
            title = paragraph.title.replace("_", " ") if titles else ""
            documents.append(
                {"docno": docno, "title": title, "text": paragraph.context, "lang": language}
            )
        for question in paragraph.questions:
            answers[question.qid] = docno
    return documents, answers


def judge(
    queries: Mapping[str, Mapping[str, str]], answers: Mapping[str, str], where: str
) -> list[Judgment]:
    """The answer of every query is relevant.

    Raises:
        InputError: for a query that the documents' file does not answer.
    """
    judgments: dict[str, Judgment] = {}
    for language, texts in queries.items():
        for qid in texts:
            if qid not in answers:
                raise InputError(
                    f"{where}: no answer to the {language} question {qid!r}; the two files are "
                    "not of one release, or one is truncated: get both anew"
                )
            judgments[qid] = Judgment(qid, answers[qid], 1)
    return list(judgments.values())
