"""A cache of translations on disk."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from optical_pt.errors import InputError

# In the header of the SQLite file: says that it is ours and which layout it has.
_LAYOUT = 0x0C11
_BUSY_SECONDS = 60
_KEYS_PER_SELECT = 500


class TranslationCache:
    """Translations in one SQLite file, found again by how they were made and by their text.

    ``how`` is one string that names all that decides the translation besides the text: model and
    revision (or hash of a local model's files), languages, decoding options. Translators build it;
    two different ones never share a translation. Nothing expires: delete the file to start anew.

    Several processes may read and write the same file at once (write-ahead log, writers wait up
    to a minute for one another), on a local disk: SQLite's locks do not work on most network file
    systems. The file is made at the first use.

    Args:
        path: of the SQLite file. Missing parent folders are made.

    Raises:
        InputError: on use, if the file cannot be read as a translation cache.

    >>> import tempfile
    >>> cache = TranslationCache(tempfile.mkdtemp() + "/cache.sqlite")
    >>> cache.put("model ha-en", {"ruwa": "water"})
    >>> cache.get("model ha-en", ["ruwa", "wuta"])
    {'ruwa': 'water'}
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def get(self, how: str, texts: Iterable[str]) -> dict[str, str]:
        """The known translations among those of ``texts``, as text: translation."""
        wanted = list(texts)
        found: dict[str, str] = {}
        with self._connection() as connection:
            for start in range(0, len(wanted), _KEYS_PER_SELECT):
                keys = wanted[start : start + _KEYS_PER_SELECT]
                marks = ",".join("?" * len(keys))
                found.update(
                    connection.execute(
                        "SELECT text, translation FROM translation "
                        f"WHERE how = ? AND text IN ({marks})",
                        [how, *keys],
                    )
                )
        return found

    def put(self, how: str, translations: Mapping[str, str]) -> None:
        """Store translations (text: translation); the last writer of a text wins."""
        rows = [(how, text, translation) for text, translation in translations.items()]
        # "BEGIN IMMEDIATE" waits for the write lock at once; a read lock that is upgraded later
        # would fail without waiting if another process had written in between.
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO translation VALUES (?, ?, ?)", rows)
            connection.execute("COMMIT")

    def __len__(self) -> int:
        with self._connection() as connection:
            return connection.execute("SELECT count(*) FROM translation").fetchone()[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TranslationCache) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def __repr__(self) -> str:
        return f"TranslationCache({str(self.path)!r})"

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        # One connection per operation: nothing to close, nothing shared over forks or threads.
        try:
            if not self.path.exists():
                _create(self.path)
            with closing(_connect(self.path)) as connection:
                (layout,) = connection.execute("PRAGMA user_version").fetchone()
                if layout != _LAYOUT:
                    raise InputError(
                        f"{self.path}: not a translation cache of this version; delete it or "
                        "give another path"
                    )
                yield connection
        except sqlite3.OperationalError as error:
            raise InputError(
                f"{self.path}: cannot use the translation cache ({error}); check that the folder "
                "can be written and that no other process holds the file"
            ) from None
        except sqlite3.DatabaseError as error:
            raise InputError(
                f"{self.path}: broken translation cache ({error}); delete it"
            ) from None
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot use the translation cache ({error.strerror}); give a path "
                "that can be written"
            ) from None


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None)


def _create(path: Path) -> None:
    """Make an empty cache beside ``path`` and link it there, unless another process was first.

    Switching a file to the write-ahead log does not wait for other processes, so it is done
    before any of them can see the file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        draft = Path(folder) / path.name
        with closing(_connect(draft)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(
                "CREATE TABLE translation (how TEXT, text TEXT, translation TEXT NOT NULL, "
                "PRIMARY KEY (how, text)) WITHOUT ROWID"
            )
            connection.execute(f"PRAGMA user_version={_LAYOUT}")
        with suppress(FileExistsError):
            os.link(draft, path)
