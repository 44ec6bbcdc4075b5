"""Masks: white is inside, whatever they were taken from."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from PIL import Image, ImageDraw

from oelala_desktop.domain.errors import InvalidField, Unreadable
from oelala_desktop.services.inputs.masks import fit_mask, inverted, read_mask
from oelala_desktop.services.inputs.pictures import read_picture


def saved(picture: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def hole() -> Image.Image:
    """A red picture with a transparent left quarter, and a half transparent one beside it."""
    made = Image.new("RGBA", (128, 64), (200, 0, 0, 255))
    made.paste((200, 0, 0, 0), (0, 0, 32, 64))
    made.paste((200, 0, 0, 128), (32, 0, 64, 64))
    return made


def as_the_server_reads(mask: bytes) -> np.ndarray:
    """LoadImageMask with the channel red."""
    with Image.open(BytesIO(mask)) as opened:
        return np.asarray(opened.convert("RGBA").getchannel("R")).astype(np.float32) / 255


def of_transparent(content: bytes) -> bytes | None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "picture"
        path.write_bytes(content)
        return read_picture(path).mask


def test_what_is_transparent_is_inside() -> None:
    for kind in ("PNG", "WEBP"):
        mask = of_transparent(saved(hole(), kind, **({"lossless": True} if kind == "WEBP" else {})))
        assert mask is not None
        with Image.open(BytesIO(mask)) as opened:
            assert (opened.format, opened.mode, opened.size) == ("PNG", "L", (128, 64))
        row = as_the_server_reads(mask)[10]
        assert (row[5], round(float(row[40]), 2), row[100]) == (1.0, 0.5, 0.0)


def test_a_palette_with_one_clear_colour() -> None:
    picture = Image.new("P", (64, 64), 1)
    picture.putpalette([0, 0, 0, 255, 255, 255])
    picture.paste(0, (0, 0, 16, 64))
    mask = of_transparent(saved(picture, transparency=0))
    assert mask is not None and as_the_server_reads(mask)[5, [3, 40]].tolist() == [1.0, 0.0]


@pytest.mark.parametrize("picture", [Image.new("RGB", (64, 64)), Image.new("RGBA", (64, 64), (1, 2, 3, 255))])
def test_where_nothing_is_transparent_there_is_no_mask(picture: Image.Image) -> None:
    assert of_transparent(saved(picture)) is None


def test_alpha_is_turned_with_its_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    mask = of_transparent(saved(hole(), exif=exif))
    assert mask is not None
    assert as_the_server_reads(mask).shape == (128, 64)
    assert as_the_server_reads(mask)[5, 5] == 1.0


@pytest.mark.parametrize(("name", "mode"), [("m.png", "L"), ("m.jpg", "RGB"), ("m.bmp", "1"), ("m.png", "I;16")])
def test_what_is_bright_in_a_file_is_inside(tmp_path: Path, name: str, mode: str) -> None:
    white = 65_535 if mode == "I;16" else 255 if mode != "RGB" else (255, 255, 255)
    picture = Image.new(mode, (96, 64))
    picture.paste(white, (0, 0, 48, 64))
    picture.save(tmp_path / name)
    values = as_the_server_reads(read_mask(tmp_path / name))
    assert values[:, :40].min() > 0.98 and values[:, 56:].max() < 0.02


def test_a_file_with_transparent_parts_is_its_alpha(tmp_path: Path) -> None:
    hole().save(tmp_path / "m.png")
    assert read_mask(tmp_path / "m.png") == of_transparent((tmp_path / "m.png").read_bytes())


def test_bad_files_get_one_sentence(tmp_path: Path) -> None:
    Image.new("L", (64, 64)).save(tmp_path / "black.png")
    (tmp_path / "text.png").write_text("no picture")
    for name, words in (("black.png", "masks nothing"), ("text.png", "is not a picture"), ("gone.png", "is not there")):
        with pytest.raises(InvalidField, match=words) as caught:
            read_mask(tmp_path / name, "area")
        assert caught.value.field == "area" and caught.value.message.startswith(name)
    for work in (inverted, lambda mask: fit_mask(mask, 10, 10)):
        with pytest.raises(Unreadable, match="The mask is damaged"):
            work(b"no mask")


def disc() -> bytes:
    made = Image.new("L", (128, 128))
    ImageDraw.Draw(made).ellipse((32, 32, 96, 96), fill=255)
    return saved(made)


def test_it_is_stretched_to_its_picture() -> None:
    values = as_the_server_reads(fit_mask(disc(), 256, 64))
    assert values.shape == (64, 256) and (values[32, 128], values[5, 128], values[32, 40]) == (1.0, 0.0, 0.0)
    with pytest.raises(Unreadable, match="megapixels"):
        fit_mask(disc(), 100_000, 100_000)


def test_inverted() -> None:
    values = as_the_server_reads(inverted(disc()))
    assert (values[64, 64], values[2, 2]) == (0.0, 1.0)
    assert np.array_equal(as_the_server_reads(inverted(inverted(disc()))), as_the_server_reads(disc()))
