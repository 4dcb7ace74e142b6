"""Test collections: local folders, ir_datasets, and the embedded ``optical:mini``."""

from __future__ import annotations

from optical_pt.collections.base import Collection, JudgedTopics
from optical_pt.collections.catalogue import EMBEDDED, open_collection
from optical_pt.collections.irds import IrdsCollection
from optical_pt.collections.languages import LOW_RESOURCE, language_group
from optical_pt.collections.local import LocalCollection
from optical_pt.collections.provider import CollectionDataset, OpticalProvider

__all__ = [
    "EMBEDDED",
    "LOW_RESOURCE",
    "Collection",
    "CollectionDataset",
    "IrdsCollection",
    "JudgedTopics",
    "LocalCollection",
    "OpticalProvider",
    "language_group",
    "open_collection",
]
