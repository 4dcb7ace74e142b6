"""TyDi QA GoldP: questions of people who want to know, on gold passages in their own language.

Clark et al. 2020, https://arxiv.org/abs/2003.05002. Sizes and sums are those that Hugging Face's
datasets recorded of the published files, which have all languages in one; a local folder may hold
one file a language instead (``tydiqa.goldp.sw.dev.json.gz``). The documents are the distinct
passages of the split in that language; a question that several of them answer is one query.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.formats import Judgment
from optical_pt.collections.published.archives import read_bytes
from optical_pt.collections.published.copies import verify_copy
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.collections.published.squad import read_squad
from optical_pt.errors import InputError

NAMES = {
    "ar": "arabic",
    "bn": "bengali",
    "en": "english",
    "fi": "finnish",
    "id": "indonesian",
    "ko": "korean",
    "ru": "russian",
    "sw": "swahili",
    "te": "telugu",
}
"""How the published files call each language, at the start of its qids."""

_SUMS = {
    "train": (58004076, "cefc8e09ff2548d9b10a678d3a6bbbe5bc036be543f92418819ea676c97be23b"),
    "dev": (5617409, "b286e0f34bc7f52259359989716f369b160565bd12ad8f3a3e311f9b0dbad1c0"),
}

# Distinct passages and distinct questions, counted where we have the files.
_COUNTED = {
    ("fi", "dev"): (634, 782),
    ("id", "dev"): (514, 565),
    ("ru", "dev"): (778, 812),
    ("sw", "dev"): (357, 499),
    ("sw", "train"): (1687, 2413),
    ("te", "dev"): (601, 669),
}


def published_file(language: str, split: str) -> PublishedFile:
    """The file of a split, which a local folder may hold cut by language."""
    size, sha256 = _SUMS[split]
    return PublishedFile(
        path=f"tydiqa/tydiqa-goldp-v1.1-{split}.json",
        url=f"https://storage.googleapis.com/tydiqa/v1.1/tydiqa-goldp-v1.1-{split}.json",
        size=size,
        sha256=sha256,
        repacked=(f"tydiqa/tydiqa.goldp.{language}.{split}.json.gz",),
    )


def build(files: Files, view: View) -> Records:
    """Questions and passages of one language."""
    language = view.document_language
    file = published_file(language, view.split)
    path = files.path(file)
    contents = read_bytes(path)
    paragraphs = read_squad(contents, str(path), unique=False)
    verify_copy(files, file, contents)
    if path.name == file.path.rpartition("/")[2]:
        start = f"{NAMES[language]}-"
        paragraphs = [
            paragraph
            for paragraph in paragraphs
            if any(question.qid.startswith(start) for question in paragraph.questions)
        ]
    if not paragraphs:
        raise InputError(f"{path}: no {language} question; get the published file anew")
    documents: dict[str, dict[str, str]] = {}
    qids: dict[str, str] = {}
    judged: dict[tuple[str, str], Judgment] = {}
    for paragraph in paragraphs:
        document = documents.setdefault(
            paragraph.context,
            {
                "docno": f"{language}-{view.split}-d{len(documents):05d}",
                "title": paragraph.title,
                "text": paragraph.context,
            },
        )
        for question in paragraph.questions:
            # Numbered here, as some files cut by language have lost most of the published qid.
            qid = qids.setdefault(question.text, f"{language}-{view.split}-q{len(qids):05d}")
            judged[qid, document["docno"]] = Judgment(qid, document["docno"], 1)
    return Records(
        documents=documents.values,
        document_key=f"tydiqa passages {language} {view.split}",
        document_files=(file.path,),
        n_documents=len(documents),
        queries={language: {qid: text for text, qid in qids.items()}},
        judgments=list(judged.values()),
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    return Sizes(*_COUNTED.get((view.document_language, view.split), (None, None)))


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="tydiqa",
        title="Monolingual: information-seeking questions on gold passages in 9 languages",
        pairs=tuple((code, code) for code in NAMES),
        splits=("train", "dev"),
        licence="Apache-2.0",
        access="free",
        source="google-research-datasets/tydiqa",
        url="https://arxiv.org/abs/2003.05002",
        open=_open,
        sizes=_sizes,
    ),
)
