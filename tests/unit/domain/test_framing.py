"""The new frame round what is given: of the wished aspect, with nothing cut."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.framing import Frame, framed, place_of
from oelala_desktop.domain.geometry import ASPECTS
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.preset import Preset, Request
from tests.unit.domain.made_presets import CATALOG, REFRAME_ID, made, with_fields
from tests.unit.domain.samples import settled

SIDES = st.integers(1, 20_000)
PLACES = st.tuples(st.floats(0, 1), st.floats(0, 1))
VAST = 10**12


def asked(preset: Preset, values: dict[str, Any], **more: Any) -> Request:
    return settled(preset, values, catalog=CATALOG, **more)


@pytest.mark.parametrize(
    ("given_", "aspect", "multiple", "place", "frame"),
    [
        ((1080, 1920), "16:9", 1, (0.5, 0.5), (1167, 0, 1167, 0)),
        ((1080, 1920), "16:9", 1, (0, 0), (0, 0, 2334, 0)),
        ((1080, 1920), "16:9", 1, (1, 1), (2334, 0, 0, 0)),
        ((640, 480), "9:16", 2, (0.5, 0.25), (0, 164, 0, 494)),
        ((640, 480), "4:3", 1, (0.5, 0.5), (0, 0, 0, 0)),
        ((641, 480), "4:3", 16, (0.5, 0.5), (8, 8, 7, 8)),
        ((1, 1), "21:9", 8, (0.5, 0.5), (4, 4, 3, 3)),
    ],
)
def test_margins(
    given_: tuple[int, int],
    aspect: str,
    multiple: int,
    place: tuple[float, float],
    frame: tuple[int, int, int, int],
) -> None:
    assert framed(given_, ASPECTS[aspect], multiple, VAST, place) == Frame(*frame, *given_)


@given(SIDES, SIDES, st.sampled_from(list(ASPECTS.values())), st.sampled_from([1, 2, 8, 16, 32]), PLACES)
def test_nothing_is_cut_and_the_aspect_is_right(
    width: int, height: int, aspect: tuple[int, int], multiple: int, place: tuple[float, float]
) -> None:
    frame = framed((width, height), aspect, multiple, VAST, place)
    assert min(frame.left, frame.top, frame.right, frame.bottom) >= 0
    assert (frame.inner_width, frame.inner_height) == (width, height)
    wide, high = frame.size
    assert wide % multiple == high % multiple == 0
    # each side is the least that the other asks for, but for rounding
    assert abs(Fraction(wide, high) - Fraction(*aspect)) * high < multiple + 1 + Fraction(*aspect) * multiple
    assert abs(frame.left - (wide - width) * place[0]) <= 0.5


@given(SIDES, SIDES, st.sampled_from(list(ASPECTS.values())), st.integers(10_000, 4_000_000))
def test_what_is_too_large_is_made_smaller(width: int, height: int, aspect: tuple[int, int], most: int) -> None:
    frame = framed((width, height), aspect, 1, most)
    wide, high = frame.size
    assert wide * high <= most + wide + high  # a row and a column of rounding
    assert frame.inner_width <= width and frame.inner_height <= height
    if frame.inner_width < width and min(frame.inner_width, frame.inner_height) > 20:
        ratio = frame.inner_width / frame.inner_height
        assert ratio == pytest.approx(width / height, rel=0.06)


def test_the_place_is_the_middle_unless_it_is_set() -> None:
    assert place_of({}) == place_of({"place": None}) == (0.5, 0.5)
    assert place_of({"place": {"x": 0, "y": 1}}) == (0, 1)


def test_a_preset_that_frames() -> None:
    preset = made(REFRAME_ID)
    assert {"aspect_ratio", "place"} <= preset.fields.keys()
    request = asked(preset, {"image": "a.png", "aspect_ratio": "16:9", "place": "0,0"}, picture=(90, 160))
    assert (request.width, request.height) == (286, 160)
    graph = preset.graph(request, files={}, prefix="p", catalog=None)
    inputs = next(node["inputs"] for node in graph.values() if node["class_type"] == "Resize")
    assert (inputs["left"], inputs["top"], inputs["right"], inputs["bottom"]) == (0, 0, 196, 0)


@pytest.mark.parametrize("aspect", ["auto", "16:9", None])
def test_without_a_margin_there_is_nothing_to_do(aspect: str | None) -> None:
    with pytest.raises(Obstructed) as caught:
        asked(made(REFRAME_ID), {"image": "a.png", "aspect_ratio": aspect or "auto"}, picture=(320, 180))
    assert (caught.value.obstacle.field, caught.value.obstacle.code) == ("aspect_ratio", "no_margin")


def test_a_picture_that_is_not_known_yet_has_no_frame() -> None:
    request = asked(made(REFRAME_ID), {"image": "a.png", "aspect_ratio": "1:1"})
    assert (request.width, request.height, request.frame) == (0, 0, None)


def test_a_frame_round_a_given_video() -> None:
    rows: dict[str, Any] = {"video": {"into": ["Picture.image"]}}
    preset = with_fields(REFRAME_ID, "image", **rows)
    given_ = {"video": (Given("a.mp4", "video", 160, 90, 4.0, 24.0, 96),)}
    request = asked(preset, {"video": "a.mp4", "aspect_ratio": "1:1"}, inputs=given_)
    assert request.frame == Frame(0, 35, 0, 35, 160, 90)
