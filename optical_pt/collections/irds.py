"""Collections of ir_datasets (MacAvaney et al., SIGIR 2021), by their ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from optical_pt.collections.base import Collection
from optical_pt.collections.formats import Judgment
from optical_pt.collections.irds_reading import (
    load_dataset,
    read_docs,
    read_qrels,
    read_topics,
    reading,
    unknown_dataset,
)
from optical_pt.errors import InputError

_QUERY_FIELD = re.compile(r"(ht_|mt_)?(title|description|narrative|query|text)")


class IrdsCollection(Collection):
    """One or several ir_datasets datasets that share their documents.

    A query set is a dataset's text field, named ``<dataset id>:<field>``. NeuCLIR and HC4 have the
    fields ``title`` (English, as written), ``ht_title`` (people's translation into the documents'
    language) and ``mt_title`` (a machine's), and the same of ``description`` and ``narrative``.
    Unless sets are named, only ``title`` and ``ht_title`` of such datasets are used.

    Nothing is downloaded by making this object; ir_datasets downloads what a method needs.

    Args:
        dataset_ids: an ir_datasets id, or several, such as one for each language of the queries.
        document_language: where ir_datasets declares none.
        topic_language: where ir_datasets declares none.
        low_resource: languages that a table groups as low-resource, instead of the default list.

    Raises:
        InputError: for an id that ir_datasets does not know.
    """

    def __init__(
        self,
        dataset_ids: str | Sequence[str],
        *,
        document_language: str | None = None,
        topic_language: str | None = None,
        low_resource: Iterable[str] | None = None,
    ) -> None:
        ids = (dataset_ids,) if isinstance(dataset_ids, str) else tuple(dataset_ids)
        super().__init__(f"irds:{','.join(ids)}", low_resource)
        self.dataset_ids = ids
        self._given_document_language = document_language
        self._given_topic_language = topic_language
        for dataset_id in ids:
            _check_family(dataset_id)

    @cached_property
    def document_language(self) -> str:
        """Language of the documents, as ir_datasets or the caller declares it."""
        first = self._datasets[self.dataset_ids[0]]
        return self._agreed("document_language", first.docs_lang(), self._given_document_language)

    @property
    def n_documents(self) -> int | None:
        """How many documents there are, if ir_datasets knows without reading them."""
        with reading(self.name):
            return self._datasets[self.dataset_ids[0]].docs_count()

    @property
    def query_sets(self) -> tuple[str, ...]:
        """Query sets: each dataset's text fields, as ``<dataset id>:<field>``."""
        return tuple(self._fields)

    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """Language of a field: a translation is in the documents' language."""
        dataset_id, field = self._fields[query_set]
        if field.startswith(("ht_", "mt_")):
            return (self.document_language,)
        dataset = self._datasets[dataset_id]
        # NeuCLIR and HC4 declare no language, as their fields have two: topics arise in English.
        translated = "ht_title" in dataset.queries_cls()._fields
        declared = "en" if translated else dataset.queries_lang()
        return (self._agreed("topic_language", declared, self._given_topic_language),)

    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """The ids: ir_datasets verifies the hashes of what it downloads."""
        return self.name

    def documents_fingerprint(self) -> str:
        """The first id, whose documents all the others share."""
        return f"irds:{self.dataset_ids[0]}"

    def __repr__(self) -> str:
        return (
            f"IrdsCollection({list(self.dataset_ids)!r}, "
            f"document_language={self._given_document_language!r}, "
            f"topic_language={self._given_topic_language!r})"
        )

    @cached_property
    def _datasets(self) -> dict[str, Any]:
        parts = ("docs", "queries", "qrels")
        datasets = {dataset_id: load_dataset(dataset_id, parts) for dataset_id in self.dataset_ids}
        for dataset_id in self.dataset_ids[1:]:
            first = datasets[self.dataset_ids[0]]
            if not _share_documents(datasets[dataset_id], first):
                raise InputError(
                    f"irds:{dataset_id}: other documents than {self.dataset_ids[0]}; "
                    "combine only datasets that share their documents"
                )
        return datasets

    @cached_property
    def _fields(self) -> dict[str, tuple[str, str]]:
        return {
            f"{dataset_id}:{field}": (dataset_id, field)
            for dataset_id, dataset in self._datasets.items()
            for field in _query_fields(dataset.queries_cls()._fields)
        }

    @property
    def default_sets(self) -> tuple[str, ...]:
        """The titles of topics, as written and as people translated them; else the first field."""
        chosen: list[str] = []
        for dataset_id, dataset in self._datasets.items():
            fields = _query_fields(dataset.queries_cls()._fields)
            titles = [field for field in fields if field in ("title", "ht_title")] or fields[:1]
            chosen += [f"{dataset_id}:{field}" for field in titles]
        return tuple(chosen)

    def _agreed(self, option: str, declared: str | None, given: str | None) -> str:
        if declared and given and declared != given:
            raise InputError(
                f"{self.name}: {option} {given!r}, but ir_datasets says {declared!r}; leave it out"
            )
        language = declared or given
        if not language:
            raise InputError(f"{self.name}: ir_datasets declares no {option}; give it")
        return language

    def _read_documents(self) -> Iterator[dict[str, str]]:
        with reading(self.name):
            yield from read_docs(self._datasets[self.dataset_ids[0]])

    def _read_topics(self, query_set: str, language: str) -> dict[str, str]:
        dataset_id, field = self._fields[query_set]
        with reading(self.name):
            records = self._datasets[dataset_id].queries_iter()
            return read_topics(f"irds:{dataset_id}", records, field)

    def _read_versions(self, query_set: str, language: str, target: str) -> dict[str, str]:
        dataset_id, field = self._fields[query_set]
        plain = re.sub("^(ht|mt)_", "", field)
        for other in (plain, f"ht_{plain}"):
            name = f"{dataset_id}:{other}"
            if name in self._fields and self.set_languages(name) == (target,):
                return self._read_topics(name, target)
        return {}

    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        dataset_id, _ = self._fields[query_set]
        with reading(self.name):
            yield from read_qrels(f"irds:{dataset_id}", self._datasets[dataset_id])


def _query_fields(fields: Sequence[str]) -> list[str]:
    """Names of the fields that hold a query's text; the first field is the query's id."""
    return [field for field in fields[1:] if _QUERY_FIELD.fullmatch(field)] or list(fields[1:2])


def _check_family(dataset_id: str) -> None:
    import ir_datasets

    # Ids of some families (clirmatrix) are patterns, and loading one downloads its index: only the
    # family is checked here, the rest when the dataset is first used.
    if dataset_id.partition("/")[0] not in list(ir_datasets.registry):
        raise unknown_dataset(dataset_id)


def _share_documents(dataset: Any, other: Any) -> bool:
    """Whether two datasets search the same documents.

    A namespace alone does not tell: all languages of NeuCLIR have one, and both versions of mMARCO.
    """
    if dataset.docs_handler() is other.docs_handler():
        return True
    return _documents_of(dataset) == _documents_of(other)


def _documents_of(dataset: Any) -> tuple[object, ...]:
    find = getattr(dataset, "docs_path", None)  # where it would be; nothing is downloaded
    path = str(find(force=False)) if find else None
    return dataset.docs_namespace(), dataset.docs_lang(), dataset.docs_count(), path
