"""MLQA-R: the answers of MLQA's dev part as sentences to retrieve, from LAReQA (Roy et al. 2020).

https://arxiv.org/abs/2004.05484. Each file has the paragraphs of one language with the questions
about them in that language; a question has a version in two to four of the seven languages. No
sums of the published files are known to us, so truncation is found by reading only.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.formats import Judgment
from optical_pt.collections.published.answers import sentence_candidates
from optical_pt.collections.published.archives import read_bytes
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.collections.published.squad import Paragraph, questions_by_id, read_squad
from optical_pt.errors import InputError

# Questions and candidate sentences of each language, as LAReQA's README states them.
QUESTIONS = {"ar": 517, "de": 512, "en": 1148, "es": 500, "hi": 507, "vi": 511, "zh": 504}
CANDIDATES = {
    "ar": 2545,
    "de": 2362,
    "en": 6264,
    "es": 1787,
    "hi": 2426,
    "vi": 2828,
    "zh": 2322,
}

# The folder was renamed once; these are commits in which the files are known to be.
_RENAMED = "5405d2a77e83d5ccb47623a3f9e5604c3f103193/mlqa-dev-r"
_BEFORE = "354d67d1cd066854cdfbf5ad0e6105528976141d/mlqa-r"
_FOLDERS = dict.fromkeys(("ar", "de", "hi", "zh"), _RENAMED) | dict.fromkeys(
    ("en", "es", "vi"), _BEFORE
)

FILES = {
    code: PublishedFile(
        path=f"mlqa-r/{code}.json",
        url=f"https://github.com/google-research-datasets/lareqa/raw/{_FOLDERS[code]}/{code}.json",
    )
    for code in CANDIDATES
}


def query_languages(view: View) -> tuple[str, ...]:
    """Languages of a view's queries."""
    return tuple(FILES) if view.query_language == MULTIPLE else (view.query_language,)


def read(files: Files, language: str) -> tuple[list[Paragraph], str]:
    """Paragraphs in one language, and the path for messages."""
    path = files.path(FILES[language])
    return read_squad(read_bytes(path), str(path)), str(path)


def build(files: Files, view: View) -> Records:
    """Questions in one language on the sentences of another: those that both languages have."""
    target = view.document_language
    paragraphs, where = read(files, target)
    documents, answers = sentence_candidates(paragraphs, target, where)
    texts = {
        code: questions_by_id(read(files, code)[0])
        for code in dict.fromkeys((*query_languages(view), "en", target))
    }
    queries = {
        code: {qid: text for qid, text in texts[code].items() if qid in answers}
        for code in query_languages(view)
    }
    for code, found in queries.items():
        if not found:
            raise InputError(
                f"{where}: answers none of the {code} questions; the two files are not of one "
                "release: get both anew"
            )
    asked = dict.fromkeys(qid for found in queries.values() for qid in found)
    return Records(
        documents=lambda: documents,
        document_key=f"mlqa-r sentences {target}",
        document_files=(FILES[target].path,),
        n_documents=len(documents),
        queries=queries,
        judgments=[Judgment(qid, answers[qid], 1) for qid in asked],
        versions=texts,
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, query_languages(view), build)


def _sizes(view: View) -> Sizes:
    same = view.query_language == view.document_language
    return Sizes(
        CANDIDATES[view.document_language], QUESTIONS[view.query_language] if same else None
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="mlqa-r",
        title="MLQA's dev questions on the answer sentences of any of 7 languages (LAReQA)",
        pairs=tuple((query, document) for document in FILES for query in (*FILES, MULTIPLE)),
        splits=("dev",),
        licence="CC BY-NC 4.0 (LAReQA's README); MLQA itself is CC BY-SA 3.0",
        access="free",
        source="google-research-datasets/lareqa",
        url="https://arxiv.org/abs/2004.05484",
        open=_open,
        sizes=_sizes,
        pooled=tuple(FILES),
    ),
)
