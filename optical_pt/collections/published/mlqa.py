"""MLQA: questions in 7 languages on aligned Wikipedia paragraphs (Lewis et al. 2020).

https://arxiv.org/abs/1910.07475. Size and sum are those that Hugging Face's datasets recorded of
the published MLQA_V1.zip; a local folder may hold its dev part alone, ``MLQA_V1-dev.zip``.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.published.answers import judge, paragraph_candidates
from optical_pt.collections.published.archives import zip_member
from optical_pt.collections.published.copies import verify_copy
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.collections.published.squad import Paragraph, questions_by_id, read_squad

LANGUAGES = ("ar", "de", "en", "es", "hi", "vi", "zh")

_URL = "https://dl.fbaipublicfiles.com/MLQA/MLQA_V1.zip"
_SIZE = 75719050
_SHA256 = "246e8089933d13007fe80684d5c5c0713d6834cf8b3b4a0ec7c66f0a0d2baac8"
_ARCHIVE = PublishedFile("mlqa/MLQA_V1.zip", _URL, _SIZE, _SHA256)
_DEV_ARCHIVE = PublishedFile(
    "mlqa/MLQA_V1.zip", _URL, _SIZE, _SHA256, repacked=("mlqa/MLQA_V1-dev.zip",)
)

# Distinct paragraphs and questions of the dev part, counted.
_DEV_PARAGRAPHS = {"ar": 439, "de": 456, "en": 978, "es": 454, "hi": 425, "vi": 451, "zh": 443}
_DEV_QUESTIONS = {"ar": 517, "de": 512, "en": 1148, "es": 500, "hi": 507, "vi": 511, "zh": 504}


def query_languages(view: View) -> tuple[str, ...]:
    """Languages of a view's queries."""
    return LANGUAGES if view.query_language == MULTIPLE else (view.query_language,)


def build(files: Files, view: View) -> Records:
    """Questions in one language or several on the paragraphs of another.

    The documents are all paragraphs of the split in their language, those included that no
    question in the queries' language is about.
    """
    target, archive = view.document_language, _archive(view)
    own, where = _read(files, view, target, target)
    documents, answers = paragraph_candidates(own, target, titles=True)
    texts = {
        code: questions_by_id(_read(files, view, target, code)[0])
        for code in dict.fromkeys((*query_languages(view), "en", target))
    }
    queries = {code: texts[code] for code in query_languages(view)}
    return Records(
        documents=lambda: documents,
        document_key=f"mlqa paragraphs {target} {view.split}",
        document_files=(archive.path,),
        n_documents=len(documents),
        queries=queries,
        judgments=judge(queries, answers, where),
        versions=texts,
    )


def _archive(view: View) -> PublishedFile:
    return _DEV_ARCHIVE if view.split == "dev" else _ARCHIVE


def _read(files: Files, view: View, context: str, question: str) -> tuple[list[Paragraph], str]:
    split = view.split
    member = f"MLQA_V1/{split}/{split}-context-{context}-question-{question}.json"
    path = files.path(_archive(view))
    where = f"{path}: {member}"
    contents = zip_member(path, member)
    paragraphs = read_squad(contents, where)
    verify_copy(files, _archive(view), contents, member)
    return paragraphs, where


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, query_languages(view), build)


def _sizes(view: View) -> Sizes:
    if view.split != "dev":
        return Sizes()
    same = view.query_language == view.document_language
    return Sizes(
        _DEV_PARAGRAPHS[view.document_language],
        _DEV_QUESTIONS[view.query_language] if same else None,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="mlqa",
        title="Human-translated questions on Wikipedia paragraphs, any pair of 7 languages",
        pairs=tuple(
            (query, document) for document in LANGUAGES for query in (*LANGUAGES, MULTIPLE)
        ),
        splits=("dev", "test"),
        licence="CC BY-SA 3.0",
        access="free",
        source="facebookresearch/MLQA",
        url="https://github.com/facebookresearch/MLQA",
        open=_open,
        sizes=_sizes,
        pooled=LANGUAGES,
    ),
)
