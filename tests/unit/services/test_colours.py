"""Pictures whose colours, turning or texts are not the plain ones: what goes up shows the same."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from oelala_desktop.services.files.colours import as_rgb, in_srgb, names_profile
from oelala_desktop.services.inputs.pictures import read_picture
from oelala_desktop.services.thumbnails.making import make_thumbnail
from tests.unit.services.test_pictures import near, save, shown, two_halves

#: of Display P3 under D50, as its profiles state them
_P3 = {"r": (0.51512, 0.24120, -0.00105), "g": (0.29198, 0.69225, 0.04189), "b": (0.15710, 0.06657, 0.78407)}
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def profile(primaries: dict[str, tuple[float, float, float]] = _P3) -> bytes:
    """A matrix profile (ICC.1:2010, 7.2 and 9.2) with sRGB's curve."""
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(*_CURVE)
    tags = {b"wtpt": b"XYZ " + bytes(4) + _fixed(0.9642, 1.0, 0.8249)}
    for name, value in primaries.items():
        tags[f"{name}XYZ".encode()] = b"XYZ " + bytes(4) + _fixed(*value)
        tags[f"{name}TRC".encode()] = curve
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name_, content in tags.items():
        table += name_ + struct.pack(">II", at + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = bytes(4) + bytes(4) + b"\x04\x20\0\0" + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    head += _fixed(0.9642, 1.0, 0.8249) + bytes(48)
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def rgba() -> Image.Image:
    picture = Image.new("RGBA", (80, 80), (200, 100, 50, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 80, 40))
    return picture


@pytest.mark.parametrize("kind", ["a.png", "a.jpg", "a.webp", "a.tif", "a.avif"])
def test_display_p3_is_converted(tmp_path: Path, kind: str) -> None:
    options = {"lossless": True} if kind == "a.webp" else {"quality": 98}
    path = save(tmp_path, kind, Image.new("RGB", (80, 80), (200, 100, 50)), icc_profile=profile(), **options)
    made = shown(read_picture(path))
    assert near(made.getpixel((40, 40)), (215, 93, 31), 5)
    assert "icc_profile" not in made.info


@pytest.mark.parametrize("size", [(80, 80), (3000, 3000)])
@pytest.mark.parametrize("kind", ["a.png", "a.jpg", "a.webp", "a.tif", "a.avif"])
def test_thumbnails_show_colours_as_they_are_meant(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    path = save(tmp_path, kind, Image.new("RGB", size, (200, 100, 50)), icc_profile=profile())
    for covering in (False, True):
        with Image.open(io.BytesIO(make_thumbnail(path, 128, covering))) as small:
            assert near(small.getpixel((40, 40)), (215, 93, 31), 7)


@pytest.mark.parametrize("kind", ["a.png", "a.webp"])
def test_thumbnails_of_transparent_pictures_do_too(tmp_path: Path, kind: str) -> None:
    path = save(tmp_path, kind, rgba(), icc_profile=profile(), lossless=True)
    with Image.open(io.BytesIO(make_thumbnail(path, 128))) as small:
        assert near(small.getpixel((40, 60)), (215, 93, 31), 7) and near(small.getpixel((40, 10)), (0, 0, 0))


def test_a_thumbnail_of_floating_point_greys_shows_what_goes_up(tmp_path: Path) -> None:
    ramp = Image.linear_gradient("L").convert("F").point(lambda value: value * (1 / 512) + 0)
    path = save(tmp_path, "a.tif", ramp)
    up = shown(read_picture(path)).convert("L")
    with Image.open(io.BytesIO(make_thumbnail(path, 256))) as small:
        for at in (10, 128, 250):
            assert small.convert("L").getpixel((128, at)) == pytest.approx(up.getpixel((128, at)), abs=5)


def test_transparency_survives_a_profile(tmp_path: Path) -> None:
    made = shown(read_picture(save(tmp_path, "a.png", rgba(), icc_profile=profile())))
    assert near(made.getpixel((40, 60)), (215, 93, 31), 3) and made.getpixel((40, 20)) == (0, 0, 0)


def test_a_turned_picture_is_converted_and_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGB", (120, 80), (200, 100, 50))
    path = save(tmp_path, "a.jpg", picture, icc_profile=profile(), exif=exif, quality=98)
    made = shown(read_picture(path))
    assert made.size == (80, 120) and near(made.getpixel((40, 40)), (215, 93, 31), 5)


@pytest.mark.parametrize(
    "icc", [ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"no profile at all", bytes(200)]
)
def test_srgb_and_broken_profiles_leave_the_file_as_it_is(tmp_path: Path, icc: bytes) -> None:
    path = save(tmp_path, "a.png", two_halves(), icc_profile=icc)
    assert read_picture(path).content == path.read_bytes()


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_deflate"])
@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_tiff_is_turned_once(tmp_path: Path, orientation: int, compression: str | None) -> None:
    back = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path, "a.tif", two_halves((160, 200)).transpose(back), exif=exif, compression=compression)
    thumbnail = Image.open(io.BytesIO(make_thumbnail(path, 128)))
    for made in (shown(read_picture(path)), thumbnail):
        assert made.width / made.height == pytest.approx(160 / 200, abs=0.02)
        assert near(made.convert("RGB").getpixel((9, 9)), (220, 30, 30), 25)


def test_the_first_picture_of_a_phone_s_file_is_taken(tmp_path: Path) -> None:
    path = save(
        tmp_path, "a.jpg", two_halves(), format="MPO", save_all=True, append_images=[Image.new("RGB", (64, 64))]
    )
    made = shown(read_picture(path))
    assert made.size == (320, 400) and near(made.getpixel((9, 9)), (220, 30, 30), 25)


def chunk(kind: bytes, content: bytes, *, sound: bool = True) -> bytes:
    check = zlib.crc32(kind + content) ^ (0 if sound else 1)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(8_000_000))),
        chunk(b"iTXt", b"prompt\0\0\0\0\0" + b"x" * 5_000_000),
        chunk(b"tEXt", b"prompt\0text", sound=False),
        chunk(b"tIME", bytes(7), sound=False),
        b"".join(chunk(b"zTXt", b"k%d\0\0" % n + zlib.compress(bytes(900_000))) for n in range(90)),
    ],
)
@pytest.mark.parametrize("behind", [False, True])
def test_texts_keep_no_png_from_being_read(tmp_path: Path, extra: bytes, behind: bool) -> None:
    plain = save(tmp_path, "plain.png", two_halves()).read_bytes()
    at = len(plain) - 12 if behind else 33  # before the end, or after the head
    path = tmp_path / "a.png"
    path.write_bytes(plain[:at] + extra + plain[at:])
    picture = read_picture(path)
    assert picture.content == plain and picture.file_bytes == len(plain) + len(extra)
    with Image.open(io.BytesIO(make_thumbnail(path, 128))) as thumbnail:
        assert near(thumbnail.convert("RGB").getpixel((9, 9)), (220, 30, 30), 25)


def test_profiles_are_announced_at_the_beginning() -> None:
    for kind, mark in (("jpeg", b"ICC_PROFILE\0"), ("png", b"iCCP"), ("webp", b"ICCP")):
        assert names_profile(kind, b"head" + mark + b"rest")
        assert not names_profile(kind, b"head ICC_PROFILE rest iccp")
        assert not names_profile("gif", b"head" + mark + b"rest")


def of_mode(mode: str, **info: object) -> Image.Image:
    made = Image.new(mode, (4, 4))
    made.info |= info
    return made


@pytest.mark.parametrize(
    "picture",
    [
        *(of_mode("RGB"), of_mode("RGB", icc_profile=b""), of_mode("1", icc_profile=b"x")),
        *(
            of_mode("1", icc_profile=profile()),
            of_mode("I", icc_profile=profile()),
            of_mode("L", icc_profile=profile()),
        ),
    ],
)
def test_a_picture_without_a_profile_stays_itself(picture: Image.Image) -> None:
    assert in_srgb(picture) is picture


def test_a_profile_that_leaves_srgb_alone_changes_nothing() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = of_mode("RGB", icc_profile=srgb)
    assert in_srgb(picture) is picture
    for broken in (b"no profile", profile()[:200]):
        odd = of_mode("RGB", icc_profile=broken)
        assert in_srgb(odd) is odd


@pytest.mark.parametrize(("mode", "made"), [("RGB", "RGB"), ("RGBA", "RGBA"), ("P", "RGB")])
def test_what_is_converted_has_no_profile_any_more(mode: str, made: str) -> None:
    found = in_srgb(of_mode(mode, icc_profile=profile()))
    assert found.mode == made and "icc_profile" not in found.info and "transparency" not in found.info


def grey_profile() -> bytes:
    """Of greys whose numbers go with the light (ICC.1:2010, 8.3)."""
    tags = {b"wtpt": b"XYZ " + bytes(4) + _fixed(0.9642, 1.0, 0.8249), b"kTRC": b"curv" + bytes(4) + bytes(4)}
    at, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", at + len(body), len(content))
        body += content
    head = bytes(4) + bytes(4) + b"\x02\x40\0\0" + b"mntrGRAYXYZ " + bytes(12) + b"acsp" + bytes(28)
    whole = head + _fixed(0.9642, 1.0, 0.8249) + bytes(48) + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


@pytest.mark.parametrize(("mode", "value", "made"), [("L", 128, "RGB"), ("LA", (128, 77), "RGBA")])
def test_greys_are_converted_as_greys(mode: str, value: object, made: str) -> None:
    picture = Image.new(mode, (4, 4), value)  # type: ignore[arg-type]
    picture.info["icc_profile"] = grey_profile()
    found = in_srgb(picture)
    assert found.mode == made and near(found.convert("RGB").getpixel((1, 1)), (188, 188, 188), 2)
    assert made == "RGB" or found.getchannel("A").getextrema() == (77, 77)


def test_a_palette_keeps_its_transparency_through_a_profile() -> None:
    picture = of_mode("P", icc_profile=profile(), transparency=0)
    found = in_srgb(picture)
    assert found.mode == "RGBA" and found.getchannel("A").getextrema() == (0, 0)
    assert "transparency" not in found.info


@pytest.mark.parametrize(
    ("mode", "value", "expected"),
    [
        ("RGB", (1, 2, 3), (1, 2, 3)),
        ("L", 7, (7, 7, 7)),
        ("RGBA", (200, 100, 50, 255), (200, 100, 50)),
        ("RGBA", (200, 100, 50, 0), (0, 0, 0)),
        ("LA", (200, 0), (0, 0, 0)),
        ("LA", (200, 255), (200, 200, 200)),
        ("I", 512, (2, 2, 2)),
        ("I;16", 65535, (255, 255, 255)),
        ("I;16", 256, (1, 1, 1)),
        ("1", 1, (255, 255, 255)),
        ("CMYK", (0, 0, 0, 0), (255, 255, 255)),
    ],
)
def test_eight_bits_a_channel_on_black(mode: str, value: object, expected: tuple[int, int, int]) -> None:
    made = as_rgb(Image.new(mode, (2, 2), value))  # type: ignore[arg-type]
    assert (made.mode, made.getpixel((1, 1))) == ("RGB", expected)


def test_a_colour_that_is_said_to_be_transparent_is_black() -> None:
    picture = Image.new("RGB", (2, 1), (9, 9, 9))
    picture.putpixel((1, 0), (8, 8, 8))
    picture.info["transparency"] = (9, 9, 9)
    assert [as_rgb(picture).getpixel((x, 0)) for x in range(2)] == [(0, 0, 0), (8, 8, 8)]


def test_numbers_without_a_scale_are_spread() -> None:
    ramp = Image.new("F", (3, 1))
    for x, value in enumerate((-1.0, 0.0, 3.0)):
        ramp.putpixel((x, 0), value)
    assert [as_rgb(ramp).getpixel((x, 0))[0] for x in range(3)] == [0, 63, 255]
    assert as_rgb(Image.new("F", (2, 2), 7.0)).getpixel((0, 0)) == (0, 0, 0)
    with pytest.raises(ValueError, match="values without bounds"):
        as_rgb(Image.new("F", (2, 2), float("inf")))
