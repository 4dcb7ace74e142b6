"""Folders that tests of collections write."""

from __future__ import annotations

from pathlib import Path

import pytest

FILES = {
    "docs.tsv": (
        "d1\tLions\tLions live in prides.\nd2\tTigers\tTigers live alone.\nd3\t\tBees fly.\n"
    ),
    "queries/cats.sw.tsv": "q1\tsimba huishi wapi\nq2\tchui huishi wapi\nq3\tnani huruka\n",
    "queries/cats.ha.tsv": "q1\tina zaki yake zama\nq2\tina damisa take zama\n",
    "queries/cats.en.tsv": "q1\twhere do lions live\nq2\twhere do tigers live\nq3\twho flies\n",
    "queries/own-dev.sw.tsv": "s1\tnyuki hufanya nini\n",
    "queries/own-dev.sw.en.tsv": "s1\twhat do bees do\n",
    "qrels/cats.qrels": "q1 0 d1 2\nq1 0 d2 0\nq2 0 d2 1\n",
    "qrels/own-dev.sw.qrels": "s1 0 d3 1\n",
}


def write_folder(folder: Path, changes: dict[str, str | bytes | None] | None = None) -> Path:
    """Write the small collection with some files changed, added, or (None) left out."""
    for name, contents in {**FILES, **(changes or {})}.items():
        if contents is None:
            continue
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
    return folder


def one_line(raised: pytest.ExceptionInfo[BaseException]) -> str:
    """The message of an error, after checking that it is one line."""
    message = str(raised.value)
    assert message
    assert "\n" not in message
    return message
