"""XQuAD: 240 paragraphs and 1,190 questions of SQuAD, translated by professionals.

Artetxe, Ruder and Yogatama 2020, https://arxiv.org/abs/1910.11856. Sizes and sums are those that
Hugging Face's datasets recorded of the published files; ten of them agree with our copies.
"""

from __future__ import annotations

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.published.answers import judge, paragraph_candidates
from optical_pt.collections.published.archives import read_bytes
from optical_pt.collections.published.records import PublishedCollection, Records
from optical_pt.collections.published.squad import Paragraph, questions_by_id, read_squad

_SUMS = """
ar 1582988 abdabd7afed5c635d99cca0f3f0d0c9d9ed0bc77451e963c2e4e0638c29e486d
de 669810 990b5d746746ed65ed4702ea5f35f99ffa4e2f1c390c07d003642acd937916f9
el 1918889 821cf0f88e73fa258fd2f548b19b6ec39f7025059e16f6f9fc8cd797c9c3663e
en 609383 e4c57d1c9143aaa1c5d265ba5987a65f4e69528d2a98f29d6e75019b10344f29
es 684322 dcbae93ec3a9f4b9e78fd834a171d6f96c1a875e10e15b7530b7e4ef4971e37e
hi 1680538 df2cce3532b37e9beb8979704b5c9a4bf874358f105395a298b89427b43b9d24
ro 661158 94f8d54e93ad2b7dd2e76dd921a666b5b8eff2d4379df9f179c42b445f09643f
ru 1896368 208d5b1aa154c52b1b5c5eda16281e455e8fd198cdb9af3f469f0d6037d973bf
th 1809143 5cdda11d0e1e075f7872abf4e6ae830388ce7f617964d542308e9ae4257e0f43
tr 729506 92179a564774b7696100d144c1e10870d0a966b6fccbdd254a65b9d2ab1971cc
vi 911401 f619a1eb11fb42d3ab0834259e488a65f585447ef6154437bfb7199d85161a04
zh 808652 691d0b3359bc6b8faa8de931dfdfe21d50a65861ae348e32a0d1a0190b0c8835
"""

FILES = {
    code: PublishedFile(
        path=f"xquad/xquad.{code}.json",
        url=f"https://github.com/google-deepmind/xquad/raw/master/xquad.{code}.json",
        size=int(size),
        sha256=sha256,
    )
    for code, size, sha256 in (line.split() for line in _SUMS.split("\n") if line)
}

TEN = tuple(code for code in FILES if code not in ("ro", "th"))
"""All languages but Thai and Romanian."""

TEN_LANGUAGES = "ten-languages"
"""Split of a view of several languages that leaves out Thai and Romanian."""


def pooled_languages(view: View, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Languages that ``mul`` stands for in a view."""
    return TEN if view.split == TEN_LANGUAGES else languages


def query_languages(view: View) -> tuple[str, ...]:
    """Languages of a view's queries."""
    if view.query_language != MULTIPLE:
        return (view.query_language,)
    return pooled_languages(view, tuple(FILES))


def build(files: Files, view: View) -> Records:
    """Questions in one language or several on the paragraphs of another."""
    target = view.document_language
    documents, answers = paragraph_candidates(_read(files, target), target, titles=target == "en")
    texts = {
        code: questions_by_id(_read(files, code))
        for code in dict.fromkeys((*query_languages(view), "en", target))
    }
    queries = {code: texts[code] for code in query_languages(view)}
    return Records(
        documents=lambda: documents,
        document_key=f"xquad paragraphs {target}",
        document_files=(FILES[target].path,),
        n_documents=len(documents),
        queries=queries,
        judgments=judge(queries, answers, str(files.used[FILES[target].path])),
        versions=texts,
    )


def _read(files: Files, language: str) -> list[Paragraph]:
    path = files.path(FILES[language])
    return read_squad(read_bytes(path), str(path))


def _open(view: View) -> PublishedCollection:
    return PublishedCollection(view, query_languages(view), build)


def _sizes(view: View) -> Sizes:
    return Sizes(240, 1190)


def _entry(
    pairs: tuple[tuple[str, str], ...], splits: tuple[str, ...], title: str
) -> CollectionEntry:
    return CollectionEntry(
        collection="xquad",
        title=title,
        pairs=pairs,
        splits=splits,
        licence="CC BY-SA 4.0",
        access="free",
        source="google-deepmind/xquad",
        url="https://github.com/google-deepmind/xquad",
        open=_open,
        sizes=_sizes,
        pooled=tuple(FILES),
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    _entry(
        tuple((query, document) for document in FILES for query in FILES),
        ("",),
        "Translated SQuAD questions on the paragraphs of any of 12 languages",
    ),
    _entry(
        tuple((MULTIPLE, document) for document in TEN),
        ("", TEN_LANGUAGES),
        "XQuAD's questions in all 12 languages (or without Thai and Romanian) on one's paragraphs",
    ),
    _entry(
        tuple((MULTIPLE, document) for document in FILES if document not in TEN),
        ("",),
        "XQuAD's questions in all 12 languages on the Romanian or Thai paragraphs",
    ),
)
