"""Members of zip and tar files and lines of text files, read without unpacking anything to disk."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
import zlib
from pathlib import Path

from optical_pt.errors import InputError

_LARGEST_MEMBER = 1 << 30


def zip_member(path: Path, member: str) -> bytes:
    """Contents of one member of a zip file, by its exact name.

    Raises:
        InputError: if the file is broken, lacks the member, or the member would unpack to more
            than 1 GiB.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_large(archive.getinfo(member).file_size, f"{path}: {member}")
            return archive.read(member)
    except KeyError:
        raise InputError(f"{path}: no member {member!r}; get the published file anew") from None
    except (zipfile.BadZipFile, EOFError, OSError, zlib.error) as error:
        raise _broken(f"{path}: {member}", error) from None


def zip_members(path: Path) -> tuple[str, ...]:
    """Names of the members of a zip file.

    Raises:
        InputError: if the file is not a readable zip file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(archive.namelist())
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise _broken(str(path), error) from None


def tar_members(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Contents of regular members of a (compressed) tar file, by name, in one pass.

    A leading ``./`` of a member's name is ignored.

    Raises:
        InputError: if the file is broken, lacks one of them, or one is larger than 1 GiB.
    """
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(path) as archive:
            for info in archive:
                name = info.name.removeprefix("./")
                if name not in wanted or not info.isreg():
                    continue
                _refuse_large(info.size, f"{path}: {name}")
                contents = archive.extractfile(info)
                found[name] = contents.read() if contents else b""
                if len(found) == len(set(wanted)):
                    break
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise _broken(str(path), error) from None
    for name in wanted:
        if name not in found:
            raise InputError(f"{path}: no member {name!r}; get the published file anew")
    return found


def read_bytes(path: Path) -> bytes:
    """Contents of a file, decompressed if its name ends in ``.gz``.

    Raises:
        InputError: if it cannot be read, or is a broken gzip file.
    """
    try:
        return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(str(path), error) from None


def decode(contents: bytes, where: str) -> str:
    """UTF-8 text, without a byte order mark.

    Raises:
        InputError: naming the line of the first byte that is not UTF-8.
    """
    try:
        return contents.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = contents.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{where}:{line}: not UTF-8 ({error.reason}); get the published file anew"
        ) from None


def text_lines(contents: bytes, where: str, *, ended: bool = True) -> list[str]:
    r"""Lines of a UTF-8 text, split at \\n only, without their ends.

    Args:
        contents: of the text.
        where: the text's name, for messages.
        ended: the last line must have an end, for else the text was cut off.

    Raises:
        InputError: if the text is not UTF-8, or is cut off.
    """
    lines = decode(contents, where).split("\n")
    if lines[-1] and ended:
        raise InputError(
            f"{where}:{len(lines)}: the last line does not end; the file is truncated: get it anew"
        )
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]


def _refuse_large(size: int, where: str) -> None:
    if size > _LARGEST_MEMBER:
        raise InputError(f"{where}: unpacks to {size} bytes; this is not the published file")


def _broken(where: str, error: Exception) -> InputError:
    return InputError(f"{where}: cannot read it ({error}); get the published file anew")
