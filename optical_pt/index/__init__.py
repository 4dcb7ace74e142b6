"""Token indexes: exact MaxSim search over stored token embeddings."""

from optical_pt.index.token_index import TokenIndex

__all__ = ["TokenIndex"]
