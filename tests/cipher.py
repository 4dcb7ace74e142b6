"""A made-up language: every English word has its own invented word."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from optical_pt.maxsim import maxsim
from optical_pt.models import LateInteraction
from optical_pt.training.bitext import SentencePair


def _invent(rng: random.Random, count: int, syllables: int) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < count:
        syllable = (rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(syllables))
        words["".join(syllable)] = None
    return list(words)


ENGLISH = _invent(random.Random(1), 50, syllables=2)
FOREIGN = _invent(random.Random(2), 50, syllables=3)
CIPHER = dict(zip(ENGLISH, FOREIGN, strict=True))


def cipher_pairs(count: int, *, seed: int, language: str = "xx") -> list[SentencePair]:
    """Sentences of three to seven words, word for word in both languages."""
    rng = random.Random(seed)
    sentences = [rng.sample(ENGLISH, rng.randint(3, 7)) for _ in range(count)]
    return [
        SentencePair(" ".join(words), " ".join(CIPHER[word] for word in words), language, "made-up")
        for words in sentences
    ]


def retrieval_score(student: LateInteraction, pairs: Sequence[SentencePair]) -> float:
    """Share of foreign sentences whose own English sentence is the best by MaxSim."""
    queries = student.encode_queries([pair.foreign for pair in pairs])
    documents = student.encode_documents([pair.english for pair in pairs])
    best = [np.argmax([maxsim(query, document) for document in documents]) for query in queries]
    return float(np.mean(np.array(best) == np.arange(len(pairs))))
