"""A model that is a teacher with a narrower output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from optical_pt.errors import InputError
from optical_pt.models.encoding import encode_texts
from optical_pt.models.fingerprint import document_modules, query_modules
from optical_pt.models.student import copy_query_side, split_modules

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

PASSAGES = 512


def copy_teacher(
    teacher: MultiVectorEncoder, passages: Sequence[str], dim: int | None
) -> MultiVectorEncoder:
    """Copy a teacher, with a projection to ``dim`` if there is one to learn.

    The projection starts as the eigenvectors of the second moments of the token embeddings of some
    passages: of all linear maps to that width, dot products of tokens change least under it.

    Raises:
        InputError: if queries and documents have different encoders, or the teacher has a
            projection already, or is not wider than ``dim``.
    """
    modules = query_modules(teacher)
    if [id(module) for module in modules] != [id(m) for m in document_modules(teacher)]:
        raise InputError("the teacher encodes queries and documents by different models; tune one "
                         "that does both alike")  # fmt: skip
    copied = copy_query_side(teacher).float()  # to train in, whatever the teacher is kept in
    if dim is None:
        return copied
    weighted, others = split_modules(query_modules(copied))
    width = teacher.get_embedding_dimension()
    if len(weighted) > 1:
        raise InputError(f"dim {dim}: the teacher projects to {width} already; leave dim out")
    if dim >= width:
        raise InputError(f"dim {dim}: the teacher's width is {width}; choose less")
    return _join(weighted, _projection(teacher, passages, dim), others, teacher)


def _projection(teacher: MultiVectorEncoder, passages: Sequence[str], dim: int) -> torch.Tensor:
    """``(dim, width)`` orthonormal rows."""
    tokens = np.concatenate(encode_texts(teacher, passages[:PASSAGES], "document"))
    tokens = tokens.astype(np.float64)
    _, vectors = np.linalg.eigh(tokens.T @ tokens)
    return torch.from_numpy(vectors[:, ::-1][:, :dim].T.copy()).float()


def _join(
    weighted: list, weight: torch.Tensor, others: list, teacher: MultiVectorEncoder
) -> MultiVectorEncoder:
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Dense

    projection = Dense(
        weight.shape[1],
        weight.shape[0],
        bias=False,
        activation_function=None,
        init_weight=weight,
        module_input_name="token_embeddings",
    )
    return MultiVectorEncoder(
        modules=[*weighted, projection, *others],
        prompts=teacher.prompts,
        device=str(teacher.device),
    )
