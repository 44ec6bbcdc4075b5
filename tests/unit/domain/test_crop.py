"""What of a picture is seen in a frame of another aspect."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.crop import Window, place_of, window

SIDES = st.tuples(st.integers(64, 8000), st.integers(64, 8000))


@pytest.mark.parametrize(
    ("picture", "frame", "place", "seen"),
    [
        ((1536, 1024), (848, 480), None, (0, 78, 1536, 869)),
        ((1536, 1024), (848, 480), (0.3, 0.0), (0, 0, 1536, 869)),
        ((1536, 1024), (848, 480), (0.3, 1.0), (0, 155, 1536, 869)),
        ((1000, 500), (480, 480), None, (250, 0, 500, 500)),
        ((1000, 500), (480, 480), (0.0, 0.9), (0, 0, 500, 500)),
        ((1000, 500), (480, 480), (1.0, 0.9), (500, 0, 500, 500)),
        ((640, 480), (640, 480), (1.0, 1.0), (0, 0, 640, 480)),
        ((8000, 64), (9, 21), None, (3986, 0, 27, 64)),
    ],
)
def test_the_largest_part_with_the_frames_aspect(
    picture: tuple[int, int], frame: tuple[int, int], place: tuple[float, float] | None, seen: tuple[int, ...]
) -> None:
    assert window(picture, frame, place) == Window(*seen)


@given(SIDES, SIDES, st.floats(0, 1), st.floats(0, 1))
def test_it_lies_in_the_picture_and_touches_two_of_its_sides(
    picture: tuple[int, int], frame: tuple[int, int], x: float, y: float
) -> None:
    left, top, width, height = window(picture, frame, (x, y))
    assert 0 <= left <= picture[0] - width
    assert 0 <= top <= picture[1] - height
    assert width == picture[0] or height == picture[1]
    assert abs(width * frame[1] - height * frame[0]) <= max(frame) / 2 + max(frame) * 0.5


def test_the_middle_is_no_place_of_its_own() -> None:
    assert place_of({}) is None
    assert place_of({"crop": None}) is None
    assert place_of({"crop": {"x": 0.5, "y": 0.5}}) is None
    assert place_of({"crop": {"x": 0.5, "y": 0.25}}) == (0.5, 0.25)
