"""Frames along a video: upright, of the wished height, from where they stand in the strip."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

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
