"""mMARCO: MS MARCO's queries and passages, machine-translated (Bonifacio et al. 2021).

https://arxiv.org/abs/2108.13897. Queries and passages keep MS MARCO's ids, so any language of the
queries goes with any language of the passages; queries in X on the English originals is the
cross-lingual view. Version 2 (Google Translate) is the default, version 1 (Helsinki-NLP) is ``v1``.
"""

from __future__ import annotations

from collections.abc import Iterable

from optical_pt.collections.entry import MULTIPLE, CollectionEntry, Sizes, View
from optical_pt.collections.irds_views.view import IrdsView, QuerySource, recorded_sizes

SPLITS = ("train", "dev", "dev/small")
V1 = ("de", "es", "fr", "id", "it", "pt", "ru", "zh")
V2 = ("ar", "de", "es", "fr", "hi", "id", "it", "ja", "nl", "pt", "ru", "vi", "zh")

# ir_datasets' code for Dutch is not ISO 639's.
_CODES = {"nl": "dt"}
# The first edition of these files repeats qids (pt) or was corrected by its authors (zh).
_CORRECTED = {
    ("pt", "train"),
    ("pt", "dev"),
    ("pt", "dev/small"),
    ("zh", "dev"),
    ("zh", "dev/small"),
}


def _queries_id(language: str, split: str) -> str:
    if language == "en":
        return f"msmarco-passage/{split.removeprefix('v1/')}"
    if not split.startswith("v1/"):
        return f"mmarco/v2/{_CODES.get(language, language)}/{split}"
    plain = split.removeprefix("v1/")
    corrected = "/v1.1" if (language, plain) in _CORRECTED else ""
    return f"mmarco/{language}/{plain}{corrected}"


def _documents_id(language: str, split: str) -> str:
    if language == "en":
        return "msmarco-passage"
    version = "" if split.startswith("v1/") else "v2/"
    return f"mmarco/{version}{_CODES.get(language, language)}"


def _query_languages(view: View) -> Iterable[str]:
    if view.query_language != MULTIPLE:
        return (view.query_language,)
    return V1 if view.split.startswith("v1/") else V2


def _open(view: View) -> IrdsView:
    queries = {code: QuerySource(_queries_id(code, view.split)) for code in _query_languages(view)}
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=_documents_id(view.document_language, view.split),
        document_language=view.document_language,
        queries=queries,
        versions={"en": QuerySource(_queries_id("en", view.split))},
    )


def _sizes(view: View) -> Sizes:
    return recorded_sizes(
        _documents_id(view.document_language, view.split),
        [_queries_id(code, view.split) for code in _query_languages(view)],
    )


def _entry(title: str, pairs: Iterable[tuple[str, str]], splits: Iterable[str]) -> CollectionEntry:
    return CollectionEntry(
        collection="mmarco",
        title=title,
        pairs=tuple(pairs),
        splits=tuple(splits),
        licence="MS MARCO's terms (non-commercial research)",
        access="free",
        source="ir_datasets",
        url="https://ir-datasets.com/mmarco.html",
        open=_open,
        sizes=_sizes,
        pooled=V1 if next(iter(splits)).startswith("v1/") else V2,
    )


def _entries(
    translator: str, languages: tuple[str, ...], splits: tuple[str, ...]
) -> Iterable[CollectionEntry]:
    yield _entry(
        f"MS MARCO queries translated into X ({translator}) on the English passages",
        [(code, "en") for code in (*languages, MULTIPLE)],
        splits,
    )
    yield _entry(
        f"MS MARCO queries, English or translated, on passages translated into X ({translator})",
        [(query, document) for query in ("en", *languages) for document in languages],
        splits,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    *_entries("Google Translate", V2, SPLITS),
    *_entries("Helsinki-NLP", V1, tuple(f"v1/{split}" for split in SPLITS)),
)
