"""Greedy alignment of tokens."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from token_batches import RAGGED, random_batch

from optical_pt.ot import cosine_cost
from optical_pt.training.losses.greedy import greedy_match

torch.set_num_threads(1)


def test_greedy_matching_is_one_to_one_and_then_the_best():
    cost = torch.tensor([[[0.1, 0.2], [0.0, 0.3], [0.9, 0.8]]])
    real = torch.ones(1, 3, dtype=torch.bool), torch.ones(1, 2, dtype=torch.bool)
    # Row 1 takes column 0, row 0 is left with column 1, row 2 with none: its best is column 1.
    assert greedy_match(cost, *real).tolist() == [[1, 0, 1]]


@settings(max_examples=12)
@given(lengths=RAGGED, seed=st.integers(0, 99))
def test_greedy_matching_against_a_plain_loop(lengths, seed):
    batch = random_batch(seed, lengths, extra=1)
    cost = cosine_cost(batch.student, batch.teacher)
    match = greedy_match(cost, batch.student_mask, batch.teacher_mask)
    for row, (m, n) in enumerate(lengths):
        table = {(i, j): cost[row, i, j].item() for i in range(m) for j in range(n)}
        expected = {i: min(range(n), key=lambda j, i=i: table[i, j]) for i in range(m)}
        left = sorted(table, key=table.get)
        while left:
            i, j = left[0]
            expected[i] = j
            left = [(a, b) for a, b in left if a != i and b != j]
        assert match[row, :m].tolist() == [expected[i] for i in range(m)]
