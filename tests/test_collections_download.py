"""Published files arrive whole and verified, or not at all, and the error says what to do."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from collection_folders import one_line

from optical_pt.collections.download import Files, PublishedFile, cache_folder, download
from optical_pt.errors import InputError

CONTENTS = b"where do lions live\n" * 1000


class Publisher(BaseHTTPRequestHandler):
    """Serves the contents whole at /whole, cut off at /cut, and nothing elsewhere."""

    def do_GET(self) -> None:
        if self.path not in ("/whole", "/cut"):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENTS)))
        self.end_headers()
        self.wfile.write(CONTENTS if self.path == "/whole" else CONTENTS[:500])

    def log_message(self, format: str, *arguments: object) -> None:
        return


@pytest.fixture(scope="module")
def publisher() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTICAL_PT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("OPTICAL_PT_DATA", raising=False)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def published(url: str, *, sha256: str | None = None, size: int | None = None) -> PublishedFile:
    return PublishedFile("set/file.txt", url, size, sha256, repacked=("set/packed.txt",))


def left_over(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_whole_file_is_cached_and_then_found_offline(publisher: str) -> None:
    sha256 = hashlib.sha256(CONTENTS).hexdigest()
    file = published(f"{publisher}/whole", sha256=sha256, size=len(CONTENTS))
    files = Files()
    path = files.path(file)
    assert path == cache_folder() / "set" / "file.txt"
    assert path.read_bytes() == CONTENTS
    assert files.used == {"set/file.txt": path}
    assert left_over(cache_folder()) == ["file.txt"]
    gone = published("http://127.0.0.1:1/", sha256=sha256, size=len(CONTENTS))
    assert Files().path(gone) == path


def test_a_repacked_file_is_found_in_the_working_folder(tmp_path, monkeypatch) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "packed.txt").write_text("repacked")
    monkeypatch.chdir(tmp_path)
    file = published("http://127.0.0.1:1/", size=len(CONTENTS), sha256="0" * 64)
    assert Files(".").path(file).read_text() == "repacked"


@pytest.mark.parametrize(
    ("place", "options", "named"),
    [
        ("cut", {}, ["cannot download", "set/file.txt", "OPTICAL_PT_DATA"]),
        ("none", {}, ["cannot download", "404"]),
        ("whole", {"sha256": "0" * 64}, ["SHA-256", "0" * 64, "re-ordered"]),
        ("whole", {"size": 7}, ["20000 bytes", "has 7", "truncated"]),
    ],
)
def test_a_failed_download_leaves_nothing(
    publisher: str, place: str, options: dict, named: list[str]
) -> None:
    url = f"{publisher}/{place}"
    with pytest.raises(InputError) as raised:
        Files().path(published(url, **options))
    message = one_line(raised)
    for fragment in [url, *named]:
        assert fragment in message
    assert left_over(cache_folder()) == []
    # The next try starts anew.
    assert Files().path(published(f"{publisher}/whole")).read_bytes() == CONTENTS


def test_offline_says_where_the_file_can_be_put() -> None:
    with pytest.raises(InputError) as raised:
        Files().path(published("http://127.0.0.1:1/file.txt"))
    message = one_line(raised)
    assert "http://127.0.0.1:1/file.txt" in message
    assert str(cache_folder() / "set" / "file.txt") in message


def test_only_the_web(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    with pytest.raises(InputError, match="not an http or https address"):
        download(published(secret.as_uri()), tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


def test_a_named_folder_is_all_that_is_searched(tmp_path: Path, publisher: str) -> None:
    file = published(f"{publisher}/whole")
    with pytest.raises(InputError) as raised:
        Files(tmp_path / "data").path(file)
    message = one_line(raised)
    assert str(tmp_path / "data" / "set" / "file.txt") in message
    assert file.url in message
    (tmp_path / "data" / "set").mkdir(parents=True)
    (tmp_path / "data" / "set" / "file.txt").write_bytes(b"mine")
    assert Files(tmp_path / "data").path(file).read_bytes() == b"mine"


def test_the_data_folder_goes_before_the_cache(
    tmp_path: Path, publisher: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = published(f"{publisher}/whole")
    monkeypatch.setenv("OPTICAL_PT_DATA", str(tmp_path / "data"))
    assert Files().path(file) == cache_folder() / "set" / "file.txt"
    (tmp_path / "data" / "set").mkdir(parents=True)
    (tmp_path / "data" / "set" / "packed.txt").write_bytes(b"other packing")
    assert Files().path(file).name == "packed.txt"


def test_local_files_are_verified_unless_told_otherwise(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "file.txt").write_bytes(CONTENTS[::-1])
    file = published("https://example.org/", sha256=hashlib.sha256(CONTENTS).hexdigest())
    with pytest.raises(InputError, match=r"file\.txt: SHA-256 .*re-ordered"):
        Files(tmp_path).path(file)
    assert Files(tmp_path, verify=False).path(file).read_bytes() == CONTENTS[::-1]
    # Another packing has other sums: none is known.
    (tmp_path / "set" / "file.txt").rename(tmp_path / "set" / "packed.txt")
    assert Files(tmp_path).path(file).name == "packed.txt"


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    file = PublishedFile("a/b.txt", "https://nowhere.invalid/b.txt")
    with pytest.raises(InputError) as raised:
        download(file, tmp_path / "file" / "b.txt")
    message = str(raised.value)
    assert "cannot be written (Not a directory)" in message or "(File exists)" in message
    assert "OPTICAL_PT_HOME" in message
