"""Strategies as values, and as the text that names them."""

from __future__ import annotations

import pytest

from optical_pt.errors import InputError
from optical_pt.ot import STRATEGIES, Entropic, Partial, parse_strategy

ALL = [kind() for kind in STRATEGIES.values()]


@pytest.mark.parametrize("strategy", ALL, ids=str)
def test_strategies_are_values_that_can_be_written_and_read(strategy):
    assert parse_strategy(str(strategy)) == strategy == parse_strategy(strategy.name)
    assert hash(parse_strategy(str(strategy))) == hash(strategy)


def test_settings_are_read():
    assert parse_strategy("entropic:reg=0.1, iterations=7") == Entropic(reg=0.1, iterations=7)
    assert parse_strategy("partial:mass=0.5") == Partial(mass=0.5) != Partial()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sinkhorn", r"unknown transport strategy 'sinkhorn'.*use one of entropic, ipot"),
        ("", "unknown transport strategy ''"),
        ("entropic:eps=1", r"entropic has no setting 'eps'.*use reg, iterations, tolerance"),
        ("entropic:reg=x", "reg='x'.*is not a number"),
        ("entropic:iterations=2.5", "iterations='2.5'.*is not a whole number"),
        ("entropic:reg=1,reg=2", "setting 'reg' occurs twice"),
        ("entropic:reg=0", r"'entropic:reg=0': reg \(0\.0\) must be positive"),
        ("entropic:reg=nan", r"reg \(nan\) must be positive"),
        ("partial:mass=1.5", r"mass \(1\.5\) must be at most 1"),
        ("quadratic:reg", "reg='' .*is not a number"),
    ],
)
def test_bad_strategies_name_the_offender(text, message):
    with pytest.raises(InputError, match=message):
        parse_strategy(text)
