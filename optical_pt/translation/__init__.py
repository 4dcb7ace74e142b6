"""Translation of queries and documents: neural (with a cache on disk), lexical, code-switching."""

from optical_pt.translation.aligned_queries import AlignedQueries
from optical_pt.translation.cache import TranslationCache
from optical_pt.translation.code_switching import CodeSwitch
from optical_pt.translation.columns import DocumentTranslation, QueryTranslation
from optical_pt.translation.gatitos import gatitos_languages, read_gatitos
from optical_pt.translation.lexical import LexicalTranslator
from optical_pt.translation.lexical_table import LexicalTable
from optical_pt.translation.neural import NeuralTranslator
from optical_pt.translation.word_lexicon import WordLexicon

__all__ = [
    "AlignedQueries",
    "CodeSwitch",
    "DocumentTranslation",
    "LexicalTable",
    "LexicalTranslator",
    "NeuralTranslator",
    "QueryTranslation",
    "TranslationCache",
    "WordLexicon",
    "gatitos_languages",
    "read_gatitos",
]
