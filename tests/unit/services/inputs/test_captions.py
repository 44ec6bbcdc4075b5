"""Captions go beside the pictures when that is asked for, and never over what somebody else wrote."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.services.inputs.captions import CaptionDrafts, save_captions
from oelala_desktop.services.inputs.dataset_file import TrainingPicture


def shown(folder: Path, name: str, caption: str | None) -> TrainingPicture:
    """A picture as it was read."""
    file = folder / f"{name}.txt"
    if caption is not None:
        file.write_text(caption, "utf-8")
    return TrainingPicture(folder / f"{name}.png", file, (caption or "").strip())


def test_what_was_edited_is_written_and_nothing_else(tmp_path: Path) -> None:
    one, two, three = shown(tmp_path, "a", "a boat\n"), shown(tmp_path, "b", None), shown(tmp_path, "c", "a quay  \n")
    save_captions([(one, "a boat at dawn é"), (two, " "), (three, "a quay")])
    assert one.caption_file.read_text("utf-8") == "a boat at dawn é\n"
    assert not two.caption_file.exists()
    assert three.caption_file.read_text("utf-8") == "a quay  \n", "what says the same is not touched"
    save_captions([(shown(tmp_path, "a", "a boat"), "")])
    assert one.caption_file.read_bytes() == b""


def test_what_somebody_wrote_meanwhile_is_left(tmp_path: Path) -> None:
    one, two = shown(tmp_path, "a", "a boat"), shown(tmp_path, "b", "a quay")
    one.caption_file.write_text("a ship", "utf-8")
    with pytest.raises(CannotSave, match=r"^a\.txt was changed elsewhere meanwhile; it was left as it is\."):
        save_captions([(one, "a boat at dawn"), (two, "a quay at dawn")])
    assert one.caption_file.read_text("utf-8") == "a ship"
    assert two.caption_file.read_text("utf-8") == "a quay at dawn\n", "the others are saved"
    one.caption_file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CannotSave, match=r"no text in UTF-8; save it as such\. It was left as it is\.$"):
        save_captions([(one, "a boat at dawn")])


def test_a_folder_that_takes_nothing(tmp_path: Path) -> None:
    picture = TrainingPicture(tmp_path / "gone" / "a.png", tmp_path / "gone" / "a.txt")
    with pytest.raises(CannotSave, match=r"^Cannot save a\.txt into .*: No such file or directory\.$"):
        save_captions([(picture, "a boat")])


def test_drafts_are_kept_until_they_are_none(tmp_path: Path) -> None:
    drafts = CaptionDrafts(tmp_path / "captions.json")
    assert drafts.read() == {}
    drafts.keep({"/p/a.png": "a boat", "/p/b.png": ""})
    drafts.keep({"/p/c.png": "a quay", "/p/b.png": None})
    assert CaptionDrafts(tmp_path / "captions.json").read() == {"/p/a.png": "a boat", "/p/c.png": "a quay"}


@pytest.mark.parametrize("content", [b"", b"[1]", b"{", b'{"/p/a.png": 7}'])
def test_a_damaged_file_of_drafts_is_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "captions.json"
    file.write_bytes(content)
    drafts = CaptionDrafts(file)
    assert drafts.read() == {}
    drafts.keep({"/p/a.png": "a boat"})
    assert drafts.read() == {"/p/a.png": "a boat"}
    (kept,) = tmp_path.glob("*.damaged")
    assert kept.read_bytes() == content, "nothing that was typed is written over"


def test_a_home_that_takes_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotSave, match=r"^The drafts of captions cannot be saved: "):
        CaptionDrafts(tmp_path / "file" / "captions.json").keep({"/p/a.png": "a boat"})
