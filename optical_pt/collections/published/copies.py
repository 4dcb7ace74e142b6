"""Sums of what copies hold that are packed in another way than the published files.

``copies.sha256`` has the SHA-256 of each text in the copies that this package was written with, as
``sha256sum`` prints them: members of zip files, and gzipped files after decompression.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files as package_files

from optical_pt.collections.download import Files, PublishedFile
from optical_pt.errors import InputError


def verify_copy(files: Files, file: PublishedFile, contents: bytes, member: str = "") -> None:
    """Check the contents of a copy, if a sum of them is known and the files are to be verified.

    Args:
        files: Have found the file.
        file: As published; nothing is checked if it was found as published.
        contents: Of the copy, or of its member.
        member: Of a zip file.

    Raises:
        InputError: if the contents are others.
    """
    found = files.used[file.path]
    packed = next((path for path in file.repacked if found.as_posix().endswith(path)), None)
    if packed is None or not files.verify:
        return
    expected = _sums().get(f"{packed}/{member}" if member else packed)
    own = hashlib.sha256(contents).hexdigest()
    if expected is not None and own != expected:
        shown = f"{found}: {member}" if member else str(found)
        raise InputError(
            f"{shown}: SHA-256 {own}, but the copy that is known has {expected}; it is corrupted, "
            f"re-ordered or another version: get it anew from {file.url}"
        )


@lru_cache(maxsize=1)
def _sums() -> dict[str, str]:
    text = (package_files(__package__) / "copies.sha256").read_text(encoding="utf-8")
    return {name: digest for digest, name in (line.split("  ", 1) for line in text.splitlines())}
