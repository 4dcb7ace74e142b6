"""Which sentence pairs of a bitext are fit to train on."""

from __future__ import annotations

import math
import statistics
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from optical_pt.collections import open_collection
from optical_pt.collections.base import Collection
from optical_pt.collections.published.records import PublishedCollection
from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair
from optical_pt.training.scripts import SCRIPTS, lacks


@dataclass(frozen=True)
class BitextFilter:
    """Rules by which pairs are dropped; None switches a rule off.

    Attributes:
        length_ratio: drop a pair whose ratio of lengths in characters differs from the bitext's
            median ratio by more than this factor (languages differ: Chinese needs a third of the
            characters of English).
        script: ISO 15924 code of the foreign script, such as ``"Deva"``: drop a pair whose foreign
            side has letters, but none of it.
        longest: drop a pair with a side of more characters.
        duplicates: drop a pair that occurred before.
    """

    length_ratio: float | None = 3.0
    script: str | None = None
    longest: int | None = 1000
    duplicates: bool = True

    def __post_init__(self) -> None:
        if self.length_ratio is not None and self.length_ratio <= 1:
            raise InputError(f"length_ratio {self.length_ratio}: give a factor greater than 1")
        if self.longest is not None and self.longest < 1:
            raise InputError(f"longest {self.longest}: give a number of characters, at least 1")
        if self.script is not None and self.script not in SCRIPTS:
            raise InputError(
                f"script {self.script!r}: cannot be told; choose from {', '.join(sorted(SCRIPTS))}"
            )


def filter_pairs(
    pairs: Sequence[SentencePair], rules: BitextFilter
) -> tuple[list[SentencePair], dict[str, int]]:
    """The pairs that no rule drops, in their order, and how many each rule dropped.

    A pair counts for the first rule that drops it, in the order longest, script, length_ratio,
    duplicates. The median ratio is that of the pairs left by the rules before it.

    >>> pairs = [SentencePair("a dog", "mbwa", "sw"), SentencePair("a dog", "mbwa", "sw")]
    >>> kept, dropped = filter_pairs(pairs, BitextFilter())
    >>> len(kept), dropped
    (1, {'longest': 0, 'script': 0, 'length_ratio': 0, 'duplicates': 1})
    """
    dropped = dict.fromkeys(("longest", "script", "length_ratio", "duplicates"), 0)
    kept = list(pairs)
    if (longest := rules.longest) is not None:
        kept = [p for p in kept if max(len(p.english), len(p.foreign)) <= longest]
        dropped["longest"] = len(pairs) - len(kept)
    if (script := rules.script) is not None:
        before = len(kept)
        kept = [pair for pair in kept if not lacks(pair.foreign, script)]
        dropped["script"] = before - len(kept)
    if rules.length_ratio is not None and kept:
        before, furthest = len(kept), math.log(rules.length_ratio)
        middle = statistics.median(_log_ratio(pair) for pair in kept)
        kept = [pair for pair in kept if abs(_log_ratio(pair) - middle) <= furthest]
        dropped["length_ratio"] = before - len(kept)
    if rules.duplicates:
        first: dict[tuple[str, str], SentencePair] = {}
        for pair in kept:
            first.setdefault((pair.english, pair.foreign), pair)
        dropped["duplicates"] = len(kept) - len(first)
        kept = list(first.values())
    return kept, dropped


def refuse_overlap(pairs: Iterable[SentencePair], held_out: Iterable[str], where: str) -> None:
    """Refuse a bitext of which a sentence, on either side, is a text of the test.

    Texts are compared without case, punctuation, white space and compatibility variants.

    Raises:
        InputError: naming the first such sentence and how many pairs have one.
    """
    tested = {_bare(text) for text in held_out} - {""}
    if not tested:
        return
    found = [
        sentence
        for pair in pairs
        for sentence in (pair.english, pair.foreign)
        if _bare(sentence) in tested
    ]
    if found:
        raise InputError(
            f"{where}: {len(found)} sentences are texts of the test (such as {found[0]!r}); train "
            "on another source, or test on another collection"
        )


def drop_overlap(pairs: Iterable[SentencePair], held_out: Iterable[str]) -> list[SentencePair]:
    """The pairs neither side of which is a text of the test, compared as :func:`refuse_overlap`.

    For bitext of the test's own domain, where a short sentence may occur in both by chance.

    >>> pairs = [SentencePair("A dog.", "Mbwa.", "sw"), SentencePair("A bee.", "Nyuki.", "sw")]
    >>> [pair.english for pair in drop_overlap(pairs, {"a dog"})]
    ['A bee.']
    """
    tested = {_bare(text) for text in held_out} - {""}
    return [p for p in pairs if _bare(p.english) not in tested and _bare(p.foreign) not in tested]


def open_tested(names: Iterable[str], folder: str | Path | None) -> Iterator[Collection]:
    """Collections by name; those that are read from published files take them from a folder.

    Args:
        names: As :func:`~optical_pt.collections.open_collection` takes them.
        folder: Of published files, so that nothing is downloaded; None is as ever.

    Raises:
        InputError: if there is no such collection.
    """
    for name in names:
        collection = open_collection(name)
        if folder is not None and isinstance(collection, PublishedCollection):
            collection = open_collection(name, folder=folder)
        yield collection


def held_out_texts(collections: Iterable[Collection]) -> set[str]:
    """All queries of collections and their human English versions: not to be trained on."""
    texts: set[str] = set()
    for collection in collections:
        for language in collection.languages():
            texts.update(collection.topics(language)["query"])
            english = collection.english_topics(language)
            texts.update(() if english is None else english["query"])
    return texts


def _log_ratio(pair: SentencePair) -> float:
    return math.log(max(len(pair.foreign), 1) / max(len(pair.english), 1))


def _bare(text: str) -> str:
    return regex.sub(r"[\p{P}\p{S}\s]+", "", unicodedata.normalize("NFKC", text).casefold())
