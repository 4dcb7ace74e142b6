"""What decides a teacher's embeddings of sentences."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from optical_pt.models.fingerprint import query_modules

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder


def teacher_fingerprint(
    teacher: MultiVectorEncoder, sentences: Sequence[str], *, max_length: int, bf16: bool
) -> str:
    """Hash a teacher's query side, how it is run, and the sentences: 16 hexadecimal digits.

    Args:
        teacher: weights, tokenizer, settings of its modules, the query prompt, the device.
        sentences: in their order.
        max_length: tokens of a sentence that are read.
        bf16: whether the teacher runs under bf16 autocast.
    """
    tokenizer = json.loads(query_modules(teacher)[0].tokenizer.backend_tokenizer.to_str())
    tokenizer.pop("truncation"), tokenizer.pop("padding")  # only remember the last batch
    modules = query_modules(teacher)
    settings = {
        "tokenizer": tokenizer,
        "modules": [[type(m).__name__, m.get_config_dict()] for m in modules],
        "prompt": teacher.prompts.get("query"),
        "max_length": max_length,
        "bf16": bf16,
        "device": teacher.device.type,
        "torch": torch.__version__,
    }
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    for module in modules:
        for name, tensor in sorted(module.state_dict().items()):
            digest.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode())
            flat = tensor.detach().cpu().contiguous().view(-1)
            digest.update(flat.view(torch.uint8).numpy().tobytes())
    for sentence in sentences:
        digest.update(sentence.encode() + b"\n")
    return digest.hexdigest()[:16]
