"""Names and sources of TREC topics that are written in English and translated: HC4, NeuCLIR, CSL.

The last part of a name is the field. English topics (``title``, ``description``) search documents
in another language; the same topics in the documents' language, put there by people (``ht_``) or a
machine (``mt_``), are the monolingual ceiling and the translation baseline.
"""

from __future__ import annotations

from collections.abc import Iterable

from optical_pt.collections.entry import View
from optical_pt.collections.irds_views.view import QuerySource

ENGLISH = ("title", "description")
TRANSLATED = ("ht_title", "ht_description", "mt_title", "mt_description")


def splits(topic_sets: Iterable[str], fields: Iterable[str]) -> tuple[str, ...]:
    """Every set of topics with every field, as splits of names.

    >>> splits(["dev", "test"], ENGLISH)
    ('dev/title', 'dev/description', 'test/title', 'test/description')
    """
    names = tuple(fields)
    return tuple(f"{topic_set}/{field}" for topic_set in topic_sets for field in names)


def topic_set_and_field(view: View) -> tuple[str, str]:
    """The set of topics and the field that a view's split names."""
    topic_set, _, field = view.split.rpartition("/")
    return topic_set, field


def human_versions(dataset_id: str, field: str, translation: str) -> dict[str, QuerySource]:
    """Versions by people: the English of translated topics, the translation of English ones."""
    plain = field.removeprefix("ht_").removeprefix("mt_")
    return {
        "en": QuerySource(dataset_id, plain),
        translation: QuerySource(dataset_id, f"ht_{plain}"),
    }
