"""Finding a translation model's files, and a fingerprint of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from optical_pt.errors import InputError

# What a model is read from: never pickled weights, never code.
_USED = ("*.json", "*.safetensors", "*.model", "*.spm", "*.txt")


def find_model(model: str, revision: str | None) -> tuple[Path, str]:
    """The folder of a model and what identifies its content.

    Args:
        model: a local folder or a name on the Hugging Face hub (fetched if it is not there yet).
        revision: hub branch, tag or commit; None: the main branch.

    Returns:
        The folder, and ``sha256:...`` over the names and contents of its files for a local folder
        or ``name@commit`` for a hub model.

    Raises:
        InputError: if there is no such model, or it has no configuration or safetensors weights.
    """
    if Path(model).is_dir():
        if revision is not None:
            raise InputError(f"{model}: a local model has no revision {revision!r}; leave it out")
        folder = Path(model)
        _check(folder, model)
        return folder, fingerprint(folder)
    folder = _fetch(model, revision)
    _check(folder, model)
    return folder, f"{model}@{folder.name}"


def fingerprint(folder: Path) -> str:
    """``sha256:...`` over names and contents of the files that a model is read from."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in _USED for path in folder.glob(pattern)}):
        digest.update(f"{path.name} {path.stat().st_size}\n".encode())
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return f"sha256:{digest.hexdigest()}"


def _fetch(model: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(model, revision=revision, allow_patterns=list(_USED)))
    except HFValidationError:
        raise InputError(
            f"{model}: no such model folder; give a local folder or a hub name such as "
            "'facebook/nllb-200-distilled-600M'"
        ) from None
    except LocalEntryNotFoundError:
        raise InputError(
            f"{model}: not a local folder, not in the Hugging Face cache, and the hub cannot be "
            "reached; go online or give a local folder"
        ) from None
    except HfHubHTTPError as error:
        reason = str(error).split("\n")[0]
        raise InputError(
            f"{model}: the Hugging Face hub has no such model for you ({reason}); check the name, "
            "the revision and your login"
        ) from None


def _check(folder: Path, model: str) -> None:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"{model}: no config.json; give the folder of a transformers seq2seq model"
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(f"{folder / 'config.json'}: not JSON ({error}); fetch it anew") from None
    if not config.get("is_encoder_decoder"):
        raise InputError(
            f"{model}: a {config.get('model_type', 'nameless')!r} model is not a seq2seq "
            "translation model; give a Marian, NLLB, M2M100 or mBART-50 model"
        )
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"{model}: no safetensors weights; save the model once with save_pretrained (on the "
            "hub, try revision='refs/pr/1', where the conversion often waits)"
        )
