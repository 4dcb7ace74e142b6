"""Groups of languages."""

from __future__ import annotations

import pytest

from optical_pt.collections import LOW_RESOURCE, language_group, open_collection


@pytest.mark.parametrize(
    "code", ["sw", "ha", "zu", "ig", "yo", "so", "rw", "tw", "bem", "tl", "am", "ha-Latn"]
)
def test_low_resource_by_default(code: str) -> None:
    assert language_group(code) == "low"


@pytest.mark.parametrize(
    "code", ["en", "de", "es", "tr", "hi", "el", "vi", "ru", "zh", "ar", "fr", "zh-Hant"]
)
def test_others_by_default(code: str) -> None:
    assert language_group(code) == "other"


def test_a_script_can_be_declared_alone() -> None:
    assert language_group("sr-Latn", {"sr-Latn"}) == "low"
    assert language_group("sr-Cyrl", {"sr-Latn"}) == "other"


def test_mini_declares_hindi_and_its_user_may_differ() -> None:
    mini = open_collection("optical:mini")
    assert {code for code in mini.languages() if mini.group(code) == "low"} == {
        "sw",
        "ha",
        "zu",
        "hi",
    }
    assert open_collection("optical:mini", low_resource=LOW_RESOURCE).group("hi") == "other"
