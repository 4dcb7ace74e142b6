"""The ``optical:`` datasets of PyTerrier."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import pyterrier as pt

from optical_pt.collections.base import Collection
from optical_pt.collections.catalogue import (
    EMBEDDED,
    collection_names,
    find_entry,
    open_collection,
    unknown_collection,
)
from optical_pt.errors import InputError

FIELDS = ("title", "text")


class OpticalProvider(pt.datasets.DatasetProvider):
    """Provider behind ``pt.get_dataset("optical:mini")`` and all of the catalogue's names."""

    def get_dataset(self, name: str) -> CollectionDataset:
        """The dataset of that name, which downloads what it is asked for.

        Raises:
            KeyError: as PyTerrier asks, if there is no such name. ``pt.get_dataset`` says no more
                than that; :func:`~optical_pt.collections.open_collection` lists near matches.
        """
        if name in EMBEDDED:
            return CollectionDataset(open_collection(f"optical:{name}"))
        found = find_entry(name)
        if found is None:
            raise KeyError(unknown_collection(name))
        entry, view = found
        return CollectionDataset(entry.open(view), url=entry.url)

    def list_dataset_names(self) -> Iterable[str]:
        """Names without the ``optical:`` prefix, of those that are few enough to list."""
        return list(collection_names())


class CollectionDataset(pt.datasets.Dataset):
    """A :class:`Collection` as a PyTerrier dataset.

    A variant is a language (``"sw"``), or a language with ``.en`` for the human English versions
    of its queries (``"sw.en"``).
    """

    def __init__(self, collection: Collection, url: str | None = None) -> None:
        """Wrap a collection; the ``url`` tells readers about it."""
        self.collection = collection
        self.url = url

    def get_corpus_iter(self, *, verbose: bool = True) -> pt.model.IterDict:
        """Stream dicts of docno, title, text, under a progress bar if ``verbose``."""
        documents = self.collection.documents()
        total = self.collection.n_documents
        if verbose:
            documents = pt.tqdm(documents, desc=f"{self.collection.name} documents", total=total)
        return documents if total is None else pt.utils.GeneratorLen(iter(documents), total)

    def get_corpus_lang(self) -> str | None:
        """ISO 639 code of the documents' language."""
        return self.collection.document_language

    def get_topics(self, variant: str | None = None) -> pd.DataFrame:
        """Queries of a variant: a frame of qid, query.

        Raises:
            InputError: for an unknown variant, or none where there are several languages.
        """
        language, _, target = self._variant(variant).partition(".")
        topics = self.collection.topics(language)
        if target:
            topics = self.collection.human_topics(language, target)
        if topics is None:
            raise InputError(
                f"{self.collection.name}: no {target} versions of the {language} queries; "
                f"choose from {', '.join(self._variants())}"
            )
        return topics

    def get_topics_lang(self) -> str | None:
        """ISO 639 code of the queries' language, or None where there are several."""
        languages = self.collection.languages()
        return languages[0] if len(languages) == 1 else None

    def get_qrels(self, variant: str | None = None) -> pd.DataFrame:
        """Judgments of a variant's queries, or of all queries: a frame of qid, docno, label.

        Raises:
            InputError: for an unknown variant, or none where a qid is judged differently in several
                languages, which makes it another query in each.
        """
        if variant is not None:
            return self.collection.qrels(variant.partition(".")[0])
        judged: dict[str, pd.DataFrame] = {}
        for language in self.collection.languages():
            for qid, judgments in self.collection.qrels(language).groupby("qid", sort=False):
                known = judged.setdefault(qid, judgments)
                if _labels(known) != _labels(judgments):
                    raise InputError(
                        f"{self.collection.name}: qid {qid!r} is another query in another language "
                        f"(such as {language}); name a variant of {', '.join(self._variants())}"
                    )
        return pd.concat(judged.values(), ignore_index=True)

    def text_loader(
        self, fields: str | Iterable[str] = "*", *, verbose: bool = False
    ) -> CollectionTextLoader:
        """Transformer that adds the title, the text or both (``"*"``) to a frame with docnos."""
        names = FIELDS if fields == "*" else (fields,) if isinstance(fields, str) else tuple(fields)
        return CollectionTextLoader(self.collection, names, verbose=verbose)

    def info_url(self) -> str | None:
        """Where to read about the collection; None for one of the user or of this package."""
        return self.url

    def __repr__(self) -> str:
        return f"CollectionDataset({self.collection.name!r})"

    def _variants(self) -> list[str]:
        return list(self.collection.languages())

    def _variant(self, variant: str | None) -> str:
        variants = self._variants()
        if variant is None and len(variants) == 1:
            return variants[0]
        if variant is None:
            raise InputError(
                f"{self.collection.name}: queries in several languages; name a variant of "
                f"{', '.join(variants)}, with .en for their English versions"
            )
        return variant

    def _describe_component(self, component: str) -> bool | list[str] | None:
        if component == "topics":
            return self._variants()
        return True if component in ("qrels", "corpus") else None


class CollectionTextLoader(pt.Transformer):
    """Adds text fields by docno. Each call streams the documents once, and keeps what it needs."""

    schematic = {"label": "TextLoader"}  # noqa: RUF012

    def __init__(
        self, collection: Collection, fields: tuple[str, ...] = FIELDS, *, verbose: bool = False
    ) -> None:
        """Load ``fields``, of title and text, from a collection's documents."""
        for field in fields:
            if field not in FIELDS:
                raise InputError(
                    f"{collection.name}: no field {field!r}; choose from {', '.join(FIELDS)}"
                )
        self.collection = collection
        self.fields = fields
        self.verbose = verbose

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Add the fields as columns, in place of columns of these names.

        Raises:
            InputError: for a docno that the collection does not have.
        """
        pt.validate.columns(inp, includes=["docno"])
        wanted = set(inp["docno"])
        documents = self.collection.documents() if wanted else iter(())
        if self.verbose:
            documents = pt.tqdm(documents, desc="TextLoader", unit="d")
        texts = {doc["docno"]: doc for doc in documents if doc["docno"] in wanted}
        if unknown := wanted - texts.keys():
            raise InputError(
                f"{self.collection.name}: no document with docno {min(unknown)!r}; use results "
                "from this collection"
            )
        return inp.assign(
            **{field: [texts[docno][field] for docno in inp["docno"]] for field in self.fields}
        )

    def fuse_rank_cutoff(self, k: int) -> pt.Transformer | None:
        """Cut first: fewer texts are loaded."""
        return pt.RankCutoff(k) >> self

    def __repr__(self) -> str:
        return f"CollectionTextLoader({self.collection.name!r}, {self.fields!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CollectionTextLoader) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple:
        return (self.collection, self.fields)


def _labels(judgments: pd.DataFrame) -> dict[str, int]:
    return dict(zip(judgments["docno"], judgments["label"], strict=True))
