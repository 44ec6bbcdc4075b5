"""Whether a folder takes files."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.services.files.writable import check_takes_files


def test_a_folder_is_made_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    for _ in range(2):
        check_takes_files(folder)
        assert list(folder.iterdir()) == []


def test_what_lies_there_stays_as_it_is(tmp_path: Path) -> None:
    """Several processes may look at one folder, and none takes away what another put there."""
    (tmp_path / ".oelala-can-write").write_bytes(b"somebody's")
    check_takes_files(tmp_path)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(".oelala-can-write", b"somebody's")]


def test_one_that_takes_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OSError):
            check_takes_files(folder)
