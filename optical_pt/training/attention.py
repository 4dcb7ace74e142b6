"""Attention that a CPU trains fast with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from optical_pt.models.fingerprint import query_modules

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.training.settings import TrainingSettings
    from optical_pt.training.teacher.settings import TeacherSettings


@contextmanager
def plain_attention(
    student: MultiVectorEncoder, settings: TrainingSettings | TeacherSettings
) -> Iterator[None]:
    """Within the block a model in bf16 on a CPU computes attention step by step.

    There the backward pass of torch's fused attention takes longer than all the rest: a step of 32
    pairs by MiniLM, 1 thread, takes 1.10 s with it and 0.55 s without.
    """
    body = query_modules(student)[0].auto_model
    before = body.config._attn_implementation
    plain = settings.bf16 and student.device.type == "cpu"
    body.set_attn_implementation("eager" if plain else before)
    try:
        yield
    finally:
        body.set_attn_implementation(before)
