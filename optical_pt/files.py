"""Files and folders that are whole or absent."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from optical_pt.errors import InputError


@contextmanager
def write_directory(directory: str | Path) -> Iterator[Path]:
    """Give a temporary folder beside ``directory`` that takes its name when the block succeeds.

    Raises:
        InputError: if ``directory`` exists, or comes to exist, and is not an empty folder.
    """
    directory = Path(directory)
    refuse_existing(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    unfinished.chmod(0o755)
    try:
        yield unfinished
        refuse_existing(directory)
        os.replace(unfinished, directory)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def refuse_existing(directory: Path) -> None:
    """Raise :class:`InputError` unless ``directory`` is absent or an empty folder."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise InputError(f"{directory}: exists already; name another folder or delete it")


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a file, whole or not at all; its folder is made if need be.

    The bytes go to a temporary name in the same folder, reach the disk, and only then take the
    final name: a reader, or a process that was killed, never leaves half a file that looks whole.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with open(unfinished, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a UTF-8 text file, whole or not at all."""
    write_bytes(path, text.encode())


def gzip_bytes(data: bytes) -> bytes:
    """Compress, quickly since runs are long, with no time stamp: equal data give equal files."""
    return gzip.compress(data, compresslevel=1, mtime=0)


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


def hash_bytes(data: bytes) -> str:
    """The SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_path(path: str | Path) -> str:
    """SHA-256 of a file, or of the names and contents of all files below a folder.

    Hidden files (caches of a hub or an editor) are left out.

    Raises:
        InputError: if there is nothing at ``path``.
    """
    path = Path(path)
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    digest = hashlib.sha256()
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    for file in files:
        name = file.relative_to(path).as_posix()
        if not any(part.startswith(".") and part != "." for part in name.split("/")):
            digest.update(f"{name}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()
