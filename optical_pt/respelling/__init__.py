"""Query words that nobody has seen, read as known words that are spelt alike."""

from optical_pt.respelling.documents import document_words
from optical_pt.respelling.respeller import Respeller

__all__ = ["Respeller", "document_words"]
