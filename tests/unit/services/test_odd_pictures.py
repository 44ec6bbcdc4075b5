"""Whole pictures of odd build: a second one behind the first, scans and frames without end."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PIL.GifImagePlugin import GifImageFile

from oelala_desktop.services.files.confined import Confined
from oelala_desktop.services.inputs import pictures
from oelala_desktop.services.thumbnails import making as thumbnail_making
from tests.metadata import files

NOISE = Image.effect_noise((200, 160), 50).convert("RGB")


class Noted(Confined):
    """Helpers, and the files that they were asked about."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def run(self, name: str, pixels: int, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        self.asked.append(name)
        return super().run(name, pixels, work, *args, **kwargs)


@pytest.fixture
def helpers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Noted]:
    made = Noted()
    monkeypatch.setattr(pictures, "confined", made)
    monkeypatch.setattr(thumbnail_making, "confined", made)
    yield made
    made.close()


def test_a_camera_s_second_picture_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "two.jpg"
    path.write_bytes(files.saved("MPO", NOISE, save_all=True, append_images=[NOISE.rotate(90, expand=True)]))
    with Image.open(path) as opened:
        assert opened.format == "MPO"
    picture = pictures.read_picture(path)
    assert (picture.width, picture.height, picture.suffix) == (200, 160, ".png")
    with Image.open(io.BytesIO(picture.content)) as kept:
        assert kept.size == (200, 160) and getattr(kept, "n_frames", 1) == 1


def many_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan comes that often."""
    whole = files.saved("JPEG", NOISE, progressive=True)
    at = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[at:-2] * count + whole[-2:]


def test_a_jpeg_that_is_drawn_over_and_over_costs_a_helper(tmp_path: Path, helpers: Noted) -> None:
    for name, count in (("usual.jpg", 0), ("scans.jpg", 40)):
        path = tmp_path / name
        path.write_bytes(many_scans(count))
        assert pictures.read_picture(path).width == 200
        assert thumbnail_making.make_thumbnail(path, 64)
    assert helpers.asked == ["scans.jpg", "scans.jpg"]


def test_a_jpeg_of_few_pixels_and_many_bytes_costs_a_helper(tmp_path: Path, helpers: Noted) -> None:
    path = tmp_path / "much.jpg"
    path.write_bytes(files.saved("JPEG", NOISE) + bytes(17 * 2**20))
    assert thumbnail_making.make_thumbnail(path, 64)
    assert helpers.asked == ["much.jpg"]


def test_frames_of_a_start_picture_are_not_walked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(_: GifImageFile) -> int:
        raise AssertionError

    path = tmp_path / "a.gif"
    path.write_bytes(files.saved("GIF", NOISE, save_all=True, append_images=[NOISE.rotate(90)]))
    monkeypatch.setattr(GifImageFile, "n_frames", property(walk))
    assert pictures.read_picture(path).width == 200
