"""Published files: found in a local folder or the cache, else downloaded, whole or not at all.

The folders are searched in this order, each laid out by :attr:`PublishedFile.path`:

1. the ``folder`` that a caller names (nothing is downloaded then),
2. the folder that the environment variable ``OPTICAL_PT_DATA`` names,
3. the cache: ``$OPTICAL_PT_HOME/data``, by default ``~/.cache/optical_pt/data``.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
import tempfile
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from optical_pt.errors import InputError

_CHUNK = 1 << 20
# Of writing; others come from the network.
_DISK_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class PublishedFile:
    """A file as its publisher offers it.

    Attributes:
        path: relative path in a local folder and in the cache, with forward slashes.
        url: where the publisher offers it (http or https).
        size: in bytes, or None where it is not known for certain.
        sha256: of the published file itself, or None where it is not known for certain.
        repacked: relative paths at which a local folder may hold the same contents packed in
            another way. What they hold is verified when it is read, where a sum is known
            (:mod:`optical_pt.collections.published.copies`).
    """

    path: str
    url: str
    size: int | None = None
    sha256: str | None = None
    repacked: tuple[str, ...] = ()


def cache_folder() -> Path:
    """Folder that downloads go to: ``$OPTICAL_PT_HOME/data`` or ``~/.cache/optical_pt/data``."""
    home = os.environ.get("OPTICAL_PT_HOME")
    return (Path(home) if home else Path.home() / ".cache" / "optical_pt") / "data"


class Files:
    """Finds published files, and remembers which were used.

    Args:
        folder: take the files from here and download nothing; None searches ``OPTICAL_PT_DATA``
            and the cache, and downloads to the cache what neither has.
        verify: compare each file's size and SHA-256 with the published ones, where they are
            known. Turn it off to read files that were changed on purpose.
    """

    def __init__(self, folder: str | Path | None = None, *, verify: bool = True) -> None:
        self.folder = None if folder is None else Path(folder)
        self.verify = verify
        self.used: dict[str, Path] = {}

    def path(self, file: PublishedFile) -> Path:
        """Path of a file, which is downloaded first if need be.

        Raises:
            InputError: if the file is not where it must be, cannot be downloaded, or is not the
                published one.
        """
        found = self._find(file)
        if found is None and self.folder is not None:
            raise InputError(
                f"{self.folder / file.path}: no such file; get it from {file.url} and put it "
                "there, or name no folder to have it downloaded"
            )
        if found is None:
            found = download(file, cache_folder() / file.path)
        elif self.verify and file.path not in self.used and not _is_repacked(file, found):
            verify_file(found, file)
        self.used[file.path] = found
        return found

    def _find(self, file: PublishedFile) -> Path | None:
        named = os.environ.get("OPTICAL_PT_DATA")
        folder = self.folder or (Path(named) if named else None)
        if folder is not None:
            for relative in (file.path, *file.repacked):
                if (folder / relative).is_file():
                    return folder / relative
        cached = cache_folder() / file.path
        return cached if self.folder is None and cached.is_file() else None


def download(file: PublishedFile, target: Path, *, progress: bool | None = None) -> Path:
    """Download a file to ``target``: it appears there verified and whole, or not at all.

    An interrupted download leaves nothing behind, and the next one starts anew.

    Args:
        file: what to download.
        target: where to; its folder is made if need be.
        progress: show a bar; None shows it on a terminal only.

    Raises:
        InputError: if the network or the publisher fails, or what arrives is not of the published
            size and SHA-256. The message says where the file can be put by hand.
    """
    if urllib.parse.urlsplit(file.url).scheme not in ("http", "https"):
        raise InputError(f"{file.url}: not an http or https address; files come from the web only")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise _cannot_write(target, error) from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as output:
            try:
                _stream(file, output, progress)
            except (OSError, http.client.HTTPException) as error:
                if getattr(error, "errno", None) in _DISK_ERRORS:
                    raise _cannot_write(target, error) from None
                raise InputError(
                    f"{file.url}: cannot download ({' '.join(str(error).split())}); check the "
                    f"network, or get the file elsewhere and put it at {target}, or at "
                    f"{file.path} in the folder that OPTICAL_PT_DATA names"
                ) from error
        verify_file(unfinished, file, shown=file.url)
        unfinished.chmod(0o644)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target


def _cannot_write(target: Path, error: OSError) -> InputError:
    return InputError(
        f"{target}: cannot be written ({error.strerror or error}); make room, name another folder "
        "by OPTICAL_PT_HOME, or put the published files into one that OPTICAL_PT_DATA names"
    )


def verify_file(path: Path, file: PublishedFile, *, shown: str | None = None) -> None:
    """Check a file against the published size and SHA-256, where these are known.

    Raises:
        InputError: if it differs. ``shown`` names it in the message instead of its path.
    """
    shown = shown or str(path)
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        raise InputError(
            f"{shown}: {size} bytes, but the published file has {file.size}; it is truncated or "
            f"another version: get it anew from {file.url}"
        )
    if file.sha256 is None:
        return
    found = hash_file(path)
    if found != file.sha256:
        raise InputError(
            f"{shown}: SHA-256 {found}, but the published file has {file.sha256}; it is "
            f"corrupted, re-ordered or another version: get it anew from {file.url}"
        )


def hash_file(path: Path) -> str:
    """SHA-256 of a file's contents."""
    digest = hashlib.sha256()
    with open(path, "rb") as contents:
        while chunk := contents.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _stream(file: PublishedFile, output: object, progress: bool | None) -> None:
    import pyterrier as pt

    request = urllib.request.Request(file.url, headers={"User-Agent": "optical-pt"})
    with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
        announced = answer.headers.get("Content-Length")
        total = int(announced) if announced and announced.isdigit() else None
        received = 0
        with pt.tqdm(
            total=total or file.size,
            desc=file.path,
            unit="B",
            unit_scale=True,
            disable=None if progress is None else not progress,
        ) as bar:
            while chunk := answer.read(_CHUNK):
                output.write(chunk)
                received += len(chunk)
                bar.update(len(chunk))
    # http.client ends a body that was cut off without an error when it is read in chunks.
    if total is not None and received != total:
        raise http.client.IncompleteRead(b"", total - received)


def _is_repacked(file: PublishedFile, found: Path) -> bool:
    return any(f"/{found.as_posix()}".endswith(f"/{relative}") for relative in file.repacked)
