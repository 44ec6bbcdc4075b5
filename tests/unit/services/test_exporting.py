"""Copies for elsewhere: their names, what goes along, and what is said of those that could not be made."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.services.library import exporting
from oelala_desktop.services.library.exporting import export_files
from oelala_desktop.services.library.folders import look
from oelala_desktop.services.library.reading import Found, read_entry
from oelala_desktop.storage.favorites import Marks
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_writing import Stamp
from tests.metadata import corpus, files, graphs

TOLD = {"prompt": graphs.one_pass()}
BARE = files.video("mp4")
COMPANION = corpus.png_with({"prompt": graphs.one_pass() | {"9": graphs.node("VHS_VideoCombine")}})


class Desk:
    def __init__(self, home: Path) -> None:
        self.media, self.target = home / "media", home / "target"
        self.media.mkdir()
        self.store = MediaStore(home / "media.sqlite3")

    async def put(self, name: str, content: bytes) -> MediaItem:
        path = self.media / name
        path.write_bytes(content)
        os.utime(path, (10_000, 10_000))
        stamp = look(str(path))
        assert isinstance(stamp, Stamp)
        await self.store.save([read_entry(Found(str(self.media), name, stamp), Marks())])
        item = await self.store.by_path(str(path))
        assert item is not None
        return item

    def copies(self) -> list[str]:
        return sorted(os.listdir(self.target))


@pytest.fixture
async def desk(tmp_path: Path) -> Any:
    made = Desk(tmp_path)
    await made.store.open()
    yield made
    await made.store.close()


async def test_copies_are_as_they_were_with_their_time(desk: Desk) -> None:
    item = await desk.put("a.png", corpus.png_with(TOLD))
    found = export_files([item], desk.target / "deep", True)
    copy = desk.target / "deep" / "a.png"
    assert (found.copied, found.unstripped, found.failed) == ((str(copy),), (), {})
    assert copy.read_bytes() == Path(item.path).read_bytes() and copy.stat().st_mtime == 10_000
    assert os.listdir(desk.target / "deep") == ["a.png"]


async def test_without_what_made_them(desk: Desk) -> None:
    items = [await desk.put("a.png", corpus.png_with(TOLD)), await desk.put("b.tif", files.saved("TIFF"))]
    found = export_files(items, desk.target, False)
    assert found.unstripped == ("b.tif",) and len(found.copied) == 2
    assert b"KSampler" not in (desk.target / "a.png").read_bytes()
    assert (desk.target / "a.png").stat().st_mtime == 10_000
    assert (desk.target / "b.tif").read_bytes() == files.saved("TIFF")


async def test_names_that_are_taken_get_a_number(desk: Desk) -> None:
    item = await desk.put("a.b.png", corpus.png())
    names = [Path(export_files([item], desk.target, True).copied[0]).name for _ in range(3)]
    assert names == ["a.b.png", "a.b_2.png", "a.b_3.png"]


async def test_a_name_as_long_as_one_may_be_is_cut_between_characters(desk: Desk) -> None:
    name = "ü" * 125 + "x.png"  # 255 bytes
    item = await desk.put(name, corpus.png())
    names = [Path(export_files([item], desk.target, True).copied[0]).name for _ in range(2)]
    assert names == [name, "ü" * 124 + "_2.png"] and len(os.fsencode(names[1])) == 254


async def test_a_companion_goes_along_under_the_copys_name(desk: Desk) -> None:
    film = await desk.put("a.mp4", BARE)
    picture = await desk.put("a.png", COMPANION)
    export_files([film], desk.target, True)
    assert desk.copies() == ["a.mp4", "a.png"]
    assert (desk.target / "a.png").read_bytes() == COMPANION
    export_files([film], desk.target, True)
    assert desk.copies() == ["a.mp4", "a.png", "a_2.mp4", "a_2.png"]
    shutil.rmtree(desk.target)
    assert len(export_files([film, picture], desk.target, True).copied) == 2
    assert desk.copies() == ["a.mp4", "a.png"], "once, for its own sake"
    shutil.rmtree(desk.target)
    export_files([film], desk.target, False)
    assert desk.copies() == ["a.mp4"], "it tells what made the video"


async def test_nothing_is_written_over_by_a_companion(desk: Desk) -> None:
    film = await desk.put("a.mp4", BARE)
    await desk.put("a.png", COMPANION)
    desk.target.mkdir()
    (desk.target / "a.png").write_bytes(b"another")
    export_files([film], desk.target, True)
    assert (desk.target / "a.png").read_bytes() == b"another" and desk.copies() == ["a.mp4", "a.png"]


async def test_each_that_fails_has_its_sentence_and_the_others_are_copied(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, bad, good = [await desk.put(name, corpus.png_with(TOLD)) for name in ("gone.png", "bad.png", "good.png")]
    odd = await desk.put("odd.jpg", files.jpeg())
    Path(gone.path).unlink()
    Path(odd.path).write_bytes(b"\xff\xd8\xff\xe1")
    before = exporting.strip_metadata

    def stumbles(part: Path, kind: str) -> bool:
        if Path(bad.path).read_bytes() == part.read_bytes() and not export_files.__dict__.get("done"):
            export_files.__dict__["done"] = True
            raise AttributeError("a fault of ours")
        return before(part, kind)

    monkeypatch.setattr(exporting, "strip_metadata", stumbles)
    found = export_files([gone, bad, good, odd], desk.target, False)
    export_files.__dict__.clear()
    assert found.failed == {
        "gone.png": "gone.png could not be copied: No such file or directory.",
        "bad.png": "bad.png could not be copied: a fault of ours.",
        "odd.jpg": "odd.jpg could not be copied: the file is damaged.",
    }
    assert [Path(path).name for path in found.copied] == ["good.png"] and desk.copies() == ["good.png"]


async def test_a_disk_that_is_full_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    item = await desk.put("a.png", corpus.png())

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    found = export_files([item], desk.target, True)
    assert found.failed == {"a.png": "a.png could not be copied: No space left on device."}
    assert desk.copies() == []


async def test_a_folder_that_cannot_be_made(desk: Desk) -> None:
    desk.target.write_text("a file")
    with pytest.raises(CannotSave) as caught:
        export_files([], desk.target / "sub", True)
    assert caught.value.message == f"The folder {desk.target}/sub cannot be used: Not a directory."
