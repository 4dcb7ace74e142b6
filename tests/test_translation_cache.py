from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from optical_pt.errors import InputError
from optical_pt.translation import TranslationCache

WRITER = """
import sys
from optical_pt.translation import TranslationCache

path, name = sys.argv[1:]
cache = TranslationCache(path)
for turn in range(40):
    keys = [f"text {(turn * 7 + i) % 60}" for i in range(20)]
    found = cache.get("how", keys)
    assert all(text.upper() == translation for text, translation in found.items())
    cache.put("how", {text: text.upper() for text in keys})
    cache.put(name, {f"text {turn}": name})
"""


def test_round_trip(tmp_path):
    cache = TranslationCache(tmp_path / "deep" / "cache.sqlite")
    texts = {f"text {i} ƙ": f"translation {i}" for i in range(1200)}
    cache.put("how", texts)
    assert cache.get("how", [*texts, "unknown"]) == texts
    assert cache.get("other", texts) == {}
    cache.put("how", {"text 0 ƙ": "new", "empty": ""})
    assert cache.get("how", ["text 0 ƙ", "empty"]) == {"text 0 ƙ": "new", "empty": ""}
    assert len(TranslationCache(cache.path)) == 1201


def test_nothing_asked_or_put(tmp_path):
    cache = TranslationCache(tmp_path / "cache.sqlite")
    cache.put("how", {})
    assert cache.get("how", []) == {}
    assert [path.name for path in tmp_path.iterdir()] == ["cache.sqlite"]


def test_two_processes_write_the_same_keys(tmp_path):
    path = tmp_path / "cache.sqlite"
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), name], stderr=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=120)
        assert writer.returncode == 0, errors
    cache = TranslationCache(path)
    keys = [f"text {i}" for i in range(60)]
    assert cache.get("how", keys) == {key: key.upper() for key in keys}
    assert len(cache) == 60 + 40 + 40
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("content", [b"", b"not a database " * 100])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "cache.sqlite"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"cache.sqlite: .*delete it"):
        TranslationCache(path).get("how", ["text"])


def test_a_corrupted_cache_is_refused(tmp_path):
    cache = TranslationCache(tmp_path / "cache.sqlite")
    cache.put("how", {f"text {i}": "x" * 200 for i in range(200)})
    content = bytearray(cache.path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    cache.path.write_bytes(content)
    with pytest.raises(InputError, match=r"broken translation cache .*delete it"):
        cache.get("how", ["text 0"])


def test_another_database_is_refused_and_untouched(tmp_path):
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(InputError, match="not a translation cache"):
        TranslationCache(path).put("how", {"a": "b"})
    assert path.read_bytes() == before


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot use the translation cache"):
        TranslationCache(tmp_path).get("how", ["text"])


def test_equality_by_path(tmp_path):
    assert TranslationCache(tmp_path / "a") == TranslationCache(str(tmp_path / "a"))
    assert TranslationCache(tmp_path / "a") != TranslationCache(tmp_path / "b")
