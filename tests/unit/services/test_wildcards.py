"""Wildcards: the lines of a file by its name, and no way out of their folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.services.files.wildcards import MOST, Wildcards


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "wildcards"
    (folder / "animals").mkdir(parents=True)
    (folder / "animals" / "birds.txt").write_text("heron\n")
    (folder / "colours.txt").write_bytes("\ufeff# a list\n\n  red  \r\nbläu\n#green\n".encode())
    (tmp_path / "secret.txt").write_text("secret\n")
    return folder


def refusal(folder: Path, name: str) -> str:
    with pytest.raises(Obstructed) as caught:
        Wildcards(lambda: folder).lines("prompt", name)
    return caught.value.message


def test_lines_without_remarks_and_blanks(folder: Path) -> None:
    wildcards = Wildcards(lambda: folder)
    assert wildcards.lines("prompt", "colours") == ("red", "bläu")
    assert wildcards.lines("prompt", "animals/birds") == wildcards.lines("prompt", r"animals\birds") == ("heron",)


def test_a_file_that_changes_is_read_again(folder: Path) -> None:
    wildcards = Wildcards(lambda: folder)
    wildcards.lines("prompt", "colours")
    (folder / "colours.txt").write_text("white\n")
    assert wildcards.lines("prompt", "colours") == ("white",)


def test_what_is_not_there_is_told_with_the_nearest(folder: Path, tmp_path: Path) -> None:
    end = r" Write \__ for two underscores that are meant as such."
    assert refusal(folder, "colour") == (
        f"prompt: there is no wildcard colour (no colour.txt in {folder}). Did you mean colours?{end}"
    )
    assert "Did you mean animals/birds?" in refusal(folder, "animals/bird")
    gone = tmp_path / "gone"
    assert refusal(gone, "colour") == f"prompt: there is no wildcard colour (no colour.txt in {gone}).{end}"


@pytest.mark.parametrize("name", ["../secret", "animals/../../secret", "/etc/hosts", "link/secret", "leak", "round"])
def test_no_name_leads_out_of_the_folder(folder: Path, tmp_path: Path, name: str) -> None:
    (folder / "link").symlink_to(tmp_path)
    (folder / "leak.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "round.txt").symlink_to(folder / "round.txt")
    said = refusal(folder, name)
    assert said == f"prompt: {name} leads out of {folder}, where wildcards lie." or name == "round"


def test_a_folder_behind_a_link_is_one(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "there").symlink_to(folder)
    assert Wildcards(lambda: tmp_path / "there").lines("prompt", "animals/birds") == ("heron",)


def test_what_cannot_be_read(folder: Path) -> None:
    (folder / "empty.txt").write_text("\n# nothing\n")
    (folder / "odd.txt").write_bytes(b"\xff\xfe")
    (folder / "large.txt").write_bytes(b"x" * (MOST + 1))
    os.mkfifo(folder / "pipe.txt")
    (folder / "folder.txt").mkdir()
    assert refusal(folder, "empty") == "prompt: the wildcard empty has no line."
    assert refusal(folder, "odd") == "prompt: the wildcard odd cannot be read: it is not UTF-8 text."
    assert refusal(folder, "large") == "prompt: the wildcard large cannot be read: it is larger than 4 MiB."
    assert refusal(folder, "pipe") == "prompt: the wildcard pipe cannot be read: it is no file."
    assert refusal(folder, "folder") == "prompt: the wildcard folder cannot be read: it is no file."
