"""LAReQA: retrieval of answers from one pool of several languages (Roy et al. 2020).

https://arxiv.org/abs/2004.05484. A question has one relevant sentence in EVERY language that its
dataset has it in: 11 in XQuAD-R, 2 to 4 in MLQA-R. The candidates of all languages lie in one
pool, each with its ``lang``, so that measures of language bias can be computed
(:func:`document_languages` gives the languages by docno).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from optical_pt.collections.download import Files
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.formats import Judgment
from optical_pt.collections.published import mlqa_r, xquad_r
from optical_pt.collections.published.answers import sentence_candidates
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.collections.published.squad import Paragraph, questions_by_id
from optical_pt.collections.published.xquad import TEN, TEN_LANGUAGES
from optical_pt.errors import InputError

Reader = Callable[[Files, str], tuple[list[Paragraph], str]]


def document_languages(documents: Iterable[dict[str, str]]) -> dict[str, str]:
    """Language of each document by docno, for measures that compare languages.

    >>> document_languages([{"docno": "sw.0.0.0", "title": "", "text": "habari", "lang": "sw"}])
    {'sw.0.0.0': 'sw'}

    Raises:
        InputError: for a document without ``lang``.
    """
    languages = {}
    for document in documents:
        if "lang" not in document:
            raise InputError(
                f"docno {document['docno']!r}: its collection does not say which language each "
                "document is in; use one that does, such as optical:lareqa-xquad/mul-mul"
            )
        languages[document["docno"]] = document["lang"]
    return languages


def pool(files: Files, view: View, languages: tuple[str, ...], read: Reader, key: str) -> Records:
    """One pool of the sentences in all languages, and who asks in which language.

    Raises:
        InputError: for a question that has no answer in any language.
    """
    documents: list[dict[str, str]] = []
    answers: dict[str, list[str]] = {}
    texts: dict[str, dict[str, str]] = {}
    for language in languages:
        paragraphs, where = read(files, language)
        sentences, found = sentence_candidates(paragraphs, language, where)
        documents += sentences
        for qid, docno in found.items():
            answers.setdefault(qid, []).append(docno)
        texts[language] = questions_by_id(paragraphs)
    alone = view.query_language != MULTIPLE
    queries = {view.query_language: texts[view.query_language]} if alone else texts
    asked = dict.fromkeys(qid for found in queries.values() for qid in found)
    return Records(
        documents=lambda: documents,
        document_key=f"{key} {' '.join(languages)}",
        document_files=tuple(files.used),
        n_documents=len(documents),
        queries=queries,
        judgments=[Judgment(qid, docno, 1) for qid in asked for docno in answers[qid]],
        versions=texts,
    )


def _xquad_languages(view: View) -> tuple[str, ...]:
    return TEN if view.split == TEN_LANGUAGES else tuple(xquad_r.FILES)


def _build_xquad(files: Files, view: View) -> Records:
    languages = _xquad_languages(view)
    records = pool(files, view, languages, xquad_r.read, "lareqa-xquad")
    expected = len(languages)
    found: dict[str, int] = {}
    for judgment in records.judgments:
        found[judgment.qid] = found.get(judgment.qid, 0) + 1
    for qid, number in found.items():
        if number != expected:
            raise InputError(
                f"optical:{view}: question {qid!r} is answered in {number} of the {expected} "
                "languages; the files are not of one release, or one is truncated: get all anew"
            )
    return records


def _build_mlqa(files: Files, view: View) -> Records:
    return pool(files, view, tuple(mlqa_r.FILES), mlqa_r.read, "lareqa-mlqa")


def _query_languages(view: View, all_languages: tuple[str, ...]) -> tuple[str, ...]:
    return all_languages if view.query_language == MULTIPLE else (view.query_language,)


def _open_xquad(view: View) -> PublishedCollection:
    return PublishedCollection(view, _query_languages(view, _xquad_languages(view)), _build_xquad)


def _open_mlqa(view: View) -> PublishedCollection:
    return PublishedCollection(view, _query_languages(view, tuple(mlqa_r.FILES)), _build_mlqa)


def _xquad_sizes(view: View) -> Sizes:
    return Sizes(sum(xquad_r.CANDIDATES[code] for code in _xquad_languages(view)), 1190)


def _mlqa_sizes(view: View) -> Sizes:
    questions = 1148 if view.query_language == MULTIPLE else mlqa_r.QUESTIONS[view.query_language]
    return Sizes(sum(mlqa_r.CANDIDATES.values()), questions)


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="lareqa-xquad",
        title="LAReQA's pool: XQuAD-R's sentences in all languages, one relevant in EVERY language",
        pairs=tuple((code, MULTIPLE) for code in (*TEN, MULTIPLE)),
        splits=("", TEN_LANGUAGES),
        licence="CC BY-SA 4.0",
        access="free",
        source="google-research-datasets/lareqa",
        url="https://arxiv.org/abs/2004.05484",
        open=_open_xquad,
        sizes=_xquad_sizes,
        pooled=tuple(xquad_r.FILES),
    ),
    CollectionEntry(
        collection="lareqa-xquad",
        title="LAReQA's pool of XQuAD-R, asked in Thai",
        pairs=(("th", MULTIPLE),),
        splits=("",),
        licence="CC BY-SA 4.0",
        access="free",
        source="google-research-datasets/lareqa",
        url="https://arxiv.org/abs/2004.05484",
        open=_open_xquad,
        sizes=_xquad_sizes,
        pooled=tuple(xquad_r.FILES),
    ),
    CollectionEntry(
        collection="lareqa-mlqa",
        title="LAReQA's pool: MLQA-R's sentences in 7 languages, one relevant in 2 to 4 of them",
        pairs=tuple((code, MULTIPLE) for code in (*mlqa_r.FILES, MULTIPLE)),
        splits=("dev",),
        licence="CC BY-NC 4.0 (LAReQA's README); MLQA itself is CC BY-SA 3.0",
        access="free",
        source="google-research-datasets/lareqa",
        url="https://arxiv.org/abs/2004.05484",
        open=_open_mlqa,
        sizes=_mlqa_sizes,
        pooled=tuple(mlqa_r.FILES),
    ),
)
