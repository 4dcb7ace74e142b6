"""The catalogue of collections, listed: ``python -m optical_pt.datasets list``."""

from __future__ import annotations

from optical_pt.datasets.listing import Listed, list_collections, show_collection

__all__ = ["Listed", "list_collections", "show_collection"]
