"""Pictures as users have them: what is taken and how it looks afterwards, and the sentence for what is not."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oelala_desktop.domain.errors import CannotSave, InvalidMedia
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.services.inputs.kept import facts_file
from oelala_desktop.services.inputs.pictures import Picture, read_picture
from oelala_desktop.services.inputs.store import InputStore

RED, GREEN = (220, 30, 30), (30, 200, 30)


def two_halves(size: tuple[int, int] = (320, 400)) -> Image.Image:
    """Red above, green below."""
    picture = Image.new("RGB", size, GREEN)
    picture.paste(RED, (0, 0, size[0], size[1] // 2))
    return picture


def shown(picture: Picture) -> Image.Image:
    with Image.open(io.BytesIO(picture.content)) as opened:
        opened.load()
        return opened


def near(pixel: object, colour: tuple[int, int, int], by: int = 6) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= by for a, b in zip(pixel[:3], colour, strict=True))


def save(tmp_path: Path, name: str, picture: Image.Image, **options: object) -> Path:
    path = tmp_path / name
    picture.save(path, **options)
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {"quality": 95}),
        ("a.png", {}),
        ("a.webp", {"lossless": True}),
        ("a.gif", {}),
        ("a.bmp", {}),
        ("a.tif", {}),
        ("a.avif", {"quality": 95}),
        ("no suffix", {"format": "PNG"}),
        ("wrong suffix.jpg", {"format": "PNG"}),
        ("Grüße 🎬.png", {}),
    ],
)
def test_formats(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    picture = read_picture(save(tmp_path, name, two_halves(), **options))
    found = shown(picture)
    assert (picture.width, picture.height) == found.size == (320, 400)
    assert found.mode == "RGB"
    assert near(found.getpixel((160, 40)), RED, 12)
    assert near(found.getpixel((160, 360)), GREEN, 12)
    assert not picture.is_small


def test_a_plain_file_goes_as_it_is(tmp_path: Path) -> None:
    path = save(tmp_path, "a.jpg", two_halves())
    assert read_picture(path).content == path.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_honoured(tmp_path: Path, orientation: int) -> None:
    """A picture stored the other way round, with the note that says so, comes out as it was."""
    undo: dict[int, Image.Transpose | None] = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    method = undo[orientation]
    stored = two_halves() if method is None else two_halves().transpose(method)
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(save(tmp_path, "a.jpg", stored, exif=exif, quality=95))
    found = shown(picture)
    assert found.size == (picture.width, picture.height) == (320, 400)
    assert near(found.getpixel((160, 40)), RED, 12)
    assert found.getexif().get(0x0112, 1) == 1


def test_cmyk(tmp_path: Path) -> None:
    found = shown(read_picture(save(tmp_path, "a.jpg", two_halves().convert("CMYK"), quality=95)))
    assert found.mode == "RGB"
    assert near(found.getpixel((160, 40)), RED, 20)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bit_greys_keep_their_values(tmp_path: Path, suffix: str) -> None:
    values = np.repeat(np.arange(256, dtype=np.uint16) * 257, 256).reshape(256, 256)
    found = shown(read_picture(save(tmp_path, f"a{suffix}", Image.fromarray(values))))
    greys = np.asarray(found)[:, 0, 0].astype(int)
    assert np.abs(greys - np.arange(256)).max() <= 1


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-3.5, 900.0), (0.0, 255.0)])
def test_floating_point_greys_are_spread_over_their_own_range(tmp_path: Path, low: float, high: float) -> None:
    values = np.repeat(np.linspace(low, high, 256, dtype=np.float32), 256).reshape(256, 256)
    found = shown(read_picture(save(tmp_path, "a.tif", Image.fromarray(values))))
    greys = np.asarray(found)[:, 0, 0].astype(int)
    assert np.abs(greys - np.arange(256)).max() <= 1


@pytest.mark.parametrize("odd", [np.inf, -np.inf])
def test_floating_point_without_bounds(tmp_path: Path, odd: float) -> None:
    values = np.zeros((100, 100), np.float32)
    values[0, 0] = odd
    with pytest.raises(InvalidMedia, match=r"a\.tif is damaged"):
        read_picture(save(tmp_path, "a.tif", Image.fromarray(values)))


def test_palette_with_transparency_lies_on_black(tmp_path: Path) -> None:
    picture = two_halves().convert("P", palette=Image.Palette.ADAPTIVE, colors=8)
    index = picture.getpixel((0, 0))
    found = shown(read_picture(save(tmp_path, "a.png", picture, transparency=index)))
    assert near(found.getpixel((160, 40)), (0, 0, 0))
    assert near(found.getpixel((160, 360)), GREEN, 16)


def test_half_transparent_pixels_are_halved(tmp_path: Path) -> None:
    picture = two_halves().convert("RGBA")
    picture.putalpha(128)
    found = shown(read_picture(save(tmp_path, "a.webp", picture, lossless=True)))
    assert near(found.getpixel((160, 360)), (15, 100, 15))


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a.png"])
def test_the_first_frame_of_what_moves(tmp_path: Path, name: str) -> None:
    frames = [two_halves(), Image.new("RGB", (320, 400), (0, 0, 255))]
    found = shown(read_picture(save(tmp_path, name, frames[0], save_all=True, append_images=frames[1:])))
    assert getattr(found, "n_frames", 1) == 1
    assert near(found.getpixel((160, 40)), RED, 16)


def test_a_small_picture_is_known_as_one(tmp_path: Path) -> None:
    assert read_picture(save(tmp_path, "a.png", two_halves((320, 299)))).is_small


def write(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def encoded(size: tuple[int, int], kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 50).save(out, kind)
    return out.getvalue()


def black(width: int, height: int) -> bytes:
    """A PNG of one bit a pixel, a thousandth as large as what it unfolds to."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = zlib.compressobj(1)
    line = bytes(1 + (width + 7) // 8)
    packed = b"".join(rows.compress(line) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def folder(parent: Path) -> Path:
    (parent / "a folder").mkdir()
    return parent / "a folder"


def pipe(parent: Path) -> Path:
    os.mkfifo(parent / "pipe.png")
    return parent / "pipe.png"


BAD: dict[str, tuple[Callable[[Path], Path], str]] = {
    "text": (write("notes.png", b"just words"), r"notes\.png is not a picture that Oelala reads \(JPEG"),
    "svg": (write("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), r"a\.svg is not a picture"),
    "psd": (write("a.psd", b"8BPS" + bytes(100)), r"a\.psd is not a picture"),
    "empty": (write("empty.jpg", b""), r"empty\.jpg is empty \(0 bytes\)"),
    "half a JPEG": (write("half.jpg", encoded((400, 400), "JPEG")[:20_000]), r"half\.jpg is damaged or cut short"),
    "half a PNG": (write("half.png", encoded((400, 400))[:20_000]), r"half\.png is damaged or cut short"),
    "a PNG's head": (write("head.png", encoded((400, 400))[:20]), r"head\.png is not a picture"),
    "bomb": (write("bomb.png", black(20_000, 20_000)), r"bomb\.png has more than 50 megapixels"),
    "51 megapixels": (write("big.png", black(8_000, 6_400)), r"big\.png has 51 megapixels; at most 50"),
    "30,000 × 10": (write("line.png", encoded((30_000, 10))), r"line\.png is 30000 × 10; it must be at least 64 × 64"),
    "too small": (write("dot.png", encoded((63, 64))), r"dot\.png is 63 × 64"),
    "folder": (folder, r"a folder is a folder; give a picture inside it"),
    "pipe": (pipe, r"pipe\.png is not a file"),
    "gone": (lambda parent: parent / "gone.png", r"gone\.png is not there \(looked in /"),
    "through a file": (lambda parent: write("f", b"x")(parent) / "a.png", r"a\.png cannot be read: Not a directory"),
    "long name": (lambda parent: parent / ("x" * 300), r"cannot be read: File name too long"),
    "NUL": (lambda parent: parent / "a\0b.png", r"is not a file name"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_picture_gets_one_sentence_with_its_name(tmp_path: Path, case: str) -> None:
    make, words = BAD[case]
    with pytest.raises(InvalidMedia, match=words) as caught:
        read_picture(make(tmp_path), "end_image")
    assert caught.value.field == "end_image"
    assert caught.value.message.endswith(".")


def test_the_limit_of_bytes_is_a_setting(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", two_halves())
    with pytest.raises(InvalidMedia, match=r"a\.png has 0\.0 MB; at most 0\.0001 MB are taken"):
        read_picture(path, max_bytes=100)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", two_halves())
    path.chmod(0)
    with pytest.raises(InvalidMedia, match=r"a\.png may not be read; check its permissions"):
        read_picture(path)


def test_damaged_extras_are_no_hindrance(tmp_path: Path) -> None:
    path = save(tmp_path, "a.jpg", two_halves(), exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + bytes(30))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_picture(path).height == 400


def test_pictures_are_kept_once_by_content(tmp_path: Path) -> None:
    path = save(tmp_path, "Grüße.png", two_halves())
    store = InputStore(tmp_path / "inputs")
    kept = store.take(path, FieldKind.PICTURE, "image").kept
    again = InputStore(tmp_path / "inputs").take(path, FieldKind.PICTURES, "images").kept
    assert kept is not None and again is not None and kept.path == again.path
    assert kept.path.read_bytes() == read_picture(path).content
    assert kept.upload_name.isascii()
    assert kept.upload_name.startswith("oelala_")
    assert kept.original.endswith("Grüße.png")
    assert {p.name for p in (tmp_path / "inputs").iterdir()} == {kept.path.name, facts_file(kept.path).name}


def test_a_folder_that_takes_no_pictures(tmp_path: Path) -> None:
    path = save(tmp_path, "a.png", two_halves())
    (tmp_path / "file").touch()
    with pytest.raises(CannotSave, match=r"Cannot keep a\.png under .*file"):
        InputStore(tmp_path / "file").take(path, FieldKind.PICTURE, "image")
