"""A discriminator of languages that the student confuses."""

from __future__ import annotations

from dataclasses import replace

import torch
from token_batches import discriminator, random_batch

from optical_pt.training.losses import LanguageConfusion

torch.set_num_threads(1)


def test_the_discriminator_learns_and_the_student_unlearns():
    batch = random_batch(0, [(3, 3), (3, 3)], languages=torch.tensor([0, 1]))
    student = batch.student.clone().requires_grad_()
    term = LanguageConfusion(discriminator())
    before = term(replace(batch, student=student))
    before.backward()
    with torch.no_grad():
        confused = replace(batch, student=student - 0.1 * student.grad)
        assert term(confused) > before
        for weight in term.parameters():
            weight -= 0.1 * weight.grad
        assert term(batch) < before
