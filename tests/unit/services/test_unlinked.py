"""Files that were found are opened where they were found: whatever became a link since leads nowhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.api.safe_open import open_known
from oelala_desktop.domain.errors import NotFound
from oelala_desktop.services.files import unlinked
from oelala_desktop.services.files.unlinked import FOLDER_FLAGS, open_unlinked
from oelala_desktop.services.thumbnails.making import make_thumbnail


@pytest.fixture
def found(tmp_path: Path) -> Path:
    """A picture two folders down; beside them, in `elsewhere`, lies another of that name, in folders of those names."""
    for root in ("output", "elsewhere"):
        folder = tmp_path / root / "a" / "b"
        folder.mkdir(parents=True)
        Image.new("RGB", (64, 64)).save(folder / "c.png")
    return tmp_path / "output" / "a" / "b" / "c.png"


def test_a_plain_file_is_opened(found: Path) -> None:
    for opened in (open_unlinked(found), open_known(found).fd):
        os.close(opened)
    assert make_thumbnail(found, 128).startswith(b"\xff\xd8")


@pytest.mark.parametrize("swapped", ["output", "output/a", "output/a/b", "output/a/b/c.png"])
def test_a_link_anywhere_on_the_way_leads_nowhere(found: Path, tmp_path: Path, swapped: str) -> None:
    place = tmp_path / swapped
    place.rename(tmp_path / "away")
    place.symlink_to(tmp_path / swapped.replace("output", "elsewhere"))
    assert found.read_bytes()  # by name it can be read
    before = set(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else set()
    with pytest.raises(OSError, match=r"link|directory"):
        open_unlinked(found)
    with pytest.raises(NotFound):
        open_known(found)
    with pytest.raises(OSError, match=r"link|directory"):
        make_thumbnail(found, 128)
    assert not before or set(os.listdir("/proc/self/fd")) == before


def test_one_that_is_swapped_after_the_first_look(found: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the right moment: between reading what it is and decoding it."""
    from oelala_desktop.services.thumbnails import making as thumbnail_making

    probe = thumbnail_making.probe

    def swap(*given: object) -> object:
        facts = probe(*given)  # type: ignore[arg-type]
        found.rename(found.with_name("away.png"))
        found.symlink_to(found.parents[3] / "elsewhere" / "a" / "b" / "c.png")
        return facts

    monkeypatch.setattr(thumbnail_making, "probe", swap)
    with pytest.raises(OSError, match=r"link|directory"):
        make_thumbnail(found, 128)


def test_a_folder_that_may_be_passed_but_not_read(found: Path) -> None:
    folder = found.parents[1]
    folder.chmod(0o111)
    try:
        os.close(open_unlinked(found))
    finally:
        folder.chmod(0o755)


def test_a_pipe_in_place_of_a_known_file_is_no_file(found: Path) -> None:
    found.unlink()
    os.mkfifo(found)
    with pytest.raises(NotFound):
        open_known(found)


def test_what_is_opened_can_be_read_and_a_folder_listed(found: Path) -> None:
    with os.fdopen(open_unlinked(found), "rb") as file:
        assert file.read() == found.read_bytes()
    handle = open_unlinked(found.parent, FOLDER_FLAGS)
    try:
        assert os.listdir(handle) == ["c.png"]
    finally:
        os.close(handle)
    with pytest.raises(NotADirectoryError):
        open_unlinked(found, FOLDER_FLAGS)
    with pytest.raises(FileNotFoundError):
        open_unlinked(found.with_name("gone.png"))


def test_no_handle_is_handed_to_other_programs(found: Path) -> None:
    handle = open_unlinked(found)
    assert not os.get_inheritable(handle)
    os.close(handle)


def test_where_no_folder_can_be_opened_in_links_are_told_by_name(
    found: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unlinked, "BY_HANDLE", False)
    os.close(open_unlinked(found.resolve()))
    (tmp_path / "to").symlink_to(found.parent)
    with pytest.raises(FileNotFoundError, match=r"c\.png is a link, or lies behind one\.$"):
        open_unlinked(tmp_path / "to" / "c.png")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs another user")
def test_a_folder_that_may_only_be_passed_through() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name).resolve() / "sub" / "a.png"
        path.parent.mkdir()
        path.write_bytes(b"content")
        for folder in (path.parent, path.parent.parent):
            folder.chmod(0o711)
        os.seteuid(65534)
        try:
            os.close(open_unlinked(path))
        finally:
            os.seteuid(0)


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path.resolve() / "pipe")
    os.close(open_unlinked(tmp_path.resolve() / "pipe"))


def test_flags_that_a_system_lacks_are_none() -> None:
    assert unlinked._flags() == unlinked._flags("O_OF_NO_SYSTEM") == 0
    assert unlinked._flags("O_RDONLY", "O_OF_NO_SYSTEM", "O_APPEND", "O_NONBLOCK") == os.O_APPEND | os.O_NONBLOCK
