"""Dictionaries: translations of words and short phrases, without probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import pairwise

from optical_pt.errors import InputError
from optical_pt.text.diacritics import without_diacritics
from optical_pt.training.bitext import SentencePair
from optical_pt.translation.code_switching import Unit
from optical_pt.translation.lexical_table import LexicalTable
from optical_pt.translation.words import word_spans, words

_ENGLISH = "en"
Phrase = tuple[str, ...]


class WordLexicon:
    """Translations of words and phrases from one language into another.

    Args:
        source: ISO 639 code of the entries' language.
        target: of their translations' language.
        entries: Translations of each word or phrase, in any case; the phrases are compared with a
            text word by word, lower-cased.

    Attributes:
        source, target: As given.
        entries: Translations by the lower-cased words of an entry, all in alphabetical order.

    >>> lexicon = WordLexicon("sw", "en", {"nyumba": ["house", "home"], "Lete maji": ["water"]})
    >>> query = "Lete maji nyumbani"
    >>> [(query[unit.start : unit.end], unit.choices) for unit in lexicon.units("1", query)]
    [('Lete maji', ('water',)), ('nyumbani', ())]
    """

    def __init__(self, source: str, target: str, entries: Mapping[str, Iterable[str]]):
        self.source = source
        self.target = target
        gathered: dict[Phrase, dict[str, None]] = {}
        for entry, translations in entries.items():
            phrase = _phrase([entry[start:end] for start, end in word_spans(entry)], source)
            if phrase:
                gathered.setdefault(phrase, {}).update(dict.fromkeys(translations))
        self.entries = {phrase: tuple(sorted(gathered[phrase])) for phrase in sorted(gathered)}

    @classmethod
    def learn(cls, pairs: Iterable[SentencePair], *, source: str, target: str) -> WordLexicon:
        """The most probable translation of each word, by :meth:`LexicalTable.learn`.

        Args:
            pairs: English and foreign sentences.
            source: Of the lexicon; ``"en"``, or the foreign language.
            target: The other of the two.

        Raises:
            InputError: if there is no pair, or neither language is English.
        """
        if _ENGLISH not in (source, target) or source == target:
            raise InputError(f"{source} to {target}: bitext gives words from or into English only")
        if source == _ENGLISH:
            pairs = [SentencePair(pair.foreign, pair.english, _ENGLISH, pair.tag) for pair in pairs]
        # Texts are looked up by their words as they are.
        table = LexicalTable.learn(pairs, language=source, name_prefixes=())
        best = {word: [next(iter(found))] for word, found in table.translations.items()}
        return cls(source, target, best)

    def reversed(self) -> WordLexicon:
        """The same in the other direction."""
        turned: dict[str, list[str]] = {}
        for phrase, translations in self.entries.items():
            for translation in translations:
                turned.setdefault(translation, []).append(" ".join(phrase))
        return WordLexicon(self.target, self.source, turned)

    def units(self, qid: str, query: str) -> list[Unit]:
        """Cut a query into entries, the longest first from left to right, and other words.

        Where a word is not in the lexicon, those that differ from it in diacritics only are taken:
        queries are often typed without tone marks.
        """
        spans = word_spans(query)
        found: list[Unit] = []
        place = 0
        while place < len(spans):
            for size in range(min(self._longest, len(spans) - place), 0, -1):
                taken = spans[place : place + size]
                phrase = _phrase([query[start:end] for start, end in taken], self.source)
                choices = self._lookup(phrase)
                if size == 1 or (choices and _adjacent(query, taken)):
                    found.append(Unit(taken[0][0], taken[-1][1], choices))
                    place += size
                    break
        return found

    def _lookup(self, phrase: Phrase) -> tuple[str, ...]:
        return self.entries.get(phrase) or self._plain.get(_plain(phrase), ())

    @cached_property
    def _plain(self) -> dict[Phrase, tuple[str, ...]]:
        alike: dict[Phrase, dict[str, None]] = {}
        for phrase, translations in self.entries.items():
            alike.setdefault(_plain(phrase), {}).update(dict.fromkeys(translations))
        return {plain: tuple(sorted(translations)) for plain, translations in alike.items()}

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self.entries), default=1)

    def __len__(self) -> int:
        return len(self.entries)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WordLexicon) and (
            (self.source, self.target, self.entries) == (other.source, other.target, other.entries)
        )

    def __hash__(self) -> int:
        return hash((self.source, self.target, tuple(self.entries)))

    def __repr__(self) -> str:
        return f"WordLexicon({self.source!r}, {self.target!r}, {len(self)} entries)"


def _phrase(texts: list[str], language: str) -> Phrase:
    return tuple(" ".join(words(text, language)) for text in texts)


def _plain(phrase: Phrase) -> Phrase:
    return tuple(map(without_diacritics, phrase))


def _adjacent(text: str, spans: list[tuple[int, int]]) -> bool:
    """Whether nothing but space, hyphens and apostrophes is between words."""
    between = "".join(text[end:start] for (_, end), (start, _) in pairwise(spans))
    return not between.strip(" \t\n\u00a0-'’ʼ")
