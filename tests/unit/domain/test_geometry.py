"""Sizes, aspects and frame counts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.frame_rule import FrameRule
from oelala_desktop.domain.geometry import ASPECTS, RESOLUTIONS, nearest_aspect, sdxl_size
from oelala_desktop.domain.size_rule import SizeRule

LANDSCAPE = [
    ("480p", "16:9", 848, 480),
    ("480p", "4:3", 640, 480),
    ("480p", "3:2", 720, 480),
    ("480p", "21:9", 1120, 480),
    ("480p", "1:1", 480, 480),
    ("576p", "16:9", 1024, 576),
    ("576p", "4:3", 768, 576),
    ("576p", "3:2", 864, 576),
    ("576p", "21:9", 1344, 576),
    ("576p", "1:1", 576, 576),
    ("720p", "16:9", 1280, 720),
    ("720p", "4:3", 960, 720),
    ("720p", "3:2", 1072, 720),
    ("720p", "21:9", 1680, 720),
    ("720p", "1:1", 720, 720),
    ("1080p", "16:9", 1920, 1072),
    ("1080p", "4:3", 1440, 1072),
    ("1080p", "3:2", 1616, 1072),
    ("1080p", "21:9", 2512, 1072),
    ("1080p", "1:1", 1072, 1072),
]
SDXL = [
    ("1:1", 1024, 1024),
    ("16:9", 1344, 768),
    ("4:3", 1152, 864),
    ("3:2", 1216, 832),
    ("21:9", 1536, 640),
]


def frame_size(resolution: str, aspect: str, multiple: int = 16) -> tuple[int, int]:
    _, width, height = SizeRule(multiple=multiple).settle({"resolution": resolution, "aspect_ratio": aspect}, None)
    return width, height


def transposed(aspect: str) -> str:
    return ":".join(reversed(aspect.split(":")))


@pytest.mark.parametrize(("resolution", "aspect", "width", "height"), LANDSCAPE)
def test_size_and_its_transpose(resolution: str, aspect: str, width: int, height: int) -> None:
    assert frame_size(resolution, aspect) == (width, height)
    assert frame_size(resolution, transposed(aspect)) == (height, width)


def test_the_small_model_takes_multiples_of_32() -> None:
    assert frame_size("720p", "16:9", 32) == (1280, 704)
    assert frame_size("720p", "9:16", 32) == (704, 1280)


@pytest.mark.parametrize(("aspect", "width", "height"), SDXL)
def test_one_megapixel_sizes(aspect: str, width: int, height: int) -> None:
    assert sdxl_size(aspect) == (width, height)
    assert sdxl_size(transposed(aspect)) == (height, width)


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("aspect", ASPECTS)
@pytest.mark.parametrize("multiple", [16, 32])
def test_every_size_is_a_multiple_and_rounded_down(resolution: str, aspect: str, multiple: int) -> None:
    width, height = frame_size(resolution, aspect, multiple)
    ratio_w, ratio_h = ASPECTS[aspect]
    assert width % multiple == height % multiple == 0
    short = RESOLUTIONS[resolution]
    assert 0 <= short - min(width, height) < multiple
    assert 0 <= short * max(ratio_w, ratio_h) / min(ratio_w, ratio_h) - max(width, height) < multiple


@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_picture_of_a_named_ratio_has_that_ratio(aspect: str) -> None:
    width, height = ASPECTS[aspect]
    assert nearest_aspect(width * 100, height * 100) == aspect


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_the_nearest_aspect_is_the_nearest_by_logarithm(width: int, height: int) -> None:
    distances = {name: abs(math.log(width / height) - math.log(w / h)) for name, (w, h) in ASPECTS.items()}
    assert distances[nearest_aspect(width, height)] == pytest.approx(min(distances.values()))


@given(st.integers(1, 20_000), st.integers(1, 20_000))
def test_a_turned_picture_has_the_turned_aspect(width: int, height: int) -> None:
    upright, turned = nearest_aspect(width, height), nearest_aspect(height, width)
    distance = {name: abs(math.log(width / height) - math.log(w / h)) for name, (w, h) in ASPECTS.items()}
    assert distance[transposed(turned)] == pytest.approx(distance[upright])


@pytest.mark.parametrize(
    ("seconds", "fps", "frames"),
    [(5, 16, 81), (2, 16, 33), (1, 16, 17), (5, 24, 121), (15, 24, 361), (1, 8, 9), (0.1, 8, 5), (3, 12, 37)],
)
def test_frame_counts(seconds: float, fps: int, frames: int) -> None:
    assert FrameRule().frames_of(seconds, fps) == frames


@given(st.floats(0.01, 15), st.sampled_from([8, 12, 16, 24]))
def test_frames_are_four_k_plus_one_and_nearest_to_the_duration(seconds: float, fps: int) -> None:
    frames = FrameRule().frames_of(seconds, fps)
    assert frames % 4 == 1
    assert frames >= 5
    assert frames == 5 or abs(frames - 1 - seconds * fps) <= 2
