"""Published collections in the data folder of a study, or downloaded."""

from __future__ import annotations

from pathlib import Path


def published_folder(data: Path, collection: str) -> Path | None:
    """Where to take a collection's published files from.

    Args:
        data: Of the study.
        collection: The first part of its name, as that of its folder: ``"xquad-r"``.

    Returns:
        The data folder; or None, for which they are downloaded to the cache, if it has none of the
        collection. A folder that lacks one of several files is not filled up: they might be of two
        releases.
    """
    return data if (data / collection).is_dir() else None
