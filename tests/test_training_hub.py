"""Names that the hub takes, and what a refusal leaves."""

from __future__ import annotations

import pytest

from optical_pt.errors import InputError
from optical_pt.training.__main__ import main
from optical_pt.training.hub import check_repository, push_to_hub


@pytest.mark.parametrize("name", ["me/student-ha", "student.ha_1"])
def test_good_names(name):
    check_repository(name)


@pytest.mark.parametrize("name", ["a/b/c", "me/-ha", "me/student ha", "me/ha.git", ""])
def test_bad_names_are_said_in_one_line(name):
    with pytest.raises(InputError) as caught:
        check_repository(name)
    assert str(caught.value).startswith(f"--push-to-hub {name}: ")
    assert "\n" not in str(caught.value)


def test_a_bad_name_is_said_before_anything_is_read(tmp_path, capsys):
    command = ["--bitext", "xx=/nowhere", "--output", str(tmp_path / "xx")]
    assert main([*command, "--push-to-hub", "a/b/c"]) == 2
    assert capsys.readouterr().err.startswith("error: --push-to-hub a/b/c: ")
    assert main([*command, "--push-to-hub", "me/ha"]) == 2
    assert "no such bitext file" in capsys.readouterr().err


def test_a_hub_that_is_out_of_reach_leaves_the_folder(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    (tmp_path / "README.md").write_text("a student")
    with pytest.raises(InputError, match=r"--push-to-hub me/ha: .*; the student is in ") as caught:
        push_to_hub(tmp_path, "me/ha")
    assert "\n" not in str(caught.value)
    assert (tmp_path / "README.md").is_file()
