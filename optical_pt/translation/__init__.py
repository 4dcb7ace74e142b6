"""Translation of queries and documents: neural (with a cache on disk) and lexical."""

from optical_pt.translation.cache import TranslationCache
from optical_pt.translation.columns import DocumentTranslation, QueryTranslation
from optical_pt.translation.lexical import LexicalTranslator
from optical_pt.translation.lexical_table import LexicalTable
from optical_pt.translation.neural import NeuralTranslator

__all__ = [
    "DocumentTranslation",
    "LexicalTable",
    "LexicalTranslator",
    "NeuralTranslator",
    "QueryTranslation",
    "TranslationCache",
]
