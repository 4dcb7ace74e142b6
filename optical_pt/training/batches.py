"""Batches of sentence pairs of similar length."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from sentence_transformers.base.sampler import DefaultBatchSampler


class LengthBucketSampler(DefaultBatchSampler):
    """Shuffle pairs, sort within windows of many batches by length, and shuffle the batches.

    Padding costs as much as real tokens; similar lengths in a batch halve the time of a step.
    An epoch's order depends on the seed and the epoch alone.
    """

    WINDOW = 50

    def __init__(self, dataset, batch_size, drop_last, generator=None, seed=0, **_):
        super().__init__(
            torch.utils.data.SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last
        )
        self.lengths = torch.tensor([len(text) for text in dataset["foreign"]])
        self.seed = seed

    def __iter__(self) -> Iterator[list[int]]:
        generator = torch.Generator().manual_seed(self.seed + self.epoch)
        order = torch.randperm(len(self.lengths), generator=generator)
        batches: list[list[int]] = []
        for window in order.split(self.batch_size * self.WINDOW):
            by_length = window[self.lengths[window].argsort(stable=True)]
            batches.extend(batch.tolist() for batch in by_length.split(self.batch_size))
        if self.drop_last:
            batches = [batch for batch in batches if len(batch) == self.batch_size]
        for position in torch.randperm(len(batches), generator=generator):
            yield batches[position]
