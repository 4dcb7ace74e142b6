"""Cross-lingual retrieval experiments on PyTerrier, with OPTICAL at their heart."""

from optical_pt.errors import InputError

__version__ = "0.1.0"
__all__ = ["InputError", "__version__"]
