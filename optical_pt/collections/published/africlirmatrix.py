"""AfriCLIRMatrix: English queries on Wikipedia in 15 African languages, judged by machine.

Ogundepo et al. 2022, https://aclanthology.org/2022.emnlp-main.597. Titles of English articles are
queries; the article on the same subject and those that it retrieves are graded 1 to 6. No sums of
the published files are known to us.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.formats import read_judgments, read_queries
from optical_pt.collections.published.json_lines import read_json_lines
from optical_pt.collections.published.records import PublishedCollection, Records

# Code in names, in the topics' and qrels' files, name of the language in the corpus's folders.
_LANGUAGES = """
af afr afrikaans
am amh amharic
arz arz egyptian_arabic
ha hau hausa
ig ibo igbo
ary ary moroccan_arabic
nso nso northern_sotho
sn sna shona
so som somali
sw swa swahili
ti tir tigrinya
tw twi twi
wo wol wolof
yo yor yoruba
zu zul zulu
"""
NAMES = {
    code: (in_files, name)
    for code, in_files, name in (line.split() for line in _LANGUAGES.split("\n") if line)
}

_GITHUB = "https://github.com/castorini/africlirmatrix/raw/main"
_HUB = "https://huggingface.co/datasets/castorini/africlirmatrix/resolve/main"


def published_files(language: str) -> tuple[PublishedFile, PublishedFile, PublishedFile]:
    """Corpus, topics and qrels of a language."""
    code, name = NAMES[language]
    corpus = f"africlirmatrix-v1.0-{name}/corpus.jsonl"
    topics = f"topics.africlirmatrix-v1.0.en.{code}.tsv"
    qrels = f"qrels.africlirmatrix-v1.0.en.{code}.txt"
    return (
        PublishedFile(f"africlirmatrix/{corpus}", f"{_HUB}/{corpus}"),
        PublishedFile(f"africlirmatrix/{topics}", f"{_GITHUB}/test/queries/{topics}"),
        PublishedFile(f"africlirmatrix/{qrels}", f"{_GITHUB}/test/qrels/{qrels}"),
    )


def build(files: Files, view: View) -> Records:
    """English queries on the documents in a language, which are read as they are streamed."""
    corpus, topics, qrels = published_files(view.document_language)
    documents = files.path(corpus)
    return Records(
        documents=lambda: (
            {"docno": row["id"], "title": "", "text": row["contents"]}
            for row in read_json_lines(documents, "id", "contents")
        ),
        document_key=f"africlirmatrix {view.document_language}",
        document_files=(corpus.path,),
        n_documents=None,
        queries={"en": dict(read_queries(files.path(topics)))},
        judgments=list(read_judgments(files.path(qrels))),
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, (view.query_language,), build)


def _sizes(view: View) -> Sizes:
    return Sizes()


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="africlirmatrix",
        title="English Wikipedia titles on articles in 15 African languages (foreign documents)",
        pairs=tuple(("en", code) for code in NAMES),
        splits=("test",),
        licence="Apache-2.0 (judgments); CC BY-SA (Wikipedia)",
        access="free",
        source="castorini/africlirmatrix",
        url="https://aclanthology.org/2022.emnlp-main.597",
        open=_open,
        sizes=_sizes,
    ),
)
