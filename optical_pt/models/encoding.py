"""Texts to token embeddings, in batches of similar length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from optical_pt.models.fingerprint import document_modules, pooling_modules, query_modules
from optical_pt.models.precision import multiplies_bf16

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

CHARACTERS_PER_TOKEN = 4
CPU_BATCH_TOKENS, GPU_BATCH_TOKENS = 2048, 32768


def query_prompt(encoder: MultiVectorEncoder) -> str | None:
    """What ``encode_query`` puts before a query, such as a ColBERT's ``[Q] ``; None for nothing."""
    return encoder.prompts.get("query") or None


def encode_texts(
    encoder: MultiVectorEncoder,
    texts: Sequence[str],
    task: Literal["query", "document"],
    *,
    batch_tokens: int | None = None,
) -> list[np.ndarray]:
    """Encode texts in the order given.

    Documents run under bf16 autocast where the device has units for it (2-3 times faster on such
    CPUs, within rounding of the half precision that an index stores), unless the model pools their
    tokens, which works in numpy; queries, few and decisive, in full precision.

    Args:
        encoder: the model.
        texts: of queries or of documents.
        task: which side of the model encodes them.
        batch_tokens: about how many tokens a batch has, padding included; by default 2,048 on a
            CPU and 32,768 elsewhere.

    Returns:
        per text, a ``(tokens, dim)`` array: float32 for queries, float16 for documents.
    """
    import torch

    if batch_tokens is None:
        batch_tokens = CPU_BATCH_TOKENS if encoder.device.type == "cpu" else GPU_BATCH_TOKENS
    encode = encoder.encode_query if task == "query" else encoder.encode_document
    dtype = np.float32 if task == "query" else np.float16
    half = task == "document" and _documents_in_half_precision(encoder)
    embeddings: list[np.ndarray] = [np.empty(0)] * len(texts)
    for positions in _batches(texts, batch_tokens, _max_tokens(encoder, task)):
        batch = [texts[position] for position in positions]
        with torch.autocast(encoder.device.type, torch.bfloat16, enabled=half):
            encoded = encode(batch, batch_size=len(batch), show_progress_bar=False)
        for position, tokens in zip(positions, encoded, strict=True):
            embeddings[position] = tokens.float().cpu().numpy().astype(dtype)
    return embeddings


def _documents_in_half_precision(encoder: MultiVectorEncoder) -> bool:
    return multiplies_bf16(str(encoder.device)) and not pooling_modules(document_modules(encoder))


def _max_tokens(encoder: MultiVectorEncoder, task: str) -> int | None:
    """Length at which the model truncates, if it does."""
    if task == "query":
        transformer = query_modules(encoder)[0]
        return transformer.query_length or transformer.max_seq_length
    transformer = document_modules(encoder)[0]
    return transformer.document_length or transformer.max_seq_length


def _batches(
    texts: Sequence[str], batch_tokens: int, max_tokens: int | None
) -> Iterator[list[int]]:
    """Positions of texts, longest first, so that a batch holds little padding."""
    order = sorted(range(len(texts)), key=lambda position: (-len(texts[position]), position))
    start = 0
    while start < len(order):
        longest = max(1, len(texts[order[start]]) // CHARACTERS_PER_TOKEN)
        longest = min(longest, max_tokens or longest)
        size = max(1, batch_tokens // longest)
        yield order[start : start + min(size, 256)]
        start += min(size, 256)
