"""Which frame stands for a place of a strip, and how far a large video is decoded for it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from oelala_desktop.services.inputs import strip
from oelala_desktop.services.inputs.strip import Frame, frame_at, frame_strip
from oelala_desktop.services.inputs.turning import Look, Turn

from .making import number_of, video


class Source:
    """Decoded frames, as a container gives them after a leap to `sought`."""

    def __init__(self, *times: int | None) -> None:
        self._frames = [SimpleNamespace(pts=time) for time in times]
        self.sought: list[int] = []
        self.fails = False

    def decode(self, _stream: Any) -> Iterator[Any]:
        if self.fails:
            raise av.error.InvalidDataError(1, "damaged")
        last = self.sought[-1] if self.sought else None
        return iter([f for f in self._frames if last is None or f.pts is None or f.pts >= last])

    def seek(self, at: int, *, stream: Any) -> None:
        self.sought.append(at)


def each(times: list[int], *frames: int | None) -> list[int]:
    source: Any = Source(*frames)
    return [frame.pts for frame in strip._each(source, None, times)]


@pytest.mark.parametrize(
    ("times", "shown"),
    [
        ([0, 10, 20], [0, 10, 20]),
        ([5, 15, 25, 99], [0, 10, 20, 20]),
        ([0, 1, 9, 10], [0, 0, 0, 10]),
        ([12], [10]),
        ([], []),
    ],
)
def test_the_frame_that_is_shown_then(times: list[int], shown: list[int]) -> None:
    assert each(times, 0, None, 10, 20) == shown
    assert each(times) == []


def test_no_more_is_decoded_than_is_shown() -> None:
    source: Any = Source(0, 10)
    source._frames.append(None)  # would fail
    assert [frame.pts for frame in strip._each(source, None, [0, 5])] == [0, 0]


class Line:
    times, base = (100,), F(1, 10)

    def key_before(self, second: F) -> int | None:
        keys = [key for key in (100, 110, 120) if (key - 100) * self.base <= second]
        return keys[-1] if keys else None


def test_of_a_large_video_the_key_frame_before_each_place() -> None:
    source: Any = Source(100, 105, 110, 115, 120)
    line: Any = Line()
    shown = [frame.pts for frame in strip._keys(source, None, line, [104, 109, 112, 125])]
    assert (shown, source.sought) == ([100, 100, 110, 120], [100, 110, 120]), "each is sought once"


def test_what_is_damaged_is_stood_for_by_the_one_before() -> None:
    source: Any = Source(100, 110)
    line: Any = Line()
    frames = strip._keys(source, None, line, [104, 114])
    assert next(frames).pts == 100
    source.fails = True
    assert next(frames).pts == 100
    source = Source(110)
    source.fails = True
    assert list(strip._keys(source, None, line, [104])) == []


def drawn(value: int) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(np.full((48, 64, 3), value, np.uint8), format="rgb24")


def test_frames_are_made_small_once_and_the_last_one_fills_up() -> None:
    one, two = drawn(10), drawn(200)
    made = strip._small(iter([one, one, two]), Look(Turn(), 64, 48, True), 8, 6, 5)
    assert [(frame.width, frame.height, frame.rgb[0]) for frame in made] == [
        (8, 6, 10), (8, 6, 10), (8, 6, 200), (8, 6, 200), (8, 6, 200),
    ]  # fmt: skip
    assert made[0].rgb is made[1].rgb and len(made[0].rgb) == 8 * 6 * 3
    with pytest.raises(ValueError, match="no frame can be decoded"):
        strip._small(iter([]), Look(Turn(), 64, 48, True), 8, 6, 5)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return video(tmp_path_factory.mktemp("film") / "a.mp4", 12)


def numbers(frames: list[Frame]) -> list[int]:
    return [number_of(np.frombuffer(f.rgb, np.uint8).reshape(f.height, f.width, 3)) for f in frames]


@pytest.mark.parametrize(("count", "expected"), [(0, [6]), (1, [6]), (2, [3, 9]), (3, [2, 6, 10]), (12, [*range(12)])])
def test_a_strip_has_the_middle_of_equal_parts(film: Path, count: int, expected: list[int]) -> None:
    frames = strip._strip(film, max(1, count), 64)
    assert numbers(frames) == expected and {(f.width, f.height) for f in frames} == {(128, 64)}


def test_a_strip_is_bounded(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []
    monkeypatch.setattr(strip.confined, "run", lambda *given: asked.append(given))
    for count, height in ((0, 0), (200, 512), (201, 513)):
        frame_strip(film, count, height)
    assert [given[-2:] for given in asked] == [(1, 1), (200, 512), (200, 512)]
    assert asked[0][:4] == ("a.mp4", 128 * 64, strip._strip, film)
    frame_at(film, 1.5)
    frame_at(film, 0.0, 0)
    frame_at(film, 0.0, 9000)
    assert [given[-2:] for given in asked[3:]] == [(1.5, 512), (0.0, 1), (0.0, 512)]


@pytest.mark.parametrize(("second", "number"), [(0.0, 0), (1 / 24, 1), (5.9 / 24, 6), (0.5, 11), (99.0, 11)])
def test_one_frame_at_its_second(film: Path, second: float, number: int) -> None:
    frame = strip._one(film, second, 512)
    assert numbers([frame]) == [number] and (frame.width, frame.height) == (128, 64), "never larger than it is"
    assert (strip._one(film, second, 32).width, strip._one(film, second, 32).height) == (64, 32)


def test_no_frame_of_a_strip_is_wider_than_four_times_its_height(tmp_path: Path) -> None:
    wide = video(tmp_path / "wide.mp4", 2, size=(640, 64))
    assert [(f.width, f.height) for f in strip._strip(wide, 1, 20)] == [(80, 20)]


def test_a_large_video_shows_key_frames(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strip, "_EXACT", 128 * 64 * 12)
    assert numbers(strip._strip(film, 2, 64)) == [3, 9]
    monkeypatch.setattr(strip, "_EXACT", 128 * 64 * 12 - 1)
    assert numbers(strip._strip(film, 2, 64)) == [0, 0]
