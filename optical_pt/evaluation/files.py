"""Files that are either whole or not there."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import secrets
from pathlib import Path

from optical_pt.errors import InputError


def write_atomically(path: Path, data: bytes) -> None:
    """Write ``data`` to ``path``, whose folder is made if need be.

    The bytes go to a temporary name in the same folder, reach the disk, and only then take the
    final name: a reader, or a process that was killed, never leaves half a file that looks whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def gzip_bytes(data: bytes) -> bytes:
    """Compress, quickly since runs are long, with no time stamp: equal data give equal files."""
    return gzip.compress(data, compresslevel=1, mtime=0)


def sha256(data: bytes) -> str:
    """The SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def file_stem(name: str) -> str:
    """A file name for the name of a system or a language.

    Raises:
        InputError: if no letter or digit is left.

    >>> file_stem("NMT >> BM25 (top 100)")
    'nmt_bm25_top_100'
    """
    stem = re.sub(r"[^\w.+-]+", "_", name).strip("._").lower()
    if not stem:
        raise InputError(f"name {name!r} gives no file name: use at least one letter or digit")
    return stem
