"""What tells two document encoders apart."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.multi_vector_encoder.modules import BaseTokenPooling
    from torch import nn


def document_modules(encoder: MultiVectorEncoder) -> list[nn.Module]:
    """The modules that a document passes through, with a Router replaced by its document route."""
    return _route(encoder, "document")


def query_modules(encoder: MultiVectorEncoder) -> list[nn.Module]:
    """The modules that a query passes through, with a Router replaced by its query route."""
    return _route(encoder, "query")


def _route(encoder: MultiVectorEncoder, task: str) -> list[nn.Module]:
    from sentence_transformers.base.modules import Router

    modules: list[nn.Module] = []
    for module in encoder:
        modules.extend(module.sub_modules[task] if isinstance(module, Router) else [module])
    return modules


def document_fingerprint(encoder: MultiVectorEncoder) -> str:
    """Hash everything that decides a document's token embeddings: 16 hexadecimal digits.

    That is weights (an unused pooler aside), what modules do with them, tokenizer, lengths, masks,
    token pooling and the document prompt. A student released with its teacher as document side has
    its teacher's fingerprint.
    """
    import torch

    modules = document_modules(encoder)
    digest = hashlib.sha256()
    for position, module in enumerate(modules):
        for name, tensor in sorted(module.state_dict().items()):
            if ".pooler." in name or name.startswith("pooler."):
                continue
            digest.update(f"{position}.{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            # As bytes: numpy knows no bfloat16.
            flat = tensor.detach().cpu().contiguous().view(-1)
            digest.update(flat.view(torch.uint8).numpy().tobytes())
    digest.update(_settings(modules, encoder.prompts.get("document")).encode())
    return digest.hexdigest()[:16]


def _settings(modules: list[nn.Module], prompt: str | None) -> str:
    tokenizer = json.loads(modules[0].tokenizer.backend_tokenizer.to_str())
    # Truncation and padding only remember the last batch; the length is document_length.
    tokenizer.pop("truncation"), tokenizer.pop("padding")
    mask = next((module for module in modules if hasattr(module, "skiplist_words")), None)
    settings = {
        "tokenizer": tokenizer,
        "document_length": modules[0].document_length,
        "max_seq_length": modules[0].max_seq_length,
        "skiplist": mask.skiplist_words if mask is not None else None,
        "prompt": prompt or "",
    }
    if unusual := _unusual(modules):
        settings["modules"] = unusual
    return json.dumps(settings, sort_keys=True)


def pooling_modules(modules: Iterable[nn.Module]) -> list[BaseTokenPooling]:
    """The modules that merge similar tokens of a document, to store fewer."""
    from sentence_transformers.multi_vector_encoder.modules import BaseTokenPooling

    return [
        module
        for module in modules
        if isinstance(module, BaseTokenPooling) and module.applies_to("document")
    ]


def _unusual(modules: list[nn.Module]) -> list[str]:
    """How modules without weights differ from linear projections to vectors of length 1."""
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask
    from torch.nn import Identity

    found = [
        str(activation)
        for module in modules
        if (activation := getattr(module, "activation_function", None)) is not None
        and not isinstance(activation, Identity)
    ]
    if not any(type(module).__name__ == "Normalize" for module in modules):
        found.append("not normalized")
    for mask in (module for module in modules if isinstance(module, MultiVectorMask)):
        if mask.keep_only_token_ids:
            found.append(f"only tokens {sorted(mask.keep_only_token_ids)}")
        if mask.skiplist_words and "document" not in mask.skiplist_tasks:
            found.append("skiplist not of documents")
    for pooling in pooling_modules(modules):
        # Which other texts it pools does not matter; what is off is the same as what is not there.
        settings = {k: v for k, v in pooling.get_config_dict().items() if v and k != "tasks"}
        found.append(f"{type(pooling).__name__} {json.dumps(settings, sort_keys=True)}")
    return found
