"""CLIRMatrix: titles in X as queries on Wikipedia articles in Y (Sun and Duh, EMNLP 2020).

https://aclanthology.org/2020.emnlp-main.340. BI-139 has all pairs of 139 languages, MULTI-8 the
pairs of 8 with aligned queries; labels 1 to 6 come from BM25 in the queries' own language.

In ir_datasets' ids the FIRST code is the documents' language:
``clirmatrix/en/bi139-base/sw/test1`` has Swahili queries on English documents, which is
``clirmatrix/sw-en/test1`` here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optical_pt.collections.entry import MULTIPLE, CollectionEntry, View
from optical_pt.collections.irds_views.view import IrdsView, QuerySource

# Wikipedia's codes; "simple" is Simple English.
_BI139 = (
    "af als am an ar arz ast az azb ba bar be bg bn bpy br bs bug ca cdo ce ceb ckb cs cv cy da de "
    "diq el eml en eo es et eu fa fi fo fr fy ga gd gl gu he hi hr hsb ht hu hy ia id ilo io is it "
    "ja jv ka kk kn ko ku ky la lb li lmo lt lv mai mg mhr min mk ml mn mr mrj ms my mzn nap nds "
    "ne new nl nn no oc or os pa pl pms pnb ps pt qu ro ru sa sah scn sco sd sh si simple sk sl sq "
    "sr su sv sw szl ta te tg th tl tr tt uk ur uz vec vi vo wa war wuu xmf yi yo zh"
)
BI139 = tuple(_BI139.split())
MULTI8 = ("ar", "de", "en", "es", "fr", "ja", "ru", "zh")
PARTS = ("train", "dev", "test1", "test2")

_SUBSETS = {"full": "bi139-full", "multi8": "multi8"}


def _id(query_language: str, document_language: str, split: str) -> str:
    subset, _, part = split.rpartition("/")
    dataset = _SUBSETS.get(subset, "bi139-base")
    return f"clirmatrix/{document_language}/{dataset}/{query_language}/{part}"


# Elsewhere "als" is Tosk Albanian.
_ISO = {"simple": "en", "als": "gsw"}


def _iso(code: str) -> str:
    return _ISO.get(code, code)


def _open(view: View) -> IrdsView:
    document_language = view.document_language
    languages = [view.query_language]
    if view.query_language == MULTIPLE:
        group = MULTI8 if view.split.startswith("multi8/") else BI139
        # Simple English is English too: it has a name of its own.
        languages = [code for code in group if code not in ("simple", document_language)]
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=f"clirmatrix/{document_language}",
        document_language=_iso(document_language),
        queries={
            _iso(code): QuerySource(_id(code, document_language, view.split)) for code in languages
        },
    )


def _pairs(languages: Iterable[str]) -> list[tuple[str, str]]:
    codes = tuple(languages)
    return [(query, document) for query in codes for document in codes if query != document]


def _entry(
    title: str,
    pairs: Iterable[tuple[str, str]],
    splits: Iterable[str],
    *,
    pooled: Iterable[str] = (),
    enumerated: bool = True,
) -> CollectionEntry:
    return CollectionEntry(
        collection="clirmatrix",
        title=title,
        pairs=tuple(pairs),
        splits=tuple(splits),
        licence="Wikipedia's text (CC BY-SA); the publisher's repository states none for the rest",
        access="free",
        source="ir_datasets",
        url="https://ir-datasets.com/clirmatrix.html",
        open=_open,
        pooled=tuple(pooled),
        enumerated=enumerated,
    )


def _bi139(subset: str, splits: Iterable[str]) -> Iterator[CollectionEntry]:
    names = tuple(splits)
    yield _entry(
        f"Titles in X on English Wikipedia articles ({subset})",
        [(code, "en") for code in (*BI139, MULTIPLE) if code != "en"],
        names,
        pooled=[code for code in BI139 if code not in ("en", "simple")],
    )
    yield _entry(
        f"Titles in X on Wikipedia articles in Y, of 139 languages ({subset})",
        [pair for pair in _pairs(BI139) if pair[1] != "en"],
        names,
        enumerated=False,
    )


ENTRIES: tuple[CollectionEntry, ...] = (
    *_bi139("BI-139 base", PARTS),
    *_bi139("BI-139 full", [f"full/{part}" for part in PARTS]),
    _entry(
        "Titles in X on Wikipedia articles in Y, aligned over 8 languages (MULTI-8)",
        [*_pairs(MULTI8), (MULTIPLE, "en")],
        [f"multi8/{part}" for part in PARTS],
        pooled=[code for code in MULTI8 if code != "en"],
    ),
)
