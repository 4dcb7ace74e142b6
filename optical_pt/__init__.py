"""Cross-lingual retrieval experiments on PyTerrier, with OPTICAL at their heart.

Names load on first use: importing the package touches no model, no JVM and no network.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from optical_pt.errors import InputError

if TYPE_CHECKING:
    from optical_pt.bm25 import bm25_index, open_bm25_index
    from optical_pt.collections import LocalCollection, open_collection
    from optical_pt.evaluation import ClirResult, System, clir_experiment, write_report
    from optical_pt.fusion import rrf, weighted_minmax
    from optical_pt.index import TokenIndex
    from optical_pt.models import LateInteraction
    from optical_pt.respelling import Respeller, document_words
    from optical_pt.translation import LexicalTable, LexicalTranslator, NeuralTranslator

__version__ = "0.1.0"

_HOME = {
    "LateInteraction": "models",
    "TokenIndex": "index",
    "bm25_index": "bm25",
    "open_bm25_index": "bm25",
    "LocalCollection": "collections",
    "open_collection": "collections",
    "ClirResult": "evaluation",
    "System": "evaluation",
    "clir_experiment": "evaluation",
    "write_report": "evaluation",
    "rrf": "fusion",
    "weighted_minmax": "fusion",
    "LexicalTable": "translation",
    "LexicalTranslator": "translation",
    "NeuralTranslator": "translation",
    "Respeller": "respelling",
    "document_words": "respelling",
}

__all__ = [
    "ClirResult",
    "InputError",
    "LateInteraction",
    "LexicalTable",
    "LexicalTranslator",
    "LocalCollection",
    "NeuralTranslator",
    "Respeller",
    "System",
    "TokenIndex",
    "__version__",
    "bm25_index",
    "clir_experiment",
    "document_words",
    "open_bm25_index",
    "open_collection",
    "rrf",
    "weighted_minmax",
    "write_report",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'optical_pt' has no attribute {name!r}")
    return getattr(import_module(f"optical_pt.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
