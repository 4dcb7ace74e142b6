"""What a model card says about how a model came to be."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

PACKAGES = ("optical-pt", "torch", "transformers", "sentence-transformers", "accelerate")


def provenance(
    command: str, argv: Sequence[str], hashes: Mapping[str, str], licences: str
) -> dict[str, Any]:
    """The command line, SHA-256 of the data by file, their licences, versions and the date."""
    return {
        "command": f"{command} {shlex.join(argv)}",
        "data_sha256": dict(hashes),
        "data_licences": licences,
        "versions": {name: version(name) for name in PACKAGES},
        "date": datetime.now(timezone.utc).date().isoformat(),
    }
