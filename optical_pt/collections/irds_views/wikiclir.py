"""WikiCLIR: English queries on Wikipedia articles in 25 languages (Sasaki et al., NAACL 2018).

https://aclanthology.org/N18-2073. A query is an English article, by its title or its first
sentence; label 2 is the article on the same subject in the other language, 1 an article that
it links to and that links back. There are no splits;
the code ``simple`` is Simple English.
"""

from __future__ import annotations

from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.irds_views.view import IrdsView, QuerySource, recorded_sizes

_CODES = "ar ca cs de es fi fr it ja ko nl nn no pl pt ro ru simple sv sw tl tr uk vi zh"
LANGUAGES = tuple(_CODES.split())


def _id(view: View) -> str:
    language = view.document_language
    return f"wikiclir/{'en-simple' if language == 'simple' else language}"


def _open(view: View) -> IrdsView:
    simple = view.document_language == "simple"
    return IrdsView(
        f"optical:{view}",
        query_set=view.split,
        documents=_id(view),
        document_language="en" if simple else view.document_language,
        queries={"en": QuerySource(_id(view), view.split)},
    )


def _sizes(view: View) -> Sizes:
    return recorded_sizes(_id(view), [_id(view)])


ENTRIES: tuple[CollectionEntry, ...] = (
    CollectionEntry(
        collection="wikiclir",
        title="English titles or first sentences on Wikipedia articles in X",
        pairs=tuple(("en", code) for code in LANGUAGES),
        splits=("title", "first_sent"),
        licence="Wikipedia's text (CC BY-SA); ir_datasets states none for the rest",
        access="free",
        source="ir_datasets",
        url="https://ir-datasets.com/wikiclir.html",
        open=_open,
        sizes=_sizes,
    ),
)
