"""Open a model by name, and refuse what would not be one."""

from __future__ import annotations

import json
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optical_pt.errors import InputError
from optical_pt.models.fingerprint import document_modules, query_modules
from optical_pt.models.minilm import MINILM, load_minilm
from optical_pt.models.student import resolve_skiplist
from optical_pt.quiet import quiet_transformers

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

    from optical_pt.models.late_interaction import LateInteraction


def load_encoder(
    name_or_path: str,
    *,
    revision: str | None = None,
    device: str | None = None,
    teacher: LateInteraction | None = None,
) -> MultiVectorEncoder:
    """Load a late-interaction model for inference.

    sentence-transformers opens any encoder as a ``MultiVectorEncoder`` and gives it a random
    projection; this function does not.

    Raises:
        InputError: if there is no such model, it is not a late-interaction model or is broken, or
            there is no such device.
    """
    from optical_pt.models.vocabulary_student import load_vocabulary_student

    require_device(device)
    if name_or_path == MINILM:
        return load_minilm(device)
    if folder := _vocabulary_student(name_or_path, revision):
        return load_vocabulary_student(folder, device=device, teacher=teacher)
    _require_late_interaction(name_or_path, revision)
    from safetensors import SafetensorError
    from sentence_transformers import MultiVectorEncoder

    try:
        with quiet_transformers():
            encoder = MultiVectorEncoder(name_or_path, revision=revision, device=device)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().split("\n")[0]
        raise InputError(
            f"{name_or_path}: broken or not whole ({type(error).__name__}: {reason}); fetch or "
            "make the model anew"
        ) from error
    _drop_poolers(encoder)
    resolve_skiplist(encoder)
    return encoder


def _vocabulary_student(name_or_path: str, revision: str | None) -> Path | None:
    """The folder of a vocabulary student, from the hub if need be; None for other models."""
    from optical_pt.models.vocabulary_student import FILES, is_vocabulary_student

    if Path(name_or_path).is_dir() or _looks_like_a_path(name_or_path):
        return Path(name_or_path) if is_vocabulary_student(name_or_path) else None
    # One after the other: other models have none of these files, nor need be asked for all.
    found = list(takewhile(bool, (_fetch(name_or_path, file, revision) for file in FILES)))
    return Path(found[0]).parent if len(found) == len(FILES) else None


def _drop_poolers(encoder: MultiVectorEncoder) -> None:
    """A pooler has no part in token embeddings; one that a directory lacks comes out random."""
    for module in {*query_modules(encoder)[:1], *document_modules(encoder)[:1]}:
        if getattr(module.auto_model, "pooler", None) is not None:
            module.auto_model.pooler = None


def require_device(device: str | None) -> None:
    """Raise :class:`InputError` unless torch can use the device here."""
    import torch

    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError):
        raise InputError(f"device {device!r}: not one that torch has here; use 'cpu'") from None


def _require_late_interaction(name_or_path: str, revision: str | None) -> None:
    modules = _read_json(name_or_path, "modules.json", revision)
    config = _read_json(name_or_path, "config.json", revision)
    if modules:
        settings = _read_json(name_or_path, "config_sentence_transformers.json", revision)
        # Early PyLate checkpoints name no model type, yet their projection is PyLate's.
        if settings.get("model_type") in ("MultiVectorEncoder", "ColBERT") or any(
            module.get("type", "").startswith("pylate.") for module in modules
        ):
            return
    elif config:
        architectures = config.get("architectures") or []
        if any(name == "HF_ColBERT" or name.endswith("ForRetrieval") for name in architectures):
            return
    else:
        raise InputError(
            f"{name_or_path}: no model there; give a directory or hub name of a late-interaction "
            "model, or 'minilm'"
        )
    raise InputError(
        f"{name_or_path}: not a late-interaction model (it has no token projection); give a "
        "MultiVectorEncoder, PyLate or Stanford ColBERT checkpoint, or 'minilm'"
    )


def _read_json(name_or_path: str, file: str, revision: str | None) -> Any:
    if Path(name_or_path).is_dir():
        path = Path(name_or_path) / file
    elif _looks_like_a_path(name_or_path):
        raise InputError(
            f"{name_or_path}: no such model directory; to take a model of the hub whose owner has "
            "the name of a folder here, load it from another folder"
        )
    else:
        found = _fetch(name_or_path, file, revision)
        if found is None:
            return {}
        path = Path(found)
    if not path.is_file():
        return {}
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error}); fetch the model anew") from None


def _looks_like_a_path(name: str) -> bool:
    """Whether a name that is no folder means one: "students/hq" beside a folder "students" does."""
    owner, slash, _ = name.partition("/")
    return (
        name.startswith((".", "/", "~"))
        or name.count("/") > 1
        or bool(slash and Path(owner).is_dir())
    )


def _fetch(name: str, file: str, revision: str | None) -> str | None:
    from sentence_transformers.util import load_file_path

    try:
        return load_file_path(name, file, revision=revision)
    except (OSError, ValueError) as error:
        raise InputError(
            f"{name}: not a directory, and the hub did not give it ({type(error).__name__})"
        ) from None
