"""Files and folders that are whole or absent."""

from __future__ import annotations

import gzip

import pytest

from optical_pt.errors import InputError
from optical_pt.files import (
    gzip_bytes,
    hash_bytes,
    hash_path,
    write_bytes,
    write_directory,
    write_text,
)


def test_a_directory_appears_only_when_the_block_succeeds(tmp_path):
    target = tmp_path / "deep" / "model"
    with write_directory(target) as unfinished:
        (unfinished / "a").write_text("1")
        assert unfinished.parent == target.parent
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    assert list(target.parent.iterdir()) == [target]
    assert target.stat().st_mode & 0o777 == 0o755


def test_a_failed_block_leaves_nothing(tmp_path):
    def fail():
        with write_directory(tmp_path / "model") as unfinished:
            (unfinished / "a").write_text("half")
            raise KeyError("no")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_exists_is_refused_but_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    (tmp_path / "empty").mkdir()
    for name in ("file", "full"):
        with pytest.raises(InputError, match=name), write_directory(tmp_path / name):
            pass
    with write_directory(tmp_path / "empty") as unfinished:
        (unfinished / "a").write_text("1")
    assert (tmp_path / "empty" / "a").is_file()


def test_a_folder_that_another_process_made_meanwhile_is_kept(tmp_path):
    def lose_the_race():
        with write_directory(tmp_path / "model") as unfinished:
            (unfinished / "a").write_text("mine")
            (tmp_path / "model").mkdir()
            (tmp_path / "model" / "a").write_text("theirs")

    with pytest.raises(InputError, match="exists already"):
        lose_the_race()
    assert (tmp_path / "model" / "a").read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_text_replaces_text_and_a_failure_leaves_the_old(tmp_path):
    path = tmp_path / "folder" / "note"
    write_text(path, "ɓarawo\n")
    assert path.read_text(encoding="utf-8") == "ɓarawo\n"
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert path.read_text(encoding="utf-8") == "ɓarawo\n"
    assert list(path.parent.iterdir()) == [path]


def test_bytes_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "run.gz"
    write_bytes(path, b"first")
    write_bytes(str(path), b"second")
    assert path.read_bytes() == b"second"
    with pytest.raises(TypeError):
        write_bytes(path, "text")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_equal_data_give_equal_files_and_hashes():
    data = b"q1 Q0 d1 0 1.0 run\n" * 99
    assert gzip_bytes(data) == gzip_bytes(data)
    assert gzip.decompress(gzip_bytes(data)) == data
    # The published test value of FIPS 180-2.
    assert hash_bytes(b"abc").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_hash_tells_names_and_contents_but_not_hidden_files(tmp_path):
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "sub" / "a").write_text("1")
    first = hash_path(folder)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x").write_text("1")
    (folder / "sub" / ".x").write_text("1")
    assert hash_path(folder) == first
    (folder / "sub" / "a").write_text("2")
    changed = hash_path(folder)
    (folder / "sub" / "a").rename(folder / "sub" / "b")
    assert len({first, changed, hash_path(folder)}) == 3
    assert hash_path(folder / "sub" / "b") != hash_path(folder)


def test_nothing_has_no_hash(tmp_path):
    with pytest.raises(InputError, match="gone"):
        hash_path(tmp_path / "gone")
