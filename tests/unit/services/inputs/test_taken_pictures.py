"""A picture as it is taken: what goes up as it is, what is made of the rest, and what is told of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oelala_desktop.domain.errors import InvalidMedia
from oelala_desktop.services.inputs import pictures
from oelala_desktop.services.inputs.masks import fit_mask, inverted, read_mask
from oelala_desktop.services.inputs.pictures import FORMATS, MAX_BYTES, Pixels, read_picture
from tests.metadata import corpus, graphs


def save(path: Path, picture: Image.Image, **options: Any) -> Path:
    picture.save(path, **options)
    return path


def plain(size: tuple[int, int] = (80, 70), colour: tuple[int, int, int] = (10, 200, 30)) -> Image.Image:
    return Image.new("RGB", size, colour)


def test_limits() -> None:
    assert FORMATS == ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF") and MAX_BYTES == 20_000_000


@pytest.mark.parametrize(
    ("name", "options", "suffix", "as_it_is"),
    [
        ("a.png", {}, ".png", True),
        ("a.jpg", {}, ".jpg", True),
        ("a.webp", {"lossless": True}, ".webp", True),
        ("a.gif", {}, ".png", False),
        ("a.bmp", {}, ".png", False),
        ("a.tif", {}, ".png", False),
    ],
)
def test_what_goes_up_as_it_is(tmp_path: Path, name: str, options: dict[str, Any], suffix: str, as_it_is: bool) -> None:
    path = save(tmp_path / name, plain(), **options)
    found = read_picture(path)
    assert (found.path, found.suffix, found.content == path.read_bytes()) == (path, suffix, as_it_is)
    assert (found.width, found.height, found.file_bytes) == (80, 70, path.stat().st_size)
    assert (found.prompt, found.preview, found.mask) == ("", None, None)
    with Image.open(io.BytesIO(found.content)) as shown:
        assert shown.mode == "RGB"


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "LA"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str) -> None:
    found = read_picture(save(tmp_path / "a.png", plain().convert(mode)))
    assert found.suffix == ".png"
    with Image.open(io.BytesIO(found.content)) as shown:
        assert (shown.mode, shown.format) == ("RGB", "PNG")


@pytest.mark.parametrize(("size", "is_small"), [((300, 300), False), ((299, 400), True), ((400, 299), True)])
def test_which_are_small(tmp_path: Path, size: tuple[int, int], is_small: bool) -> None:
    assert read_picture(save(tmp_path / "a.png", plain(size))).is_small is is_small


@pytest.mark.parametrize(("size", "is_taken"), [((64, 64), True), ((63, 64), False), ((64, 63), False)])
def test_the_least_side(tmp_path: Path, size: tuple[int, int], is_taken: bool) -> None:
    path = save(tmp_path / "a.png", plain(size))
    if is_taken:
        assert read_picture(path).width == 64
    else:
        with pytest.raises(InvalidMedia) as caught:
            read_picture(path)
        told = f"{size[0]} × {size[1]}"
        assert caught.value.message == f"a.png is {told}; it must be at least 64 × 64."


@pytest.mark.parametrize(("height", "is_taken"), [(5_000, True), (5_001, False)])
def test_fifty_megapixels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, height: int, is_taken: bool) -> None:
    monkeypatch.setattr(pictures, "_upright", lambda *given: pictures.Picture(given[0], 1, 1, b"", ".png"))
    path = save(tmp_path / "a.png", Image.new("1", (10_000, height)))
    if is_taken:
        assert read_picture(path).file_bytes == path.stat().st_size
    else:
        with pytest.raises(InvalidMedia) as caught:
            read_picture(path)
        assert caught.value.message == "a.png has 50 megapixels; at most 50 are taken."


def test_as_many_bytes_as_are_allowed(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", plain())
    size = path.stat().st_size
    assert read_picture(path, max_bytes=size).file_bytes == size
    with pytest.raises(InvalidMedia) as caught:
        read_picture(path, "end", max_bytes=size - 1)
    assert caught.value.field == "end" and caught.value.message.startswith("a.png has 0.0 MB; at most ")


def test_texts_do_not_go_up_and_tell_of_the_prompt(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(corpus.png(corpus.png_text("prompt", corpus.dumps(graphs.one_pass())), width=80, height=80))
    found = read_picture(path)
    assert found.prompt == "a mountain lake, morning light" and b"mountain" not in found.content
    assert (found.file_bytes, found.content == path.read_bytes()) == (path.stat().st_size, False)


@pytest.mark.parametrize(
    ("size", "shown"),
    [((80, 70), (80, 70)), ((1024, 64), (1024, 64)), ((2048, 128), (1024, 64)), ((100, 2048), (50, 1024))],
)
def test_a_preview_is_the_picture_small(tmp_path: Path, size: tuple[int, int], shown: tuple[int, int]) -> None:
    found = read_picture(save(tmp_path / "a.png", plain(size)), preview=True).preview
    assert found == Pixels(*shown, bytes((10, 200, 30)) * (shown[0] * shown[1]))


def test_what_is_not_opaque_is_the_mask(tmp_path: Path) -> None:
    picture = plain().convert("RGBA")
    assert read_picture(save(tmp_path / "opaque.png", picture)).mask is None
    picture.putpixel((3, 4), (1, 2, 3, 254))
    picture.putpixel((5, 4), (1, 2, 3, 0))
    mask = read_picture(save(tmp_path / "a.png", picture)).mask
    assert mask is not None
    with Image.open(io.BytesIO(mask)) as shown:
        assert (shown.format, shown.mode, shown.size) == ("PNG", "L", (80, 70))
        assert [shown.getpixel(at) for at in ((3, 4), (5, 4), (0, 0))] == [1, 255, 0]


@pytest.mark.parametrize(
    ("kind", "where"),
    [("PNG", "here"), ("JPEG", "here"), ("BMP", "here"), ("GIF", "here"), ("WEBP", "helper"), ("TIFF", "helper")],
)
def test_what_a_header_does_not_bound_is_decoded_by_a_helper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, where: str
) -> None:
    asked: list[Any] = []

    def run(name: str, pixels: int, work: Any, *given: Any) -> Any:
        asked.append((name, pixels))
        return work(*given)

    monkeypatch.setattr(pictures.confined, "run", run)
    read_picture(save(tmp_path / "a", plain(), format=kind))
    assert asked == ([] if where == "here" else [("a", 80 * 70)])


# masks


def values(content: bytes) -> tuple[str, tuple[int, int], tuple[Any, Any]]:
    with Image.open(io.BytesIO(content)) as shown:
        return shown.mode, shown.size, shown.getextrema()


def test_a_mask_is_what_is_bright_or_what_is_transparent(tmp_path: Path) -> None:
    bright = Image.new("L", (80, 70))
    bright.putpixel((5, 5), 200)
    assert values(read_mask(save(tmp_path / "a.png", bright))) == ("L", (80, 70), (0, 200))
    clear = Image.new("RGBA", (80, 70), (255, 255, 255, 255))
    clear.putpixel((5, 5), (0, 0, 0, 0))
    assert values(read_mask(save(tmp_path / "b.png", clear))) == ("L", (80, 70), (0, 255))


def test_a_mask_that_masks_nothing(tmp_path: Path) -> None:
    with pytest.raises(InvalidMedia) as caught:
        read_mask(save(tmp_path / "a.png", Image.new("RGB", (80, 70))), "area")
    assert caught.value.field == "area"
    assert caught.value.message == "a.png masks nothing: it is black all over, and white is what is masked."


def test_a_mask_of_too_many_bytes(tmp_path: Path) -> None:
    path = save(tmp_path / "a.png", plain())
    with pytest.raises(InvalidMedia, match="are taken"):
        read_mask(path, max_bytes=path.stat().st_size - 1)


def test_a_mask_is_stretched_and_inverted(tmp_path: Path) -> None:
    half = Image.new("L", (80, 70), 255)
    half.paste(0, (0, 0, 40, 70))
    mask = read_mask(save(tmp_path / "a.png", half))
    assert values(fit_mask(mask, 160, 7)) == ("L", (160, 7), (0, 255))
    assert values(fit_mask(mask, 0, -3))[1] == (1, 1)
    with Image.open(io.BytesIO(inverted(mask))) as shown:
        assert (shown.getpixel((0, 0)), shown.getpixel((79, 0))) == (255, 0)
