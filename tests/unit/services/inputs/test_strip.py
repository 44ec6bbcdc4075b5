"""Frames along a video: upright, of the wished height, from where they stand in the strip."""

from __future__ import annotations

from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from av.error import FFmpegError

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs import strip
from oelala_desktop.services.inputs.strip import Frame, frame_at, frame_strip

from .making import H264, number_of, video


def numbers(found: list[Frame]) -> list[int]:
    return [number_of(np.frombuffer(f.rgb, np.uint8).reshape(f.height, f.width, 3)) for f in found]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_frames_from_the_middle_of_each_part(tmp_path: Path, name: str) -> None:
    found = frame_strip(video(tmp_path / name, 48), 6, 32)
    assert {(f.width, f.height, len(f.rgb)) for f in found} == {(64, 32, 64 * 32 * 3)}
    assert numbers(found) == [4, 12, 20, 28, 36, 44]


def test_more_than_there_are_frames(tmp_path: Path) -> None:
    assert numbers(frame_strip(video(tmp_path / "a.mp4", 3), 6, 32)) == [0, 0, 1, 1, 2, 2]


def test_upright(tmp_path: Path) -> None:
    found = frame_strip(video(tmp_path / "a.mp4", 12, rotation=90), 2, 64)
    assert [(f.width, f.height) for f in found] == [(32, 64)] * 2
    back = [np.rot90(np.frombuffer(f.rgb, np.uint8).reshape(64, 32, 3), -1) for f in found]
    assert [number_of(picture) for picture in back] == [3, 9]


def test_square_pixels(tmp_path: Path) -> None:
    assert frame_strip(video(tmp_path / "a.mp4", 2, aspect=Fraction(2)), 1, 32)[0].width == 128


def test_of_a_large_video_key_frames(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large are 400 megapixels in all its frames, and here less."""
    assert strip._EXACT == 400_000_000
    monkeypatch.setattr(strip, "_EXACT", 128 * 64 * 40 - 1)
    path = video(tmp_path / "a.mp4", 40, options={**H264, "bf": "0"})
    assert numbers(strip._strip(path, 10, 32)) == [0, 0, 0, 12, 12, 12, 24, 24, 24, 36]


@pytest.mark.parametrize(("second", "number"), [(0.0, 0), (1.0, 24), (99.0, 47)])
def test_the_frame_of_a_moment(tmp_path: Path, second: float, number: int) -> None:
    path = video(tmp_path / "a.mp4", 48, rate=24)
    found = frame_at(path, second, 32)
    assert (found.width, found.height) == (64, 32) and numbers([found]) == [number]
    assert frame_at(path, second).height <= strip.MOST_HEIGHT  # never larger than it is


def test_no_video(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"x\.mp4 is not there"):
        frame_strip(tmp_path / "x.mp4", 3, 32)


# what is asked of a helper, and what it chooses, without a video


@pytest.mark.parametrize(
    ("count", "height", "asked"),
    [(6, 32, (6, 32)), (0, 0, (1, 1)), (-3, -9, (1, 1)), (200, 512, (200, 512)), (201, 513, (200, 512))],
)
def test_a_strip_has_bounds(monkeypatch: pytest.MonkeyPatch, count: int, height: int, asked: tuple[int, int]) -> None:
    given: list[Any] = []
    monkeypatch.setattr(strip.confined, "run", lambda *question: given.append(question))
    frame_strip(Path("/gone/a.mp4"), count, height)
    frame_at(Path("/gone/a.mp4"), 1.5, height)
    frame_at(Path("/gone/a.mp4"), 1.5)
    path = Path("/gone/a.mp4")
    assert given == [
        ("a.mp4", 0, strip._strip, path, *asked),
        ("a.mp4", 0, strip._one, path, 1.5, asked[1]),
        ("a.mp4", 0, strip._one, path, 1.5, 512),
    ]


class Source:
    """A container whose decoded frames are these times; from a leap on those from there."""

    def __init__(self, *times: int | None, broken: tuple[int, ...] = ()) -> None:
        self._times, self._broken = times, broken
        self.sought: list[int] = []

    def seek(self, at: int, *, stream: Any) -> None:
        if at in self._broken:
            raise FFmpegError(5, "broken")
        self.sought.append(at)

    def decode(self, stream: Any) -> Any:
        begin = self.sought[-1] if self.sought else -(2**62)
        return iter([SimpleNamespace(pts=time) for time in self._times if time is None or time >= begin])


@pytest.mark.parametrize(
    ("times", "wanted", "shown"),
    [
        ((0, 10, 20), [0, 10, 20], [0, 10, 20]),
        ((0, 10, 20), [5, 9, 19], [0, 0, 10]),
        ((0, None, 10, 20), [0, 25], [0, 20]),
        ((0, 10, 20), [20, 20, 99], [20, 20, 20]),
        ((10, 20), [0], [10]),
        ((0, 10), [], []),
        ((), [0], []),
    ],
)
def test_the_frame_that_is_shown_then(times: tuple[int | None, ...], wanted: list[int], shown: list[int]) -> None:
    source: Any = Source(*times)
    assert [frame.pts for frame in strip._each(source, None, wanted)] == shown


def test_of_key_frames_each_is_sought_once_and_a_damaged_one_has_the_one_before() -> None:
    line: Any = SimpleNamespace(times=[5], base=Fraction(1, 10), key_before=lambda second: int(second * 10) // 20 * 20)
    source: Any = Source(0, 20, 40, 60, broken=(40,))
    found = strip._keys(source, None, line, [5, 15, 26, 46, 66])
    assert [frame.pts for frame in found] == [0, 0, 20, 20, 60]
    assert source.sought == [0, 20, 60]
    unknown: Any = SimpleNamespace(times=[0], base=Fraction(1), key_before=lambda second: None)
    assert list(strip._keys(source, None, unknown, [0, 1])) == []


def test_a_strip_is_filled_with_its_last_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []

    class Screen:
        def __init__(self, look: Any, width: int, height: int) -> None:
            assert (look, width, height) == ("look", 4, 3)

        def rgb(self, frame: str) -> Any:
            made.append(frame)
            return SimpleNamespace(tobytes=frame.encode)

    monkeypatch.setattr(strip, "Screen", Screen)
    look: Any = "look"
    found = strip._small(iter(["a", "a", "b", "a"]), look, 4, 3, 6)
    assert found == [Frame(4, 3, rgb) for rgb in (b"a", b"a", b"b", b"a", b"a", b"a")]
    assert made == ["a", "b", "a"], "what stands twice is brought to its size once"
    with pytest.raises(ValueError, match="no frame can be decoded"):
        strip._small(iter([]), look, 4, 3, 1)


@pytest.mark.parametrize(
    ("size", "height", "width"),
    [((640, 360), 90, 160), ((3000, 100), 50, 200), ((10, 3000), 50, 1), ((641, 360), 36, 64)],
)
def test_the_width_goes_with_the_height(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], height: int, width: int
) -> None:
    opening, asked = nullcontext(object()), []
    look = SimpleNamespace(width=size[0], height=size[1])
    line = SimpleNamespace(times=list(range(10)), frames=10, number=lambda second: 0, key_before=lambda second: None)
    line.base = Fraction(1)
    monkeypatch.setattr(strip, "opened", lambda path, noun: opening)
    monkeypatch.setattr(strip, "look_at", lambda source, name: SimpleNamespace(line=line, look=look))
    monkeypatch.setattr(strip, "video_of", lambda source, name: SimpleNamespace(thread_type=""))
    monkeypatch.setattr(strip, "_small", lambda shown, look, *asks: asked.append(asks) or ["made"])
    strip._strip(Path("a"), 3, height)
    assert asked == [(width, height, 3)]
    strip._one(Path("a"), 0.0, height)
    strip._one(Path("a"), 0.0, 9999)
    least = min(height, size[1])
    assert asked[1:] == [(max(1, round(size[0] * least / size[1])), least, 1), (*size, 1)]
