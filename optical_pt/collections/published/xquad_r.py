"""XQuAD-R: XQuAD's answers as sentences to retrieve, from LAReQA (Roy et al. 2020).

https://arxiv.org/abs/2004.05484. The sums are those that Hugging Face's datasets recorded of the
published files; ten of them agree with our copies.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.published.answers import judge, sentence_candidates
from optical_pt.collections.published.archives import read_bytes
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.collections.published.squad import Paragraph, questions_by_id, read_squad
from optical_pt.collections.published.xquad import TEN, TEN_LANGUAGES, pooled_languages

# Language, number of candidate sentences (as LAReQA's README states it), bytes, SHA-256.
_SUMS = """
ar 1222 2234875 c52922d3b8ac1ae03ed5ac38647ad59870dca3dda2beefe18ecdc30729acb69d
de 1276 732156 16fb0f4bf4916154b585a20c24c66074591c9718a1affe764ff4697572328949
el 1234 2810127 163fd43ee785a30eb534ae2061e9eaa766a7ee4e8ffce5e4b422480c150f64b6
en 1180 628651 7b0954f39297c27a31fef610f0883337dd2907fa8699151dc922afdd0fa12ffe
es 1215 746335 f8e836b2d91009c4363e04315f7ede363eedbbb49c67dda60de6c4aa782f58de
hi 1244 2408404 ea45ba8ae4513d1533b222bebdc02a90bc319c055d3aeea68584a053d2e92872
ru 1219 2764904 7f4dff853538b9a5fcc28c070b8bb983a5c5d190ac747b8e005a1ada9cab18f1
th 852 2618544 c3a041864c3a9fb0b4dd91cfdf99cf36b411b3e704c58a303c97bc6dc786cfe4
tr 1167 827827 f3e8c13002bbce154a4578f535f7533cb70f3da08840e6b62735935baec7bd94
vi 1209 1132303 e35926bf5cc6fc6ecbdfca49467aabeb454f08d152d7818143a906bd31dde995
zh 1196 959291 80c2cde7b9c2fb134c303cbb52f2ba396ead9eb0014aec43993543d2ba9e93ed
"""

_LINES = [line.split() for line in _SUMS.split("\n") if line]
CANDIDATES = {code: int(candidates) for code, candidates, _, _ in _LINES}
FILES = {
    code: PublishedFile(
        path=f"xquad-r/{code}.json",
        url=f"https://github.com/google-research-datasets/lareqa/raw/master/xquad-r/{code}.json",
        size=int(size),
        sha256=sha256,
    )
    for code, _, size, sha256 in _LINES
}


def query_languages(view: View) -> tuple[str, ...]:
    """Languages of a view's queries."""
    if view.query_language != MULTIPLE:
        return (view.query_language,)
    return pooled_languages(view, tuple(FILES))


def read(files: Files, language: str) -> tuple[list[Paragraph], str]:
    """Paragraphs in one language, and the path for messages."""
    path = files.path(FILES[language])
    return read_squad(read_bytes(path), str(path)), str(path)


def build(files: Files, view: View) -> Records:
    """Questions in one language or several on the sentences of another."""
    target = view.document_language
    paragraphs, where = read(files, target)
    documents, answers = sentence_candidates(paragraphs, target, where)
    texts = {
        code: questions_by_id(read(files, code)[0])
        for code in dict.fromkeys((*query_languages(view), "en", target))
    }
    queries = {code: texts[code] for code in query_languages(view)}
    return Records(
        documents=lambda: documents,
        document_key=f"xquad-r sentences {target}",
        document_files=(FILES[target].path,),
        n_documents=len(documents),
        queries=queries,
        judgments=judge(queries, answers, where),
        versions=texts,
    )


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, query_languages(view), build)


def _sizes(view: View) -> Sizes:
    return Sizes(CANDIDATES[view.document_language], 1190)


def _entry(
    pairs: tuple[tuple[str, str], ...], splits: tuple[str, ...], title: str
) -> CollectionEntry:
    return CollectionEntry(
        collection="xquad-r",
        title=title,
        pairs=pairs,
        splits=splits,
        licence="CC BY-SA 4.0",
        access="free",
        source="google-research-datasets/lareqa",
        url="https://arxiv.org/abs/2004.05484",
        open=_open,
        sizes=_sizes,
        pooled=tuple(FILES),
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(
        tuple((query, document) for document in FILES for query in FILES),
        ("",),
        "Translated SQuAD questions on the answer sentences of any of 11 languages (LAReQA)",
    ),
    _entry(
        tuple((MULTIPLE, document) for document in TEN),
        ("", TEN_LANGUAGES),
        "XQuAD-R's questions in all 11 languages (or without Thai) on the sentences of one",
    ),
    _entry(
        tuple((MULTIPLE, document) for document in FILES if document not in TEN),
        ("",),
        "XQuAD-R's questions in all 11 languages on the Thai sentences",
    ),
)
