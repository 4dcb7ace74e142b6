"""CIRAL: English queries on news passages in four African languages, judged by native speakers.

Adeyemi et al. 2024, https://doi.org/10.1145/3626772.3657884. The passages are 90 MB (Yoruba) to
900 MB (Swahili). No sums of the published files are known to us.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.formats import read_judgments, read_queries
from optical_pt.collections.published.json_lines import read_json_lines
from optical_pt.collections.published.records import PublishedCollection, Records

NAMES = {"ha": "hausa", "so": "somali", "sw": "swahili", "yo": "yoruba"}

PASSAGES = {"ha": 715_355, "so": 827_552, "sw": 949_013, "yo": 82_095}
"""As https://github.com/ciralproject/ciral states them."""

SPLITS = {
    "dev": ("dev", "dev"),
    "test-a": ("test-a", "test-a"),
    "test-a/pools": ("test-a", "test-a-pools"),
    "test-b": ("test-b", "test-b"),
}
"""Topics and qrels of a split; pools are the deeper judgments of the same topics."""

_HUB = "https://huggingface.co/datasets/CIRAL"


def published_files(
    language: str, split: str
) -> tuple[PublishedFile, PublishedFile, PublishedFile]:
    """Corpus, topics and qrels of a language and split."""
    name = NAMES[language]
    corpus = f"{name}_passages.jsonl"
    topics, qrels = SPLITS[split]
    topics = f"topics.ciral-v1.0-{language}-{topics}.tsv"
    qrels = f"qrels.ciral-v1.0-{language}-{qrels}.tsv"
    queries = f"{_HUB}/ciral/resolve/main/ciral-{name}"
    return (
        PublishedFile(
            f"ciral/{corpus}", f"{_HUB}/ciral-corpus/resolve/main/passages-v1.0/{corpus}"
        ),
        PublishedFile(f"ciral/{topics}", f"{queries}/topics/{topics}"),
        PublishedFile(f"ciral/{qrels}", f"{queries}/qrels/{qrels}"),
    )


def build(files: Files, view: View) -> Records:
    """English queries on the passages in a language, which are read as they are streamed."""
    corpus, topics, qrels = published_files(view.document_language, view.split)
    passages = files.path(corpus)
    return Records(
        documents=lambda: (
            {"docno": row["docid"], "title": row.get("title") or "", "text": row["text"]}
            for row in read_json_lines(passages, "docid", "text")
        ),
        document_key=f"ciral {view.document_language}",
        document_files=(corpus.path,),
        n_documents=None,
        queries={"en": dict(read_queries(files.path(topics)))},
        judgments=list(read_judgments(files.path(qrels))),
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    return Sizes(documents=PASSAGES[view.document_language])


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="ciral",
        title="English queries on news passages in African languages (foreign documents)",
        pairs=tuple(("en", code) for code in NAMES),
        splits=tuple(SPLITS),
        licence="Apache-2.0",
        access="free",
        source="CIRAL on the Hugging Face hub",
        url="https://doi.org/10.1145/3626772.3657884",
        open=_open,
        sizes=_sizes,
    ),
)
