"""Queries whose unknown words are respelt."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Mapping
from numbers import Integral

import pandas as pd
import pyterrier as pt

from optical_pt.errors import InputError
from optical_pt.language_codes import tells_dotless_i
from optical_pt.query_text import query_text, replace_query
from optical_pt.respelling.nearest import NearestSpelling
from optical_pt.respelling.sound import only_letters
from optical_pt.text import cut_prefixes
from optical_pt.text.diacritics import without_diacritics
from optical_pt.text.transliteration import transliterate
from optical_pt.translation import LexicalTable
from optical_pt.translation.words import word_spans, words


class Respeller(pt.Transformer):
    """Replaces unknown words of queries by known ones; the original goes to ``query_0``.

    People spell names and loan words in many ways, and ten thousand sentences hold few of them:
    "Nijeriya", "komfuta". A word that neither the lexical table of a bitext nor a document has is
    replaced by the word of either that is spelt most like it
    (:class:`~optical_pt.respelling.nearest.NearestSpelling`), if one is near. Fuzzy matching of
    spelling variants in CLIR goes back to Pirkola et al., "Fuzzy Translation of Cross-Lingual
    Spelling Variants", SIGIR 2003.

    A word in other letters than Latin ones is first written in these
    (:func:`~optical_pt.text.transliteration.transliterate`) and compared with the words of the
    documents, if most of these are in Latin letters, since what is unknown is mostly a name:
    "डिकेंस" is "dikensa", and read as "dickens".

    It goes before a student's query encoder as before a translator. Words of the documents are left
    alone: names are to reach a model as the documents spell them. Words that the table leaves out,
    such as those that stand once in the bitext, count as unknown.

    Args:
        table: Of the bitext that the models learnt from.
        documents: In how many documents each word occurs, see
            :func:`~optical_pt.respelling.documents.document_words`.
        most: Greatest cost of a replacement.
        most_transliterated: Greatest cost of one by a document's word in other letters, which
            leave vowels out or have more of them.
        frequency: How much cheaper the most frequent word is than it would be by its spelling.

    Raises:
        InputError: if a number is out of its range, or there is no word of documents, or one that
            ``document_words`` does not give; in use, if a query is no text.

    >>> from optical_pt.respelling import document_words
    >>> table = LexicalTable("ha", {"yawan": {"number": 1.0}, "mutane": {"people": 1.0}})
    >>> respeller = Respeller(table, document_words(["Nigeria has many people."]))
    >>> queries = pd.DataFrame({"qid": ["1"], "query": ["Yawan mutanen Nijeriya?"]})
    >>> respeller(queries).iloc[0].to_dict()
    {'qid': '1', 'query_0': 'Yawan mutanen Nijeriya?', 'query': 'Yawan mutane Nigeria?'}
    """

    def __init__(
        self,
        table: LexicalTable,
        documents: Mapping[str, int],
        *,
        most: float = 0.2,
        most_transliterated: float = 0.3,
        frequency: float = 0.09,
    ):
        super().__init__()
        _check_numbers(most=most, most_transliterated=most_transliterated, frequency=frequency)
        _check_words(documents)
        self.table = table
        self.documents = dict(documents)
        self._spellings: dict[str, str] = {}
        for word in table.translations:  # in alphabetical order
            self._spellings.setdefault(without_diacritics(word), word)
        counts = dict.fromkeys(self._spellings, 1) | self.documents
        self._nearest = NearestSpelling(counts, most=most, frequency=frequency)
        self._latin = {word: n for word, n in self.documents.items() if word.isascii()}
        if 2 * len(self._latin) < len(self.documents):
            self._latin = {}  # documents in other letters have their names in those
        self._nearest_sound = NearestSpelling(
            self._latin, most=most_transliterated, frequency=frequency
        )

    def transform(self, inp: pd.DataFrame) -> pd.DataFrame:
        """Respell ``query`` of a frame with ``qid`` and ``query``."""
        pt.validate.columns(inp, includes=["qid", "query"])
        respelt = [
            self.respell(query_text(qid, query))
            for qid, query in zip(inp["qid"], inp["query"], strict=True)
        ]
        return replace_query(inp, respelt)

    def respell(self, query: str) -> str:
        """A text with its unknown words replaced, and all else as it was.

        Prefixes are cut off a name that is replaced, see :mod:`optical_pt.text.name_prefixes`.
        """
        return _replace_words(query, self._read)

    def _read(self, word: str) -> str:
        cut = cut_prefixes(unicodedata.normalize("NFKC", word), self.table.name_prefixes)
        read = _replace_words(cut, self._read_whole)
        return word if read == cut else read

    def _read_whole(self, word: str) -> str:
        plain = without_diacritics("".join(words(word, self.table.language)))
        if not only_letters(plain) or plain in self._spellings or plain in self.documents:
            return word
        if plain in self.table.name_prefixes:
            return word
        if borrowed := self._find_transliterated(plain):
            return borrowed
        found = self._nearest.find(plain)
        if found is None:
            return word
        found = found if found in self.documents else self._spellings[found]
        return self._capitalized(found) if word[0].isupper() else found

    def _find_transliterated(self, word: str) -> str | None:
        """The document's word that a word in other letters sounds like; None for Latin ones."""
        latin = transliterate(word)
        # A character of a script without spaces is no name.
        if latin == word or not latin.isascii() or len(word) == 1:
            return None
        return latin if latin in self._latin else self._nearest_sound.find(latin)

    def _capitalized(self, word: str) -> str:
        dotted = word[0] == "i" and tells_dotless_i(self.table.language)
        return ("İ" if dotted else word[0].upper()) + word[1:]

    def _settings(self) -> tuple[object, ...]:
        costs = (self._nearest.most, self._nearest_sound.most, self._nearest.frequency)
        return (self.table, self.documents, *costs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Respeller) and self._settings() == other._settings()

    def __hash__(self) -> int:
        return hash((self.table, len(self.documents)))

    def __repr__(self) -> str:
        return f"Respeller({self.table!r}, {len(self.documents)} words of documents)"


def _replace_words(text: str, read: Callable[[str], str]) -> str:
    parts, done = [], 0
    for start, end in word_spans(text):
        parts += [text[done:start], read(text[start:end])]
        done = end
    return "".join([*parts, text[done:]])


def _check_numbers(**numbers: float) -> None:
    for name, value in numbers.items():
        if not (isinstance(value, (int, float)) and math.isfinite(value) and 0 <= value < 1):
            raise InputError(f"{name} {value!r}: give a number from 0 up to 1")


def _check_words(documents: Mapping[str, int]) -> None:
    if not isinstance(documents, Mapping) or not documents:
        raise InputError("documents: no words; give document_words() of those that are searched")
    for word, count in documents.items():
        whole = isinstance(count, Integral) and count >= 1
        if not whole or not isinstance(word, str) or word != word.lower():
            raise InputError(
                f"documents: {word!r}: {count!r} is no lower-cased word with the number of its "
                "documents; make them by document_words()"
            )
