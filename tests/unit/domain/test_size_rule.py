"""How large: short sides and aspects, SDXL's sizes, megapixels, factors, and what is given."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oelala_desktop.domain.geometry import ASPECTS, RESOLUTIONS, SDXL_SIZES
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.size_rule import MEGAPIXEL, SHORT_SIDE, SizeRule, is_resolution
from tests.unit.domain.made_presets import made, with_fields
from tests.unit.domain.samples import settled

SIZES = st.tuples(st.integers(1, 20_000), st.integers(1, 20_000))
MULTIPLES = st.sampled_from([1, 2, 8, 16, 32, 64])

#: product.md's figures: short side, aspect, size
FIGURES = [
    ("480p", "16:9", (848, 480)),
    ("480p", "4:3", (640, 480)),
    ("480p", "3:2", (720, 480)),
    ("480p", "21:9", (1120, 480)),
    ("480p", "1:1", (480, 480)),
    ("576p", "16:9", (1024, 576)),
    ("576p", "4:3", (768, 576)),
    ("576p", "3:2", (864, 576)),
    ("576p", "21:9", (1344, 576)),
    ("720p", "16:9", (1280, 720)),
    ("720p", "4:3", (960, 720)),
    ("720p", "3:2", (1072, 720)),
    ("720p", "21:9", (1680, 720)),
    ("1080p", "16:9", (1920, 1072)),
]


@pytest.mark.parametrize(("resolution", "aspect", "size"), FIGURES)
def test_wan_s_sizes(resolution: str, aspect: str, size: tuple[int, int]) -> None:
    values = {"resolution": resolution, "aspect_ratio": aspect}
    assert SHORT_SIDE.settle(values, (10, 999)) == (aspect, *size)
    turned = {"resolution": resolution, "aspect_ratio": ":".join(reversed(aspect.split(":")))}
    assert SHORT_SIDE.settle(turned, None)[1:] == (size[1], size[0])


@given(st.sampled_from([*RESOLUTIONS, "704p", "320p"]), st.sampled_from(list(ASPECTS)), MULTIPLES)
def test_short_sides(resolution: str, aspect: str, multiple: int) -> None:
    settled_as, width, height = SizeRule(multiple=multiple).settle(
        {"resolution": resolution, "aspect_ratio": aspect}, None
    )
    short, ratio = int(resolution[:-1]), Fraction(*ASPECTS[aspect])
    assert settled_as == aspect
    assert width % multiple == height % multiple == 0
    assert short - multiple < min(width, height) <= short
    longer = short * max(ratio, 1 / ratio)
    assert longer - multiple - 1 < max(width, height) <= longer
    assert (width >= height) is (ratio >= 1)


def test_a_side_is_never_nothing() -> None:
    assert SizeRule(multiple=64).settle({"resolution": "48p", "aspect_ratio": "1:1"}, None) == ("1:1", 64, 64)


def test_what_auto_comes_to() -> None:
    assert SHORT_SIDE.settle({}, (900, 1600)) == ("9:16", 480, 848)
    assert SHORT_SIDE.settle({"aspect_ratio": "auto"}, None) == ("16:9", 848, 480)
    assert SizeRule("sdxl").settle({}, None) == ("1:1", 1024, 1024)
    assert SizeRule("sdxl").settle({}, (1000, 600)) == ("16:9", 1344, 768)
    assert SizeRule("megapixels").settle({}, None) == ("1:1", 1024, 1024)
    assert SizeRule("megapixels").settle({"aspect_ratio": None, "resolution": "1080p"}, None) == ("1:1", 1024, 1024)


@given(st.sampled_from(list(ASPECTS)), MULTIPLES)
def test_sdxl_s_own_sizes(aspect: str, multiple: int) -> None:
    _, width, height = SizeRule("sdxl", multiple).settle({"aspect_ratio": aspect}, (10, 10))
    assert (width, height) in SDXL_SIZES.values() or (height, width) in SDXL_SIZES.values()
    assert abs(Fraction(width, height) / Fraction(*ASPECTS[aspect]) - 1) < Fraction(1, 30) + Fraction(1, 60)


@given(SIZES, st.floats(0.05, 40), MULTIPLES)
def test_megapixels_of_a_picture(size: tuple[int, int], megapixels: float, multiple: int) -> None:
    ratio, pixels = Fraction(*size), Fraction(str(megapixels)) * MEGAPIXEL
    assume(Fraction(1, 8) <= ratio <= 8)
    aspect, width, height = SizeRule("megapixels", multiple).settle({"megapixels": megapixels}, size)
    assert aspect == "auto"
    assert width % multiple == height % multiple == 0
    assert width * height <= pixels
    assert (width + multiple) ** 2 > pixels * ratio * Fraction(99, 100)  # each as large as it may be
    assert (height + multiple) ** 2 > pixels / ratio * Fraction(99, 100)
    assert abs(Fraction(width, height) / ratio - 1) <= Fraction(multiple + 1, min(width, height))


@given(st.sampled_from(list(ASPECTS)), st.floats(0.05, 40), SIZES)
def test_megapixels_of_an_aspect(aspect: str, megapixels: float, size: tuple[int, int]) -> None:
    found, width, height = SizeRule("megapixels", 8).settle({"aspect_ratio": aspect, "megapixels": megapixels}, size)
    assert found == aspect
    assert width * height <= megapixels * MEGAPIXEL
    assert abs(Fraction(width, height) / Fraction(*ASPECTS[aspect]) - 1) <= Fraction(9, min(width, height))


def test_a_megapixel_is_a_square_of_1024() -> None:
    assert SizeRule("megapixels", 1).settle({"megapixels": 100}, (1, 1)) == ("auto", 10_240, 10_240)
    assert SizeRule("megapixels", 1).settle({"megapixels": 0.01}, (4, 1)) == ("auto", 204, 51)


def test_megapixels_as_the_preset_says() -> None:
    assert SizeRule("megapixels", 16, megapixels=0.25).settle({}, (500, 500)) == ("auto", 512, 512)
    assert SizeRule("megapixels", 16, megapixels=0.25).settle({"megapixels": 1}, (500, 500)) == ("auto", 1024, 1024)


@given(SIZES, st.floats(0.1, 8), MULTIPLES)
def test_a_factor(size: tuple[int, int], factor: float, multiple: int) -> None:
    aspect, *sides = SizeRule("factor", multiple).settle({"factor": factor, "aspect_ratio": "1:1"}, size)
    assert aspect == "1:1"
    for side, given_side in zip(sides, size, strict=True):
        exact = given_side * Fraction(str(factor))
        assert side % multiple == 0
        assert side == multiple if exact < multiple else exact - multiple < side <= exact


def test_a_factor_is_exact() -> None:
    assert SizeRule("factor", 1).settle({"factor": 1.1}, (10, 30)) == ("auto", 11, 33)  # 33.000000000000004 as floats
    assert SizeRule("factor", 1, factor=1.5).settle({}, (10, 30)) == ("auto", 15, 45)
    assert SizeRule("factor", 1).settle({}, None) == ("auto", 0, 0)


@given(SIZES, MULTIPLES)
def test_as_given(size: tuple[int, int], multiple: int) -> None:
    found = SizeRule("given", multiple, megapixels=0, factor=3).settle({"factor": 2, "resolution": "480p"}, size)
    assert found == ("auto", *(max(multiple, side - side % multiple) for side in size))


@given(SIZES, st.floats(0.1, 8), MULTIPLES)
def test_as_given_up_to_so_many_pixels(size: tuple[int, int], megapixels: float, multiple: int) -> None:
    found = SizeRule("given", multiple, megapixels=megapixels).settle({}, size)
    if size[0] * size[1] <= megapixels * MEGAPIXEL:
        assert found == SizeRule("given", multiple, megapixels=0).settle({}, size)
    else:
        assert found == SizeRule("megapixels", multiple, megapixels=megapixels).settle({}, size)


def test_what_is_given_has_no_bound_unless_its_preset_says_one() -> None:
    assert _size(made("video-to-video.given"), {}, video=(Given("a.mp4", "video", 8192, 4096, 10, 10.0, 1.0),)) == (
        8192,
        4096,
    )
    bounded = made("video-to-video.given", size={"class": "given", "of": "video", "megapixels": 2})
    assert _size(bounded, {}, video=(Given("a.mp4", "video", 8192, 4096, 10, 10.0, 1.0),)) == (2048, 1024)


def test_an_odd_name_is_no_resolution() -> None:
    assert all(map(is_resolution, ("480p", "1080p", "64p")))
    assert not any(map(is_resolution, ("480", "p", "4k", "12345p", "x480p", "480px")))


# Of a preset


def _size(preset: Any, values: dict[str, Any], **inputs: tuple[Given, ...]) -> tuple[int, int]:
    request = settled(
        preset, {key: files[0].name for key, files in inputs.items()} | values, catalog=None, inputs=inputs
    )
    return request.width, request.height


def _picture(width: int, height: int) -> tuple[Given, ...]:
    return (Given("a.png", "picture", width, height),)


def test_the_input_that_a_size_goes_by() -> None:
    video = (Given("a.mp4", "video", 641, 360, 10, 10.0, 1.0),)
    given_by_video = made("video-to-video.given")
    assert _size(given_by_video, {}, image=_picture(300, 200), video=video) == (640, 352)
    first = made("video-to-video.given", size={"class": "given"})
    assert _size(first, {}, image=_picture(300, 200), video=video) == (640, 352)  # its first input that has a size
    unknown = (Given("a.mp4", "video"),)
    assert _size(first, {}, image=_picture(300, 200), video=unknown) == (288, 192)


def test_settings_of_the_size() -> None:
    picture = _picture(1000, 500)
    assert _size(made("upscaler.larger"), {}, image=picture) == (2000, 1000)
    assert _size(made("upscaler.larger"), {"factor": "0.5"}, image=picture) == (500, 250)
    assert _size(made("image-to-image.area"), {"megapixels": 2}, image=picture) == (2048, 1024)
    assert _size(made("image-to-image.area"), {"aspect_ratio": "1:1"}, image=picture) == (1024, 1024)


def test_a_graph_that_sizes_by_itself() -> None:
    """Without a target for a size, what a graph's own nodes say is what comes out; what they make of a given picture
    is worked out."""
    larger = with_fields("upscaler.larger", "width", "height")
    assert _size(larger, {}, image=_picture(100, 50)) == (200, 100)
    sdxl = with_fields("image-to-video.ltx", "width", "height")
    assert _size(sdxl, {}, image=_picture(100, 50)) == (512, 512)
    assert "resolution" not in sdxl.fields
    alone = with_fields("image-to-video.ltx", "height")
    assert _size(alone, {"resolution": "720p", "aspect_ratio": "16:9"}) == (1280, 512)
