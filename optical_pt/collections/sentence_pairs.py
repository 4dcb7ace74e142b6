"""Sentence pairs as a collection: a foreign sentence asks for its English translation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from optical_pt.collections.base import Collection
from optical_pt.collections.formats import Judgment
from optical_pt.errors import InputError
from optical_pt.files import hash_bytes

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair

QUERY_SET = "held-out"


class SentencePairs(Collection):
    """Bitext retrieval, for languages that have no queries; the one query set is ``held-out``.

    English sentences are the documents, foreign ones the queries, and each has one relevant
    document. Pairs with the same English sentence share it. The human English version of a query is
    the document itself.

    Args:
        pairs: Of one language; no system may have learnt from them.
        name: For messages and manifests.

    Raises:
        InputError: if there are none, or they are of several languages.

    >>> from optical_pt.training.bitext import SentencePair
    >>> pairs = [SentencePair("water", "ruwa", "ha"), SentencePair("fire", "wuta", "ha")]
    >>> SentencePairs(pairs).qrels("ha").values.tolist()
    [['ha-0', 's0', 1], ['ha-1', 's1', 1]]
    """

    def __init__(self, pairs: Sequence[SentencePair], name: str = "sentence pairs") -> None:
        languages = sorted({pair.language for pair in pairs})
        if len(languages) != 1:
            raise InputError(
                f"{name}: {', '.join(languages) or 'no sentence pair'}; give pairs of one language"
            )
        super().__init__(name)
        self.language = languages[0]
        self.pairs = tuple(pairs)
        self._docnos: dict[str, str] = {}
        for number, pair in enumerate(pairs):
            self._docnos.setdefault(pair.english, f"s{number}")

    @property
    def document_language(self) -> str:
        """English."""
        return "en"

    @property
    def n_documents(self) -> int:
        """Distinct English sentences."""
        return len(self._docnos)

    @property
    def query_sets(self) -> tuple[str, ...]:
        """There is one."""
        return (QUERY_SET,)

    def set_languages(self, query_set: str) -> tuple[str, ...]:
        """The language of the pairs."""
        return (self.language,)

    def fingerprint(
        self, languages: Iterable[str] | None = None, sets: Sequence[str] | None = None
    ) -> str:
        """Hash of the pairs."""
        return hash_bytes("\n".join(f"{p.english}\t{p.foreign}" for p in self.pairs).encode())

    def documents_fingerprint(self) -> str:
        """Hash of the English sentences."""
        return hash_bytes("\n".join(self._docnos).encode())

    def _read_documents(self) -> Iterator[dict[str, str]]:
        for english, docno in self._docnos.items():
            yield {"docno": docno, "title": "", "text": english}

    def _read_topics(self, query_set: str, language: str) -> Mapping[str, str]:
        return {self._qid(number): pair.foreign for number, pair in enumerate(self.pairs)}

    def _read_versions(self, query_set: str, language: str, target: str) -> Mapping[str, str]:
        if target != "en":
            return {}
        return {self._qid(number): pair.english for number, pair in enumerate(self.pairs)}

    def _read_judgments(self, query_set: str, language: str) -> Iterator[Judgment]:
        for number, pair in enumerate(self.pairs):
            yield Judgment(self._qid(number), self._docnos[pair.english], 1)

    def _qid(self, number: int) -> str:
        # Not the same in all languages: their sentences are no translations of each other.
        return f"{self.language}-{number}"

    def __repr__(self) -> str:
        return f"SentencePairs({self.name!r}, {self.fingerprint()[:12]})"
