"""Queries whose unknown words are respelt."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.respelling.nearest import NearestSpelling
from optical_pt.text import cut_prefixes
from optical_pt.translation import LexicalTable
from optical_pt.translation.words import without_diacritics, word_spans, words


class Respeller(pt.Transformer):
    """Replaces query words that nobody has seen by known ones; the original goes to ``query_0``.

    People spell names and loan words in many ways, and ten thousand sentences hold few of them:
    "Nijeriya", "komfuta". A word that is neither in the lexical table of a bitext nor in the
    documents is replaced by the word of either that is spelt most like it
    (:class:`~optical_pt.respelling.nearest.NearestSpelling`), if one is near. Fuzzy matching of
    spelling variants in CLIR goes back to Pirkola et al., "Fuzzy Translation of Cross-Lingual
    Spelling Variants", SIGIR 2003.

    It goes before a student's query encoder as before a lexical translator. Words of the documents
    are left alone: names are to reach a model as the documents spell them.

    Args:
        table: Of the bitext that the models learnt from; its words are the known ones.
        documents: In how many documents each word occurs, see
            :func:`~optical_pt.respelling.documents.document_words`.
        most: Greatest cost of a replacement.
        frequency: How much cheaper frequent words are.

    Raises:
        InputError: if a number is out of its range, or there is no word of documents; in use, if a
            query is no text.

    >>> from optical_pt.respelling import document_words
    >>> table = LexicalTable("ha", {"yawan": {"number": 1.0}, "mutane": {"people": 1.0}})
    >>> respeller = Respeller(table, document_words(["Nigeria has many people."]))
    >>> queries = pd.DataFrame({"qid": ["1"], "query": ["Yawan mutanen Nijeriya?"]})
    >>> respeller(queries).iloc[0].to_dict()
    {'qid': '1', 'query_0': 'Yawan mutanen Nijeriya?', 'query': 'Yawan mutane nigeria?'}
    """

    def __init__(
        self,
        table: LexicalTable,
        documents: Mapping[str, int],
        *,
        most: float = 0.2,
        frequency: float = 0.01,
    ):
        super().__init__()
        if not documents:
            raise InputError("no word of documents; give document_words() of those searched")
        if not 0 <= most < 1:
            raise InputError(f"most {most}: give a cost from 0 up to 1")
        if not frequency >= 0:
            raise InputError(f"frequency {frequency}: give 0 or more")
        self.table = table
        self.documents = dict(documents)
        foreign = {without_diacritics(word): 1 for word in table.translations}
        self._nearest = NearestSpelling(foreign | self.documents, most=most, frequency=frequency)

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Respell ``query`` of a frame with ``qid`` and ``query``."""
        pt.validate.columns(inp, includes=["qid", "query"])
        for qid, query in zip(inp["qid"], inp["query"], strict=True):
            if not isinstance(query, str):
                raise InputError(f"qid {qid}: the query is {query!r}, which is no text; fill it")
        respelt = [self.respell(query) for query in inp["query"]]
        out = pt.model.push_queries(inp)
        out["query"] = pd.Series(respelt, index=inp.index, dtype=object)
        return out

    def respell(self, query: str) -> str:
        """A text with its unknown words replaced; a text without any comes back as it is."""
        text = cut_prefixes(unicodedata.normalize("NFKC", query), self.table.name_prefixes)
        parts, done, changed = [], 0, False
        for start, end in word_spans(text):
            read = self.read(text[start:end])
            parts += [text[done:start], read]
            changed = changed or read != text[start:end]
            done = end
        return "".join([*parts, text[done:]]) if changed else query

    def read(self, word: str) -> str:
        """What a single word is read as; a known one comes back as it is."""
        plain = without_diacritics("".join(words(word, self.table.language)))
        if not plain.isalpha() or plain in self._nearest.counts or plain in self.documents:
            return word
        return word if self.table.lookup(plain) else self._nearest.find(plain) or word

    def _settings(self) -> tuple[object, ...]:
        return (self.table, self.documents, self._nearest.most, self._nearest.frequency)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Respeller) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash((self.table, len(self.documents)))

    def __repr__(self) -> str:
        return f"Respeller({self.table!r}, {len(self.documents)} words of documents)"
