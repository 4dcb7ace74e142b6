"""Lists on command lines: what each type reads, and how it refuses the rest."""

from __future__ import annotations

import argparse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optical_pt.option_lists import counts, joined, numbers, positive_numbers, words


@given(st.lists(st.integers(1, 10**6), min_size=1))
def test_what_is_joined_is_read(values):
    text = ",".join(map(str, values))
    assert counts(text) == numbers(text) == positive_numbers(text) == values
    assert words(text) == text.split(",")


@given(st.lists(st.sampled_from([0.001, 0.05, 0.3, 1.0, 250.0]), min_size=1))
def test_numbers_are_typed_as_short_as_they_are_read(values):
    assert positive_numbers(joined(values)) == values


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (words, " , ", "' , ' names nothing; separate names by commas"),
        (counts, "", "'': give numbers of 1 or more"),
        (counts, "5,0", "'5,0': give numbers of 1 or more"),
        (counts, "5,1.5", "'5,1.5': give numbers of 1 or more"),
        (counts, "5,,6", "'5,,6': give numbers of 1 or more"),
        (numbers, "0,half", "'0,half': give numbers"),
        (numbers, "nan", "'nan': give numbers"),
        (positive_numbers, "0.1,0", "'0.1,0': give numbers above 0"),
        (positive_numbers, "-1", "'-1': give numbers above 0"),
        (positive_numbers, "inf", "'inf': give numbers above 0"),
        (positive_numbers, "x", "'x': give numbers above 0"),
    ],
)
def test_other_words_are_refused_by_argparse(kind, text, message, capsys):
    parser = argparse.ArgumentParser()
    parser.add_argument("--chosen", type=kind)
    with pytest.raises(SystemExit) as stopped:
        parser.parse_args([f"--chosen={text}"])
    assert stopped.value.code == 2
    assert f"argument --chosen: {message}" in capsys.readouterr().err
