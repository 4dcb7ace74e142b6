"""What the model is trained on: held-out pairs, repetition, batches of equal work."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair

Encode = Callable[[str], list[int]]


def hold_out(
    pairs: Sequence[SentencePair], per_language: int, seed: int
) -> tuple[list[SentencePair], list[SentencePair]]:
    """Split into training pairs and `per_language` development pairs of each language.

    A development sentence is in no training pair of any language: some sources translate
    the same English into many languages.

    Returns:
        (training pairs, none twice with the same tag; development pairs)
    """
    pairs = list(dict.fromkeys(pairs))
    dev: list[SentencePair] = []
    for language in dict.fromkeys(pair.language for pair in pairs):
        of_language = [pair for pair in pairs if pair.language == language]
        if len(of_language) < 2 * per_language:
            raise InputError(
                f"{language}: {len(of_language)} pairs are too few to hold out {per_language}; "
                "give more pairs or a smaller --dev-pairs"
            )
        dev += random.Random(f"{seed} {language}").sample(of_language, per_language)
    english = {_key(pair.english) for pair in dev}
    foreign = {_key(pair.foreign) for pair in dev}
    train = [
        pair
        for pair in pairs
        if _key(pair.english) not in english and _key(pair.foreign) not in foreign
    ]
    return train, dev


def short_enough(
    pairs: Sequence[SentencePair], encode: Encode, max_length: int
) -> list[SentencePair]:
    """The pairs whose sides both have at most `max_length` pieces, end of sentence included."""
    kept = [
        pair
        for pair in pairs
        if len(encode(pair.foreign)) < max_length and len(encode(pair.english)) < max_length
    ]
    for language in dict.fromkeys(pair.language for pair in pairs):
        if not any(pair.language == language for pair in kept):
            raise InputError(
                f"{language}: no pair has at most {max_length} pieces; raise --max-length"
            )
    return kept


def rebalance(
    pairs: Sequence[SentencePair],
    *,
    max_repeat: float,
    question_repeat: int,
    copy_share: float,
    seed: int,
) -> list[SentencePair]:
    """Repeat what there is little of; add some copying.

    Args:
        pairs: the training pairs.
        max_repeat: a language smaller than the largest is repeated up to this many times.
        question_repeat: pairs that are questions occur this many times, since queries are.
        copy_share: English-to-English pairs added, as a share of all: a model that also learns
            to copy keeps the names and numbers of a query (Currey et al. 2017,
            https://aclanthology.org/W17-4715, who add as many as there are). With a share of 0.05
            a small model never learnt to look at its source: the MAP of its translations was
            .00 to .03, with 1 it is .16 to .40 (experiments/results).
        seed: of the draws.
    """
    draw = random.Random(seed)
    sizes = Counter(pair.language for pair in pairs)
    largest = max(sizes.values())
    result: list[SentencePair] = []
    for language, size in sizes.items():
        of_language = [pair for pair in pairs if pair.language == language]
        wanted = min(largest, int(max_repeat * size))
        result += of_language * (wanted // size) + draw.sample(of_language, wanted % size)
    questions = [pair for pair in result if pair.english.endswith("?")]
    result += questions * (question_repeat - 1)
    english = list(dict.fromkeys(pair.english for pair in pairs))
    copies = draw.sample(english, min(len(english), int(copy_share * len(result))))
    return result + [SentencePair(text, text, "en", "copy") for text in copies]


@dataclass
class TranslationExamples:
    """A dataset of `input_ids` and `labels`.

    Keys beyond the number of pairs are further views of them: the source is cut into pieces by
    `sample`, if given, with the key as its seed. The examples of a key are thus always the same,
    whatever was read before: a resumed training sees what an uninterrupted one sees.
    """

    pairs: Sequence[SentencePair]
    encode: Encode
    eos_id: int
    sample: Callable[[str, int], list[int]] | None = None

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.pairs)

    def __getitem__(self, key: int) -> dict[str, list[int]]:
        """One pair as ids, each side closed by the end of sentence."""
        pair = self.pairs[key % len(self.pairs)]
        source = self.sample(pair.foreign, key) if self.sample else self.encode(pair.foreign)
        return {
            "input_ids": [*source, self.eos_id],
            "attention_mask": [1] * (len(source) + 1),
            "labels": [*self.encode(pair.english), self.eos_id],
        }


class TokenBatches:
    """Batch sampler: pairs of like length together, at most `max_tokens` on the longer side.

    The batches are cut once; each epoch takes them in another order. That keeps their number
    constant, which a resumed training counts on. Epoch e yields the keys index + e * pairs.

    >>> batches = TokenBatches([(2, 2), (9, 8), (2, 3), (9, 9)], max_tokens=10, seed=0)
    >>> sorted(batches)
    [[0, 2], [1], [3]]
    >>> batches.set_epoch(1)
    >>> sorted(batches)
    [[4, 6], [5], [7]]
    """

    def __init__(self, lengths: Sequence[tuple[int, int]], max_tokens: int, seed: int) -> None:
        self.pairs = len(lengths)
        self.seed = seed
        self.epoch = 0
        order = list(range(len(lengths)))
        random.Random(seed).shuffle(order)
        order.sort(key=lambda index: (max(lengths[index]), sum(lengths[index])))
        self.batches: list[list[int]] = []
        for index in order:
            # Sorted by length: the newest pair is the longest of its batch.
            longest = max(lengths[index])
            if not self.batches or (len(self.batches[-1]) + 1) * longest > max_tokens:
                self.batches.append([])
            self.batches[-1].append(index)

    def set_epoch(self, epoch: int) -> None:
        """Choose the order and the keys of the next iteration."""
        self.epoch = epoch

    def __len__(self) -> int:
        """Number of batches of an epoch."""
        return len(self.batches)

    def __iter__(self) -> Iterator[list[int]]:
        """The keys of the pairs of each batch."""
        order = list(range(len(self.batches)))
        random.Random(f"{self.seed} {self.epoch}").shuffle(order)
        for position in order:
            yield [index + self.epoch * self.pairs for index in self.batches[position]]


def _key(text: str) -> str:
    return " ".join(text.casefold().split())
