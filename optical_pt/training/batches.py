"""Batches of sentence pairs of similar length, languages drawn by temperature."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch
from sentence_transformers.base.sampler import DefaultBatchSampler
from torch import Tensor


class LengthBucketSampler(DefaultBatchSampler):
    """Shuffle pairs, sort within windows of many batches by length, and shuffle the batches.

    Padding costs as much as real tokens; similar lengths in a batch halve the time of a step.
    An epoch's order depends on the seed and the epoch alone.

    Args:
        temperature: an epoch draws as many pairs as there are, of a language with n pairs in
            proportion to n^(1/temperature); at 1 every pair once. A language that gets more than
            it has repeats all of its pairs before any comes a third time.
        processes: of data parallelism; batches that cannot be shared out equally are left out.
    """

    WINDOW = 50

    def __init__(
        self,
        dataset: Any,
        batch_size: int,
        drop_last: bool,
        generator: torch.Generator | None = None,
        seed: int = 0,
        *,
        temperature: float = 1.0,
        processes: int = 1,
        **_: Any,
    ):
        super().__init__(
            torch.utils.data.SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last
        )
        self.lengths = torch.tensor([len(text) for text in dataset["foreign"][:]])
        self.languages = torch.tensor(dataset["language"][:])
        self.shares = shares(self.languages.bincount(), temperature)
        self.seed = seed
        self.processes = processes

    def __len__(self) -> int:
        return super().__len__() // self.processes * self.processes

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        order = self._draw(generator)
        batches: list[list[int]] = []
        for window in order.split(self.batch_size * self.WINDOW):
            by_length = window[self.lengths[window].argsort(stable=True)]
            batches.extend(batch.tolist() for batch in by_length.split(self.batch_size))
        if self.drop_last:
            batches = [batch for batch in batches if len(batch) == self.batch_size]
        for position in torch.randperm(len(batches), generator=generator)[: len(self)]:
            yield batches[position]

    def _draw(self, generator: torch.Generator) -> Tensor:
        """Positions of an epoch's pairs, shuffled."""
        order = torch.randperm(len(self.lengths), generator=generator)
        if torch.equal(self.shares, self.languages.bincount()):
            return order
        drawn = []
        for language, share in enumerate(self.shares.tolist()):
            mine = order[self.languages[order] == language]
            while share > 0:
                drawn.append(mine[:share])
                share -= len(drawn[-1])
                mine = mine[torch.randperm(len(mine), generator=generator)]
        drawn = torch.cat(drawn)
        return drawn[torch.randperm(len(drawn), generator=generator)]


def shares(counts: Tensor, temperature: float) -> Tensor:
    """Divide as many draws as there are pairs among languages, in proportion to n^(1/temperature).

    Args:
        counts: ``(languages,)`` pairs of each, positive.
        temperature: at least 1; infinity makes languages equal.

    Returns:
        ``(languages,)`` whole numbers with the same sum, by largest remainders.

    >>> shares(torch.tensor([100, 4]), 1.0), shares(torch.tensor([100, 4]), 2.0)
    (tensor([100,   4]), tensor([87, 17]))
    """
    if temperature == 1:
        return counts
    wanted = counts.double() ** (1 / temperature)
    wanted = wanted / wanted.sum() * counts.sum()
    whole = wanted.floor().long()
    missing = int(counts.sum() - whole.sum())
    whole[(wanted - whole).argsort(descending=True, stable=True)[:missing]] += 1
    return whole


def length_bucket_sampler(temperature: float, processes: int = 1) -> partial[LengthBucketSampler]:
    """The sampler with its options, for the trainer's ``batch_sampler``."""
    return partial(LengthBucketSampler, temperature=temperature, processes=processes)
