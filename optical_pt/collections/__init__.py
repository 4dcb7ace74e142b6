"""Test collections: by name from a catalogue, from local folders, and from ir_datasets."""

from __future__ import annotations

from optical_pt.collections.base import Collection
from optical_pt.collections.catalogue import EMBEDDED, ENTRIES, open_collection
from optical_pt.collections.entry import CollectionEntry, Sizes, View
from optical_pt.collections.irds import IrdsCollection
from optical_pt.collections.judged import JudgedDocuments
from optical_pt.collections.languages import LOW_RESOURCE, language_group
from optical_pt.collections.local import LocalCollection
from optical_pt.collections.provider import CollectionDataset, OpticalProvider
from optical_pt.collections.sentence_pairs import SentencePairs
from optical_pt.collections.topics import JudgedTopics

__all__ = [
    "EMBEDDED",
    "ENTRIES",
    "LOW_RESOURCE",
    "Collection",
    "CollectionDataset",
    "CollectionEntry",
    "IrdsCollection",
    "JudgedDocuments",
    "JudgedTopics",
    "LocalCollection",
    "OpticalProvider",
    "SentencePairs",
    "Sizes",
    "View",
    "language_group",
    "open_collection",
]
