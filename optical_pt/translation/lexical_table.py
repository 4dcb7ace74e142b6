"""Word translation tables learnt from sentence pairs."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from optical_pt.errors import InputError
from optical_pt.files import write_bytes
from optical_pt.text import cut_prefixes, learn_name_prefixes
from optical_pt.text.diacritics import without_diacritics
from optical_pt.training.bitext import SentencePair
from optical_pt.translation.lexical_file import TableContent, format_table, read_table
from optical_pt.translation.lexical_learning import learn_translations, ranked
from optical_pt.translation.words import words


class LexicalTable:
    """Translation probabilities t(English word | foreign word).

    Args:
        language: ISO 639 code of the foreign language: decides how text is cut into words.
        translations: for each foreign word, its English words and their probabilities.
        name_prefixes: prefixes that are words of their own before a name, see
            :mod:`optical_pt.text.name_prefixes`.

    Attributes:
        language: as given.
        translations: as given, each word's translations with the most probable first
            (ties: in alphabetical order).
        name_prefixes: as given.

    >>> table = LexicalTable("ha", {"ruwa": {"rain": 0.25, "water": 0.75}})
    >>> table.translations["ruwa"]
    {'water': 0.75, 'rain': 0.25}
    """

    def __init__(
        self,
        language: str,
        translations: Mapping[str, Mapping[str, float]],
        name_prefixes: Iterable[str] = (),
    ):
        self.language = language
        self.translations = {word: ranked(translations[word]) for word in sorted(translations)}
        self.name_prefixes = tuple(name_prefixes)

    def words(self, text: str) -> list[str]:
        """Cut a text of the language into words as the table has them.

        >>> LexicalTable("zu", {}, name_prefixes=["e", "u"]).words("UMandela eThekwini")
        ['u', 'mandela', 'e', 'thekwini']
        """
        text = unicodedata.normalize("NFKC", text)
        return words(cut_prefixes(text, self.name_prefixes), self.language)

    def lookup(self, word: str) -> dict[str, float]:
        """The translations of a lower-cased word, the most probable first; empty if unknown.

        Queries are often typed without the tone marks of the bitext, so that a word that is not
        in the table has the average translations of the words that differ from it in diacritics
        only (MAP of one-best translation with BM25 on Yoruba queries of AfriQA: .462 to .472).

        >>> LexicalTable("yo", {"omi": {"water": 1.0}}).lookup("ómì")
        {'water': 1.0}
        """
        return self.translations.get(word) or self._plain.get(without_diacritics(word), {})

    @cached_property
    def _plain(self) -> dict[str, dict[str, float]]:
        alike = defaultdict(list)
        for word, translations in self.translations.items():
            alike[without_diacritics(word)].append(translations)
        return {plain: _average(found) for plain, found in alike.items()}

    @classmethod
    def learn(
        cls,
        pairs: Iterable[SentencePair],
        *,
        language: str,
        iterations: int = 5,
        top_k: int = 10,
        min_probability: float = 0.01,
        min_count: int = 2,
        name_prefixes: Iterable[str] | None = None,
    ) -> LexicalTable:
        """Learn a table with IBM model 1 (:func:`optical_pt.alignment.ibm1.ibm1`).

        Left out, because translators keep the words that they do not find as they are: rare words
        in Latin script (mostly names, whose learnt translations are noise), numbers, and words that
        are among their own translations (names and loan words). On Hausa queries of AfriQA (9.9k
        pairs) this raised the MAP of one-best translation with BM25 from .373 to .394.

        Args:
            pairs: English and foreign sentences.
            language: ISO 639 code of the foreign side.
            iterations: of expectation maximisation.
            top_k: keep so many translations of a word at most.
            min_probability: and only those that are at least so probable.
            min_count: leave out foreign words in Latin script that occur less often.
            name_prefixes: to cut off names; None learns them from the pairs.

        Raises:
            InputError: if there is no pair.
        """
        pairs = list(pairs)
        if not pairs:
            raise InputError(f"no {language} sentence pair to learn a lexical table from")
        if name_prefixes is None:
            name_prefixes = learn_name_prefixes(pairs)
        table = cls(language, {}, name_prefixes)
        translations = learn_translations(
            pairs,
            table.words,
            iterations=iterations,
            top_k=top_k,
            min_probability=min_probability,
            min_count=min_count,
        )
        return cls(language, translations, table.name_prefixes)

    def save(self, path: str | Path) -> None:
        """Write a gzipped TSV file of three columns: foreign word, English word, probability.

        The first line names the columns by the two language codes; a fourth one lists prefixes of
        names, if there are any. Equal tables give equal bytes.
        """
        content = TableContent(self.language, self.translations, self.name_prefixes)
        write_bytes(path, format_table(content))

    @classmethod
    def load(cls, path: str | Path) -> LexicalTable:
        """Read a table that :meth:`save` wrote, or one written by hand in the same format.

        Raises:
            InputError: if the file is missing, broken, or has a malformed line.
        """
        return cls(*read_table(Path(path)))

    def __len__(self) -> int:
        return len(self.translations)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, LexicalTable)
            and self.language == other.language
            and self.translations == other.translations
            and self.name_prefixes == other.name_prefixes
        )

    def __hash__(self) -> int:
        return hash((self.language, tuple(self.translations)))

    def __repr__(self) -> str:
        return f"LexicalTable({self.language!r}, {len(self)} words)"


def _average(several: list[dict[str, float]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for translations in several:
        for word, probability in translations.items():
            total[word] += probability / len(several)
    return ranked(total)
