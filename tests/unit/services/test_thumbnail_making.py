"""A small JPEG of each picture and video: its size, what is upright, and where it is made."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.thumbnails import making
from oelala_desktop.services.thumbnails.making import make_still, make_thumbnail
from tests.library.stills import opened, striped
from tests.metadata import corpus, files


@pytest.mark.parametrize(
    ("given", "size", "covering", "expected"),
    [
        ((640, 360), 256, False, (256, 144)),
        ((360, 640), 256, False, (144, 256)),
        ((640, 360), 640, False, (640, 360)),
        ((640, 360), 1024, False, (640, 360)),
        ((3000, 1), 256, False, (256, 1)),
        ((640, 360), 128, True, (228, 128)),
        ((640, 360), 512, True, (640, 360)),
        ((8000, 1000), 128, True, (1024, 128)),  # eight times as long as its shorter side
        ((8008, 1000), 128, True, (1024, 128)),
        ((16000, 1000), 128, True, (1024, 64)),  # longer: the shorter side gives way
        ((0, 0), 128, False, (1, 1)),
        ((0, 0), 128, True, (1, 1)),
    ],
)
def test_how_large_one_is(given: tuple[int, int], size: int, covering: bool, expected: tuple[int, int]) -> None:
    assert making._fit(*given, size, covering) == expected


def where(monkeypatch: pytest.MonkeyPatch, path: Path) -> tuple[str, int]:
    """Whether it is decoded here or in a helper, and for how many pixels that has room."""
    asked: list[int] = []

    def run(name: str, pixels: int, work: Any, *args: Any) -> bytes:
        assert name == path.name
        asked.append(pixels)
        made: bytes = work(*args)
        return made

    with monkeypatch.context() as patch:
        patch.setattr(making.confined, "run", run)
        make_thumbnail(path, 128)
    return ("helper", asked[0]) if asked else ("here", 0)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("PNG", "here"), ("JPEG", "here"), ("WEBP", "here"), ("GIF", "here"), ("BMP", "here"), ("TIFF", "helper"),
     ("AVIF", "helper")],
)  # fmt: skip
def test_what_a_header_bounds_is_decoded_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, expected: str
) -> None:
    path = tmp_path / "a"
    path.write_bytes(files.saved(kind, striped()))
    assert where(monkeypatch, path) == (expected, 640 * 360 if expected == "helper" else 0)


@pytest.mark.parametrize(("height", "expected"), [(2000, "here"), (2001, "helper")])
def test_eight_megapixels_are_decoded_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, height: int, expected: str
) -> None:
    path = tmp_path / "a.png"
    Image.new("1", (4000, height)).save(path)
    assert where(monkeypatch, path)[0] == expected


@pytest.mark.parametrize(("over", "expected"), [(0, "here"), (1, "helper")])
def test_a_jpeg_of_sixteen_megabytes_is_decoded_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, over: int, expected: str
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(files.saved("JPEG", striped()).ljust(16 * 2**20 + over, b"\0"))
    assert where(monkeypatch, path)[0] == expected


def test_a_png_may_be_as_large_as_it_likes_and_one_with_a_profile_is_a_helpers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(files.saved("PNG", striped()) + bytes(17 * 2**20))
    assert where(monkeypatch, path)[0] == "here"
    path.write_bytes(corpus.png(corpus.png_chunk(b"iCCP", b"x\0\0broken")))
    assert where(monkeypatch, path)[0] == "helper"


def test_the_quality_is_eighty(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(files.saved("PNG", striped(64, 64)))
    out = io.BytesIO()
    striped(64, 64).save(out, "JPEG", quality=80)
    assert opened(make_thumbnail(path, 128)).quantization == opened(out.getvalue()).quantization  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_turned_picture_is_made_upright(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "a"
    path.write_bytes(files.saved(kind, striped(), exif=exif))
    for covering, size in ((False, (72, 128)), (True, (128, 228))):
        small = opened(make_thumbnail(path, 128, covering))
        assert small.size == size and small.getexif().get(0x0112, 1) == 1
        assert small.getpixel((30, 10))[0] > 200 > small.getpixel((30, 110 if not covering else 200))[0]  # type: ignore[index]


def test_a_png_is_shown_without_its_texts_where_they_are_damaged(tmp_path: Path) -> None:
    bad = corpus.png_chunk(b"zTXt", b"key\0\0no stream")[:-4] + b"\0\0\0\0"
    path = tmp_path / "a.png"
    path.write_bytes(corpus.png(bad))
    assert opened(make_thumbnail(path, 128)).size == (64, 48)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "CMYK"])
def test_large_pictures_of_many_channels_come_down_in_two_steps(tmp_path: Path, mode: str) -> None:
    picture = striped(1200, 600).convert(mode)
    path = tmp_path / "a"
    path.write_bytes(files.saved("JPEG" if mode == "CMYK" else "PNG", picture))
    assert opened(make_thumbnail(path, 128)).size == (128, 64)
    factors: list[int] = []

    class Opened:
        size, mode = (1200, 600), "RGBA"

        def reduce(self, factor: int) -> str:
            factors.append(factor)
            return "reduced"

    one: Any = Opened()
    assert making._reduced(one, 128) == "reduced" and factors == [4]
    assert making._reduced(one, 301) is one and making._reduced(one, 300) == "reduced"
    for mode_ in ("LA", "CMYK"):
        one.mode = mode_
        assert making._reduced(one, 128) == "reduced"
    for mode_ in ("RGB", "L", "P"):
        one.mode = mode_
        assert making._reduced(one, 128) is one


def test_a_still_is_the_first_frame_in_its_own_size(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(files.video("mp4"))
    with Image.open(io.BytesIO(make_still(path))) as still:
        assert (still.format, still.size) == ("PNG", (64, 48))
        assert still.convert("L").getpixel((2, 20)) > 200 > still.convert("L").getpixel((20, 20))  # type: ignore[operator]


def test_what_lies_behind_a_link_or_is_gone_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(corpus.png())
    (tmp_path / "to.png").symlink_to(path)
    for name in ("to.png", "gone.png"):
        with pytest.raises(OSError):
            make_thumbnail(tmp_path / name, 128)
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _ in range(3):
        make_thumbnail(path, 128)
    assert not before or len(os.listdir("/proc/self/fd")) == before, "no handle is left open"


@pytest.mark.parametrize(
    ("content", "words"),
    [(files.sound("aac", "ipod"), "a has no video in it"), (files.video("mp4")[:500], "a ")],
)
def test_what_has_no_frame(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=f"^{words}"):
        make_thumbnail(path, 128)


def test_a_stretched_grey_and_an_animated_one(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    frames = [Image.new("RGB", (90, 60), colour) for colour in ((250, 0, 0), (0, 0, 250))]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert opened(make_thumbnail(path, 128)).getpixel((40, 30))[0] > 200  # type: ignore[index]


def test_another_kind_has_no_thumbnail(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.odd"
    path.write_bytes(b"x")
    with pytest.raises(Unreadable, match=r"^a\.odd is of a kind that has no thumbnails\.$"):
        making._make(path, "odd", 128, False)
