"""Pairs kept from training, to select a checkpoint on."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from optical_pt.errors import InputError

if TYPE_CHECKING:
    from optical_pt.training.bitext import SentencePair


def hold_out(
    pairs: Sequence[SentencePair], count: int, *, seed: int
) -> tuple[list[SentencePair], dict[str, list[SentencePair]]]:
    """Split off pairs of each language whose sentences occur nowhere else in it, letter by letter.

    Args:
        pairs: the bitext.
        count: of pairs a language; 0 keeps none.
        seed: of the sample.

    Returns:
        the pairs to train on, none of which has the English sentence of a pair held out, and the
        pairs held out by language.

    Raises:
        InputError: if a language has too few pairs.

    >>> from optical_pt.training.bitext import SentencePair
    >>> pairs = [SentencePair(str(i), f"x{i}", "xx") for i in range(10)]
    >>> kept, held = hold_out(pairs, 3, seed=0)
    >>> len(kept), len(held["xx"])
    (7, 3)
    """
    if count == 0:
        return list(pairs), {}
    by_language: dict[str, list[SentencePair]] = defaultdict(list)
    for pair in pairs:
        by_language[pair.language].append(pair)
    held: dict[str, list[SentencePair]] = {}
    for language, mine in sorted(by_language.items()):
        english = Counter(pair.english for pair in mine)
        foreign = Counter(pair.foreign for pair in mine)
        single = [p for p in mine if english[p.english] == foreign[p.foreign] == 1]
        if count > len(single) // 2:
            raise InputError(
                f"hold_out {count}: {language} has {len(single)} pairs whose sentences occur once; "
                f"hold out at most {len(single) // 2}"
            )
        held[language] = random.Random(seed).sample(single, count)
    hidden = {pair.english for mine in held.values() for pair in mine}
    return [pair for pair in pairs if pair.english not in hidden], held
