"""The known word that is spelt most like an unknown one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from optical_pt.respelling.sound import consonants, only_letters, sound_key

SHORTEST = 4


class NearestSpelling:
    """Searches known words by spelling.

    The cost of reading a word as another is the mean of two Levenshtein distances, that between
    their keys (:func:`~optical_pt.respelling.sound.sound_key`) and that between the consonants of
    these, over the length of the word's key, less ``frequency`` times log(1 + n) / log(1 + N) for a
    known word that occurs n times, where the most frequent one occurs N times.

    Args:
        counts: How often each known word occurs; those with fewer than four characters, or with
            others than letters, are not searched.
        most: Greatest cost.
        frequency: How much cheaper the most frequent word is than it would be by its spelling.

    >>> NearestSpelling({"nigeria": 80, "niger": 30, "algeria": 9}).find("nijeriya")
    'nigeria'
    """

    def __init__(self, counts: Mapping[str, int], *, most: float = 0.2, frequency: float = 0.09):
        self.counts = {
            word: counts[word]
            for word in sorted(counts)
            if len(word) >= SHORTEST and only_letters(word)
        }
        self.most = most
        self.frequency = frequency
        self._found: dict[str, str | None] = {}

    def find(self, word: str) -> str | None:
        """The cheapest known word (ties: the first in alphabetical order), if one is near enough.

        Args:
            word: Lower-cased. Nothing is near a word whose key has less than four letters.
        """
        if word not in self._found:
            self._found[word] = self._search(word)
        return self._found[word]

    def _search(self, word: str) -> str | None:
        from rapidfuzz.distance import Levenshtein
        from rapidfuzz.process import extract

        key = sound_key(word)
        if len(key) < SHORTEST or not self._words:
            return None
        skeleton, size = consonants(key), 2 * len(key)
        # No word is cheap enough whose keys alone are further apart.
        reach = math.floor(size * (self.most + self._bonuses.max()))
        near = extract(key, self._keys, scorer=Levenshtein.distance, score_cutoff=reach, limit=None)
        best: tuple[float, str] | None = None
        for _, distance, place in near:
            others = Levenshtein.distance(skeleton, self._skeletons[place])
            cost = (distance + others) / size - float(self._bonuses[place])
            if cost <= self.most and (best is None or (cost, self._words[place]) < best):
                best = cost, self._words[place]
        return best[1] if best else None

    @cached_property
    def _words(self) -> list[str]:
        return list(self.counts)

    @cached_property
    def _keys(self) -> list[str]:
        return [sound_key(word) for word in self._words]

    @cached_property
    def _skeletons(self) -> list[str]:
        return [consonants(key) for key in self._keys]

    @cached_property
    def _bonuses(self) -> np.ndarray:
        logs = np.log1p(list(self.counts.values()))
        return self.frequency * logs / logs.max()
