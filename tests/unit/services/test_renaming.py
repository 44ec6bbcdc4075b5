"""Another name for a file, never over one that exists."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave, InvalidField, NotFound
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.library.renaming import Renamed, rename_file, rename_with_companion
from tests.contract.films import film

from .fake_engine import picture


def file(folder: Path, name: str, content: bytes = b"x") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# Names


@pytest.mark.parametrize(
    ("name", "result"),
    [
        ("b", "b.png"),
        (" b ", "b.png"),
        ("b.png", "b.png"),
        ("b.PNG", "b.png"),
        ("b.jpg", "b.jpg.png"),
        ("b.png.png", "b.png.png"),
        ("x" * 251, "x" * 251 + ".png"),
        ("ä" * 125, "ä" * 125 + ".png"),
    ],
)
def test_the_extension_stays_as_it_is(tmp_path: Path, name: str, result: str) -> None:
    assert rename_file(file(tmp_path, "a.png"), name) == tmp_path / result
    assert names(tmp_path) == [result]


def test_a_name_may_be_without_any(tmp_path: Path) -> None:
    assert rename_file(file(tmp_path, "a"), "b.c").name == "b.c"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "type a name."),
        (".png", "type a name."),
        (" . ", "type a name."),
        ("a/b", "/ cannot be part of a file's name."),
        ('a?"b?', "\" ? cannot be part of a file's name."),
        ("a\nb", "'\\n' cannot be part of a file's name."),
        ("a\x1fb", "'\\x1f' cannot be part of a file's name."),
        ("a\\:*?<>|b", "* : < > ? \\ | cannot be part of a file's name."),
        (".hidden", "a name that begins with a dot hides the file; choose another."),
        ("\ud800", "it has half a character in it, which no name can carry."),
        ("x" * 252, "this is longer than the 255 bytes that a name may have."),
        ("ä" * 126, "this is longer than the 255 bytes that a name may have."),
    ],
)
def test_what_cannot_be_a_name_is_refused(tmp_path: Path, name: str, message: str) -> None:
    path = file(tmp_path, "a.png")
    with pytest.raises(InvalidField) as raised:
        rename_file(path, name)
    assert (raised.value.field, raised.value.message) == ("name", f"name: {message}")
    assert names(tmp_path) == ["a.png"]


def test_a_space_is_part_of_a_name(tmp_path: Path) -> None:
    assert rename_file(file(tmp_path, "a.png"), "a b").name == "a b.png"


# On the disk


def test_the_same_name_changes_nothing(tmp_path: Path) -> None:
    path = file(tmp_path, "a.png")
    assert rename_file(path, "a") == path and names(tmp_path) == ["a.png"]


def test_no_file_is_ever_replaced(tmp_path: Path) -> None:
    path = file(tmp_path, "a.png", b"one")
    other = file(tmp_path, "b.png", b"other")
    with pytest.raises(InvalidField) as raised:
        rename_file(path, "b")
    assert raised.value.message == "There is already a file called b.png in this folder."
    assert (path.read_bytes(), other.read_bytes()) == (b"one", b"other")


def test_one_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as raised:
        rename_file(tmp_path / "a.png", "b")
    assert raised.value.message == "a.png is no longer there."


def test_a_file_system_without_links_takes_another_name_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_given: object, **_named: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    path, other = file(tmp_path, "a.png", b"one"), file(tmp_path, "c.png", b"other")
    assert rename_file(path, "b").read_bytes() == b"one"
    assert names(tmp_path) == ["b.png", "c.png"]
    with pytest.raises(InvalidField):
        rename_file(tmp_path / "b.png", "c")
    assert other.read_bytes() == b"other"


def test_a_link_is_renamed_as_one(tmp_path: Path) -> None:
    file(tmp_path, "target.png")
    (tmp_path / "a.png").symlink_to("target.png")
    renamed = rename_file(tmp_path / "a.png", "b")
    assert renamed.is_symlink() and names(tmp_path) == ["b.png", "target.png"]


def test_a_folder_that_refuses_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    path = file(tmp_path, "a.png")
    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(CannotSave) as raised:
        rename_file(path, "b")
    assert raised.value.message == "a.png cannot be renamed: Read-only file system."


# With the picture beside it


def video(folder: Path, name: str) -> Path:
    return file(folder, name, film(2, sound=None))


def beside(folder: Path, name: str) -> Path:
    path = file(folder, name, picture())
    embed(path, {}, {"1": {"class_type": "VHS_VideoCombine", "inputs": {}}})
    return path


def test_the_picture_goes_with_it(tmp_path: Path) -> None:
    path, companion = video(tmp_path, "a.mp4"), beside(tmp_path, "a.png")
    assert rename_with_companion(path, "b") == Renamed(tmp_path / "b.mp4", tmp_path / "b.png", companion)
    assert names(tmp_path) == ["b.mp4", "b.png"]


def test_another_picture_stays(tmp_path: Path) -> None:
    path = video(tmp_path, "a.mp4")
    file(tmp_path, "a.png", picture())
    assert rename_with_companion(path, "b") == Renamed(tmp_path / "b.mp4", None, None)
    assert names(tmp_path) == ["a.png", "b.mp4"]


def test_it_is_copied_where_another_video_needs_it(tmp_path: Path) -> None:
    path, _ = video(tmp_path, "a.mp4"), video(tmp_path, "a-audio.mp4")
    companion = beside(tmp_path, "a.png")
    assert rename_with_companion(path, "b") == Renamed(tmp_path / "b.mp4", tmp_path / "b.png", None)
    assert names(tmp_path) == ["a-audio.mp4", "a.png", "b.mp4", "b.png"]
    assert (tmp_path / "b.png").read_bytes() == companion.read_bytes()


def test_a_picture_that_fits_both_names_stays(tmp_path: Path) -> None:
    path, companion = video(tmp_path, "a-audio.mp4"), beside(tmp_path, "a.png")
    assert rename_with_companion(path, "a") == Renamed(tmp_path / "a.mp4")
    assert companion.exists() and names(tmp_path) == ["a.mp4", "a.png"]
    assert rename_with_companion(tmp_path / "a.mp4", "a") == Renamed(tmp_path / "a.mp4")


def test_a_picture_of_that_name_is_not_replaced(tmp_path: Path) -> None:
    path = video(tmp_path, "a.mp4")
    beside(tmp_path, "a.png")
    file(tmp_path, "b.png", b"other")
    with pytest.raises(InvalidField) as raised:
        rename_with_companion(path, " b ")
    assert raised.value.field == "name"
    assert raised.value.message == "There is already a file called b.png, as the picture beside it would be."
    assert names(tmp_path) == ["a.mp4", "a.png", "b.png"]


def test_nor_is_a_link_that_leads_nowhere(tmp_path: Path) -> None:
    path = video(tmp_path, "a.mp4")
    beside(tmp_path, "a.png")
    (tmp_path / "b.png").symlink_to("nowhere")
    with pytest.raises(InvalidField):
        rename_with_companion(path, "b")


def test_either_both_have_their_new_names_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = video(tmp_path, "a.mp4")
    beside(tmp_path, "a.png")
    link = os.link

    def refuse(source: Path, target: Path, **named: bool) -> None:
        if source.name == "a.png":
            raise OSError(errno.ENOSPC, "No space left on device")
        link(source, target, **named)

    def rename(self: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(CannotSave) as raised:
        rename_with_companion(path, "b")
    assert raised.value.message == "a.png cannot be renamed: No space left on device."
    assert names(tmp_path) == ["a.mp4", "a.png"]


def test_also_where_it_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = video(tmp_path, "a.mp4"), video(tmp_path, "a-audio.mp4")
    beside(tmp_path, "a.png")

    def half(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", half)
    with pytest.raises(CannotSave) as raised:
        rename_with_companion(path, "b")
    assert raised.value.message == "a.png, which belongs to a.mp4, cannot be copied: No space left on device."
    assert names(tmp_path) == ["a-audio.mp4", "a.mp4", "a.png"]
