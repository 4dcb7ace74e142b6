"""A student: the teacher's query side with another vocabulary, and the teacher's documents."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from optical_pt.models.fingerprint import document_modules, query_modules

if TYPE_CHECKING:
    import torch
    from sentence_transformers import MultiVectorEncoder
    from torch import nn
    from transformers import PreTrainedTokenizerBase


def copy_query_side(
    teacher: MultiVectorEncoder,
    tokenizer: PreTrainedTokenizerBase | None = None,
    embeddings: torch.Tensor | None = None,
    *,
    share_body: bool = False,
) -> MultiVectorEncoder:
    """Copy a teacher's query side, perhaps with vocabulary entries added.

    Args:
        teacher: the late-interaction model to start from.
        tokenizer: the teacher's with entries added, see
            :func:`~optical_pt.models.tokenizer_extension.extend_tokenizer`.
        embeddings: ``(entries, hidden size)`` word embeddings of the new ones.
        share_body: use the teacher's own weights, word embeddings aside, rather than copies (for
            inference).

    Returns:
        a model of its own, in the teacher's precision and on its device.
    """
    import torch
    from sentence_transformers import MultiVectorEncoder

    modules = query_modules(teacher)
    words = modules[0].auto_model.get_input_embeddings().weight
    weights = [weight for module in modules for weight in module.parameters()]
    shared = [weight for weight in weights if weight is not words] if share_body else []
    memo = {id(weight): weight for weight in shared}
    transformer, *others = [copy.deepcopy(module, memo) for module in modules]
    # No token embedding passes through it; loading a directory makes a random one.
    transformer.auto_model.pooler = None
    if tokenizer is not None:
        transformer.processor = tokenizer
    if embeddings is not None and len(embeddings):
        body, size = transformer.auto_model, len(transformer.tokenizer)
        body.resize_token_embeddings(size, mean_resizing=False)
        with torch.no_grad():
            body.get_input_embeddings().weight[size - len(embeddings) :] = embeddings
    student = MultiVectorEncoder(
        modules=[transformer, *others], prompts=teacher.prompts, device=str(teacher.device)
    )
    if not share_body:
        student.requires_grad_(True)  # a loss may have frozen the teacher
    return student


def join_sides(student: MultiVectorEncoder, teacher: MultiVectorEncoder) -> MultiVectorEncoder:
    """Make one model whose queries are the student's and whose documents are the teacher's.

    This is the release format: ``encode_query`` and ``encode_document`` of sentence-transformers'
    ``Router.for_query_document``.
    """
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Router

    student_weights, student_rest = split_modules(query_modules(student))
    teacher_weights, _ = split_modules(document_modules(teacher))
    router = Router.for_query_document(
        query_modules=student_weights, document_modules=teacher_weights
    )
    joined = MultiVectorEncoder(
        modules=[router, *copy.deepcopy(student_rest)],
        prompts={**teacher.prompts, "query": student.prompts.get("query", "")},
        device=str(teacher.device),
    )
    resolve_skiplist(joined)
    return joined


def query_side(encoder: MultiVectorEncoder) -> MultiVectorEncoder:
    """The query side as a model of its own, which encodes documents of the same language, too.

    It shares the weights; documents have the document prompt, length and mask of ``encoder``.
    """
    from sentence_transformers import MultiVectorEncoder

    weights, rest = split_modules(query_modules(encoder))
    # The mask is copied, since its skiplist will be of another tokenizer's ids.
    alone = MultiVectorEncoder(
        modules=[*weights, *copy.deepcopy(rest)],
        prompts=encoder.prompts,
        device=str(encoder.device),
    )
    resolve_skiplist(alone)
    return alone


def resolve_skiplist(encoder: MultiVectorEncoder) -> None:
    """Give document masks the document tokenizer's ids (a Router offers the query's tokenizer)."""
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    modules = document_modules(encoder)
    for module in modules:
        if isinstance(module, MultiVectorMask):
            module.resolve_with_tokenizer(modules[0].tokenizer)


def split_modules(modules: list[nn.Module]) -> tuple[list[nn.Module], list[nn.Module]]:
    """Modules up to the last that has weights, and those after it (mask, normalisation)."""
    last = max(i for i, module in enumerate(modules) if any(True for _ in module.parameters()))
    return modules[: last + 1], modules[last + 1 :]
