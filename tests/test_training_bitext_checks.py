"""Doubtful bitext: each kind is reported with its lines, and --strict stops at it."""

from __future__ import annotations

import argparse
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.errors import InputError
from optical_pt.language_codes import script_code
from optical_pt.training.bitext import read_bitext
from optical_pt.training.bitext_options import (
    add_bitext_options,
    bitext_files,
    read_bitext_options,
)
from optical_pt.training.bitext_report import BitextReport, Problem
from optical_pt.training.scripts import SCRIPTS, has_letters_of, lacks


def report_of(path, language, rows, **options):
    """The report on a file with these rows, and the pairs that were read."""
    if isinstance(rows[0], tuple):
        rows = ["\t".join(row) for row in rows]
    path.write_bytes(
        b"".join((row if isinstance(row, bytes) else row.encode()) + b"\n" for row in rows)
    )
    report = BitextReport(path)
    pairs = read_bitext(path, language, report=report, **options)
    return report, pairs


def problems(report):
    return {problem: lines for problem in Problem if (lines := report.lines(problem))}


GOOD = [("A dog runs.", "Kare yana gudu."), ("Water!", "Ruwa!")]


def test_good_pairs_give_no_report(tmp_path):
    report, pairs = report_of(tmp_path / "x.tsv", "ha", GOOD)
    assert not report
    assert list(report.messages()) == []
    assert len(pairs) == 2


def test_lines_that_cannot_be_used_are_left_out(tmp_path):
    rows = ["A dog.\tKare.", "alone", "a\tb\tc\td", b"A cat.\t\xff", "\tRuwa.", "Water.\t ", "1\t2"]
    report, pairs = report_of(tmp_path / "x.tsv", "ha", rows)
    assert [pair.english for pair in pairs] == ["A dog.", "1"]
    assert problems(report) == {
        Problem.COLUMNS: [2, 3],
        Problem.ENCODING: [4],
        Problem.EMPTY: [5, 6],
    }
    with pytest.raises(InputError, match="no sentence pair"):
        report_of(tmp_path / "y.tsv", "ha", rows[1:6])


def test_doubtful_pairs_are_kept(tmp_path):
    rows = [
        *GOOD,
        ("NATO", "NATO"),
        ("A dog runs.", "Kare yana gudu."),
        ("Long.", "ruwa " * 201),
        ("A dog runs.", "Kare yana gudu sosai."),
        ("Water!", "Ruwa!"),
    ]
    report, pairs = report_of(tmp_path / "x.tsv", "ha", rows)
    assert [(pair.english, pair.foreign) for pair in pairs] == [(e, f.strip()) for e, f in rows]
    assert problems(report) == {
        Problem.IDENTICAL: [3],
        Problem.DUPLICATE: [4, 7],
        Problem.LONG: [5],
    }


def test_scripts(tmp_path):
    rows = [
        ("The cat sleeps.", "Кошка спит."),
        ("NATO", "НАТО"),
        ("1984", "1984!"),
        ("The cat sleeps.", "The cat sleeps today."),
        ("Кошка спит.", "Кошка спит и спит."),
        ("Кошка спит.", "The cat sleeps."),
        ("She likes jazz.", "Она любит jazz."),
    ]
    report, _ = report_of(tmp_path / "x.tsv", "ru", rows)
    assert problems(report) == {
        Problem.SWAPPED: [6],
        Problem.ENGLISH_SCRIPT: [5],
        Problem.FOREIGN_SCRIPT: [4],
    }
    # A code that says so is written in another script; of an unknown one only English is checked.
    latin, _ = report_of(tmp_path / "x.tsv", "sr-Latn", rows[:2])
    assert problems(latin) == {Problem.FOREIGN_SCRIPT: [1, 2]}
    unknown, _ = report_of(tmp_path / "x.tsv", "lus", rows)
    assert problems(unknown) == {Problem.ENGLISH_SCRIPT: [5, 6]}


def test_swapped_columns_of_a_language_in_latin_letters(tmp_path):
    rows = [
        *GOOD,
        ("Ruwan yana da sanyi.", "The water of the river and the sea is cold."),
        ("This is the book that they have.", "Wannan shi ne littafin."),
        ("The Lord of the Rings", "The Lord of the Rings ne."),
    ]
    report, _ = report_of(tmp_path / "x.tsv", "ha", rows)
    assert problems(report) == {Problem.SWAPPED: [3]}


def test_labels(tmp_path):
    rows = [("News Crawl", f"Labari {n}.") for n in range(50)]
    repeated = [("Thanks!", "Na gode!")] * 60
    report, _ = report_of(tmp_path / "x.tsv", "ha", [*rows, *repeated])
    assert report.lines(Problem.LABEL) == list(range(1, 51))
    report, _ = report_of(tmp_path / "x.tsv", "ha", rows[1:])
    assert not report


def sentences(count, seed=0):
    """Pairs of made-up sentences whose sides have like lengths."""
    draw = random.Random(seed)
    lengths = [draw.randint(3, 30) for _ in range(count)]
    return [
        (f"w{n} " * length, f"m{n} " * (length + draw.randint(-1, 1)))
        for n, length in enumerate(lengths)
    ]


@pytest.mark.parametrize("shift", [1, -1, 5])
def test_misaligned_stretches(tmp_path, shift):
    rows = sentences(600)
    report, _ = report_of(tmp_path / "x.tsv", "ha", rows)
    assert not report
    # From line 201 on, the foreign side is that of another line.
    foreign = [row[1] for row in rows]
    shifted = [*foreign[:200], *foreign[200 + shift :], *foreign[200 : 200 + shift], *"xyzvw"]
    rows = [(row[0], other) for row, other in zip(rows, shifted, strict=False)]
    report, pairs = report_of(tmp_path / "x.tsv", "ha", rows)
    assert len(pairs) == 600
    assert problems(report)[Problem.MISALIGNED] == list(range(201, 601))


def test_lengths_that_do_not_vary_say_nothing(tmp_path):
    rows = sorted(sentences(600), key=lambda row: len(row[0]))
    report, _ = report_of(tmp_path / "x.tsv", "ha", rows)
    assert not report


def test_only_wanted_tags_are_checked_before_the_limit(tmp_path):
    rows = [("a", "NATO", "NATO"), *[("b", f"w{n}", f"w{n}") for n in range(9)], ("b", "x", "y")]
    report, pairs = report_of(tmp_path / "x.tsv", "ha", rows, tags={"b"}, limit=3)
    assert len(pairs) == 3
    assert problems(report) == {Problem.IDENTICAL: list(range(2, 11))}


TEXT = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1), st.sampled_from(["ha", "ru", "hi", "zh", "xx"]))
def test_what_strict_reading_takes_is_what_is_read(tmp_path_factory, rows, language):
    path = tmp_path_factory.mktemp("bitext") / "x.tsv"
    usable = [row for row in rows if row[0].strip() and row[1].strip()]
    path.write_text("".join(f"{a}\t{b}\n" for a, b in [("x", "y"), *usable]), encoding="utf-8")
    kept = read_bitext(path, language)
    report, pairs = report_of(path, language, [("x", "y"), *rows])
    assert pairs == kept
    assert len(report.lines(Problem.EMPTY)) == len(rows) - len(usable)


def test_messages_count_and_name_the_first_lines():
    report = BitextReport("folder/x.tsv")
    for line in (1, 2, 3, 9, 12, 13, 20, 22, 31):
        report.add(Problem.DUPLICATE, line)
    report.add(Problem.EMPTY, 4)
    assert list(report.messages()) == [
        "folder/x.tsv: 1 line with an empty side, left out (4)",
        "folder/x.tsv: 9 lines that repeat a pair (1-3, 9, 12-13, 20, 22, …)",
    ]


def test_every_script_of_a_known_language_can_be_told():
    samples = {"ru": "я", "hi": "म", "ja": "の", "ko": "한", "zh": "水", "am": "ሀ", "my": "က"}
    for language, letter in samples.items():
        assert script_code(language) in SCRIPTS
        assert has_letters_of(letter, script_code(language))
        assert lacks(letter, "Latn")
    codes = "af am ar bn bo el fa gu he hy ka kk km kn lo ml mr ne or pa ps si ta te th ti ur yi"
    assert {script_code(code) for code in codes.split()} <= SCRIPTS


def options(*arguments):
    parser = argparse.ArgumentParser()
    add_bitext_options(parser)
    return parser.parse_args(list(arguments))


def test_options_report_and_strict_stops(tmp_path, capsys):
    bad, good = tmp_path / "bad.tsv", tmp_path / "good.tsv"
    bad.write_text("NATO\tNATO\nalone\nA dog.\tKare.\n")
    good.write_text("A dog.\tAja.\n")
    given_files = ("--bitext", f"ha={bad}", "--bitext", f"yo={good}")
    pairs, hashes = read_bitext_options(options(*given_files), seed=0)
    assert [pair.language for pair in pairs] == ["ha", "ha", "yo"]
    assert list(hashes) == [str(bad), str(good)]
    assert {len(digest) for digest in hashes.values()} == {64}
    reported = capsys.readouterr().err
    assert reported == (
        f"{bad}: 1 line without the 2 or 3 columns of a pair, left out (2)\n"
        f"{bad}: 1 line with identical sides (1)\n"
    )
    with pytest.raises(InputError, match=r"bad\.tsv has the lines reported above") as caught:
        read_bitext_options(options(*given_files, "--strict"), seed=0)
    assert "\n" not in str(caught.value)
    assert "good.tsv" not in str(caught.value)
    assert capsys.readouterr().err == reported
    assert len(read_bitext_options(options(*given_files[2:], "--strict"), seed=0)[0]) == 1


def test_a_file_with_nothing_usable_is_reported_before_the_error(tmp_path, capsys):
    path = tmp_path / "x.tsv"
    path.write_text("alone\n")
    with pytest.raises(InputError, match="no sentence pair"):
        read_bitext_options(options("--bitext", f"ha={path}"), seed=0)
    assert "1 line without the 2 or 3 columns" in capsys.readouterr().err


@pytest.mark.parametrize("main", ["optical_pt.training", "optical_pt.training.nmt"])
def test_strict_ends_both_trainers_with_2(tmp_path, capsys, main):
    from importlib import import_module

    path = tmp_path / "x.tsv"
    path.write_text("NATO\tNATO\n" * 3)
    arguments = ["--bitext", f"ha={path}", "--output", str(tmp_path / "model"), "--strict"]
    assert import_module(f"{main}.__main__").main(arguments) == 2
    lines = capsys.readouterr().err.strip().split("\n")
    assert lines[:-1] == [
        f"{path}: 3 lines with identical sides (1-3)",
        f"{path}: 2 lines that repeat a pair (2-3)",
    ]
    assert lines[-1].startswith("error: --strict: ")
    assert [p.name for p in tmp_path.iterdir()] == ["x.tsv"]


@pytest.mark.parametrize("value", ["x.tsv", "=x.tsv", "ha="])
def test_files_are_given_by_language(value):
    with pytest.raises(InputError, match=f"--bitext {value}: write LANG=FILE"):
        bitext_files([value])
    with pytest.raises(InputError, match="ha is given twice"):
        bitext_files(["ha=a", "ha=b"])
