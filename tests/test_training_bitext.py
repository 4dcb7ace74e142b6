"""Reading sentence pairs, and every way in which a file can be wrong."""

from __future__ import annotations

import gzip
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.training.bitext import SentencePair, read_bitext


def write(path, content: str | bytes):
    data = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize("name", ["pairs.tsv", "pairs.tsv.gz"])
def test_two_and_three_columns(tmp_path, name):
    path = write(tmp_path / name, "news\tA dog.\tKare.\nA cat.\t Kyanwa. \r\n")
    assert read_bitext(path, "ha") == [
        SentencePair("A dog.", "Kare.", "ha", "news"),
        SentencePair("A cat.", "Kyanwa.", "ha"),
    ]


def test_text_becomes_nfc_and_a_byte_order_mark_is_dropped(tmp_path):
    decomposed = unicodedata.normalize("NFD", "ọmọ é")
    path = write(tmp_path / "x.tsv", b"\xef\xbb\xbfnews\tchild\t" + decomposed.encode() + b"\n")
    (pair,) = read_bitext(path, "yo", tags={"news"})
    assert pair.foreign == unicodedata.normalize("NFC", decomposed)


def test_only_wanted_tags(tmp_path):
    path = write(tmp_path / "x.tsv", "a\t1\tx\nb\t2\ty\na\t3\tz\n")
    assert [pair.english for pair in read_bitext(path, "ha", tags={"a"})] == ["1", "3"]


def test_a_limit_samples_by_the_seed_in_file_order(tmp_path):
    path = write(tmp_path / "x.tsv", "".join(f"{i:02}\tx{i}\n" for i in range(50)))
    first = read_bitext(path, "ha", limit=20, seed=1)
    assert first == read_bitext(path, "ha", limit=20, seed=1)
    assert first != read_bitext(path, "ha", limit=20, seed=2)
    assert len(first) == 20
    assert [pair.english for pair in first] == sorted(pair.english for pair in first)
    assert len(read_bitext(path, "ha", limit=99)) == 50


@given(
    st.lists(
        st.tuples(*[st.text(st.characters(categories=["L", "N"]), min_size=1)] * 3), min_size=1
    )
)
def test_what_is_written_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("bitext") / "x.tsv"
    write(path, "".join("\t".join(row) + "\n" for row in rows))
    nfc = [tuple(unicodedata.normalize("NFC", text) for text in row) for row in rows]
    assert [(p.tag, p.english, p.foreign) for p in read_bitext(path, "xx")] == nfc


GOOD = "news\tA dog.\tKare.\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD + "alone\n", ":2: 1 columns; a pair is"),
        (GOOD + "a\tb\tc\td\n", ":2: 4 columns; a pair is"),
        (GOOD + "\n" + GOOD, ":2: 1 columns"),
        (GOOD * 2 + "news\t \tKare.\n", ":3: an empty sentence; remove the line"),
        (GOOD + "A dog.\t\n", ":2: an empty sentence"),
        ("", ": no sentence pair; check the file and the tags"),
        # A text file decodes thousands of bytes ahead of the line it is at.
        (GOOD.encode() * 700 + b"a\t\xff\n" + GOOD.encode() * 9, ":701: not UTF-8"),
    ],
)
@pytest.mark.parametrize("name", ["x.tsv", "x.tsv.gz"])
def test_bad_lines_are_named(tmp_path, name, content, message):
    path = write(tmp_path / name, content)
    with pytest.raises(InputError) as caught:
        read_bitext(path, "ha")
    assert str(caught.value).startswith(f"{path}{message}")
    assert "\n" not in str(caught.value)


def test_no_pair_with_a_wanted_tag(tmp_path):
    path = write(tmp_path / "x.tsv", GOOD)
    with pytest.raises(InputError, match=r"no sentence pair with a tag in \['blog'\]"):
        read_bitext(path, "ha", tags={"blog"})


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_keeps_at_least_one_pair(tmp_path, limit):
    path = write(tmp_path / "x.tsv", GOOD)
    with pytest.raises(InputError, match=f"limit {limit}: keep at least one"):
        read_bitext(path, "ha", limit=limit)


@pytest.mark.parametrize("name", ["absent.tsv", "absent.tsv.gz", ""])
def test_a_missing_file(tmp_path, name):
    with pytest.raises(InputError, match="no such bitext file"):
        read_bitext(tmp_path / name, "ha")


def test_broken_gzip_files(tmp_path):
    whole = gzip.compress("".join(f"{i}\tx{i * i}\n" for i in range(5000)).encode())
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 50] = b"\x00" * 50
    for content in (whole[: len(whole) // 2], bytes(damaged), GOOD.encode()):
        path = tmp_path / "x.tsv.gz"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"x\.tsv\.gz:\d+: broken gzip file|columns"):
            read_bitext(path, "ha")


@pytest.mark.parametrize(
    "line",
    [
        "Go {n}.\tJe {n}.\t1.{n}\n",  # a score
        "What is this {n}?\tMenene {n}\tCC BY, user {n}\n",  # an attribution
    ],
)
def test_sentences_in_the_place_of_tags_are_refused(tmp_path, line):
    path = write(tmp_path / "x.tsv", "".join(line.format(n=n) for n in range(5)))
    with pytest.raises(InputError, match=r"x\.tsv: the first of its three columns") as raised:
        read_bitext(path, "ha")
    assert line.partition("\t")[0].format(n=0) in str(raised.value)


@pytest.mark.parametrize("tag", ["my source", "id-{n}", "GEN 1:{n}", ""])
def test_names_and_numbers_are_tags(tmp_path, tag):
    lines = [f"{tag.format(n=n)}\tNo. {n}\tNa {n}\n" for n in range(5)]
    pairs = read_bitext(write(tmp_path / "x.tsv", "".join(lines)), "ha")
    assert [pair.tag for pair in pairs] == [tag.format(n=n) for n in range(5)]


def test_tags_that_are_named_are_tags(tmp_path):
    content = "a talk of 2012\tA dog.\tKare.\na talk of 2013\tA cat.\tKyanwa.\n"
    path = write(tmp_path / "x.tsv", content)
    assert len(read_bitext(path, "ha", tags={"a talk of 2012", "a talk of 2013"})) == 2


def test_utf_16_is_refused(tmp_path):
    path = write(tmp_path / "x.tsv", "A dog.\tKare.\n".encode("utf-16-le"))
    with pytest.raises(InputError, match=r"x\.tsv:1: a NUL character, as UTF-16 has"):
        read_bitext(path, "ha")


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u200b \u2060"])
def test_a_side_that_nobody_sees_is_empty(tmp_path, unseen):
    path = write(tmp_path / "x.tsv", f"A dog.\tKare.\nA cat.\t{unseen}\n")
    with pytest.raises(InputError, match=r"x\.tsv:2: an empty sentence"):
        read_bitext(path, "ha")
