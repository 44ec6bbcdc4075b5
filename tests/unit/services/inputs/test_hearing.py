"""Pieces of sound at their places on the track, exactly to the sample."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from oelala_desktop.services.inputs.hearing import Heard, between, placed, zero_of
from oelala_desktop.services.inputs.waveform import _levels, _raise

RATE = 1000


def piece(first: int, count: int, *, kind: str = "s16", layout: str = "mono", pts: int | None = None) -> av.AudioFrame:
    """Samples that are numbers: `first` and on, in each channel a hundred times further."""
    channels = 2 if layout == "stereo" else 1
    values = np.array([[channel * 100 + first + at for at in range(count)] for channel in range(channels)])
    dtype = {"s16": np.int16, "s16p": np.int16, "u8": np.uint8, "fltp": np.float32, "flt": np.float32, "s32": np.int32}
    values = values.astype(dtype[kind])
    packed = values if kind.endswith("p") else values.T.reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(packed), kind, layout)
    frame.sample_rate, frame.pts, frame.time_base = RATE, pts, F(1, RATE)
    return frame


def samples(frames: Iterator[Any]) -> list[int]:
    """Of the first channel."""
    out: list[int] = []
    for frame in frames:
        raw = frame.to_ndarray()
        raw = raw if frame.format.is_planar else raw.reshape(-1, frame.layout.nb_channels).T
        assert frame.sample_rate == RATE
        out += [int(value) for value in raw[0]]
    return out


def test_samples_are_counted_and_not_timed() -> None:
    frames = [piece(0, 10, pts=100), piece(10, 10, pts=113), piece(20, 10, pts=None)]
    assert [one.at for one in placed(iter(frames), F(0))] == [100, 110, 120]
    assert [one.at for one in placed(iter(frames), F(1, 20))] == [50, 60, 70]
    assert [one.at for one in placed(iter([piece(0, 10)]), F(0))] == [0]


@pytest.mark.parametrize(("told", "at"), [(60, 10), (61, 61), (-40, 10), (-41, -41)])
def test_a_gap_of_more_than_a_twentieth_of_a_second_is_one(told: int, at: int) -> None:
    frames = [piece(0, 10, pts=0), piece(10, 10, pts=told), piece(20, 5, pts=None)]
    assert [one.at for one in placed(iter(frames), F(0))] == [0, at, at + 10]


@pytest.mark.parametrize("kind", ["s16", "s16p"])
@pytest.mark.parametrize("layout", ["mono", "stereo"])
@pytest.mark.parametrize(
    ("first", "count", "expected"),
    [
        (0, 20, [*range(20)]),
        (0, 10, [*range(10)]),
        (3, 4, [3, 4, 5, 6]),
        (8, 4, [8, 9, 10, 11]),
        (15, 99, [15, 16, 17, 18, 19]),
        (-2, 5, [0, 0, 0, 1, 2]),
        (20, 5, []),
    ],
)
def test_exactly_the_samples_of_a_part(kind: str, layout: str, first: int, count: int, expected: list[int]) -> None:
    pieces = [Heard(0, piece(0, 10, kind=kind, layout=layout)), Heard(10, piece(10, 10, kind=kind, layout=layout))]
    assert samples(between(iter(pieces), first, count)) == expected


@pytest.mark.parametrize(("kind", "silence"), [("s16", 0), ("u8", 128), ("fltp", 0)])
def test_what_lies_between_is_silent(kind: str, silence: int) -> None:
    pieces = [Heard(0, piece(1, 2, kind=kind)), Heard(5, piece(5, 2, kind=kind))]
    assert samples(between(iter(pieces), 0, 7)) == [1, 2, silence, silence, silence, 5, 6]
    assert samples(between(iter(pieces), 0, 4)) == [1, 2, silence, silence]


def test_long_silence_comes_in_pieces_of_a_second() -> None:
    frames = list(between(iter([Heard(2500, piece(7, 1, layout="stereo"))]), 0, 2501))
    assert [frame.samples for frame in frames] == [1000, 1000, 500, 1]
    assert samples(iter(frames)) == [0] * 2500 + [7]


def test_what_overlaps_is_heard_once() -> None:
    pieces = [Heard(0, piece(0, 10)), Heard(5, piece(50, 10))]
    assert samples(between(iter(pieces), 0, 15)) == [*range(10), *range(55, 60)]


def test_the_reading_ends_with_the_part() -> None:
    def pieces() -> Iterator[Heard]:
        yield Heard(0, piece(0, 10))
        yield Heard(10, piece(10, 10))
        raise AssertionError("nobody asked for it")

    assert samples(between(pieces(), 0, 10)) == [*range(10)]


def test_a_whole_piece_has_no_time_of_its_own() -> None:
    (frame,) = between(iter([Heard(0, piece(0, 10, pts=77))]), 0, 10)
    assert frame.pts is None


def of_container(*videos: tuple[int, int | None, F | None]) -> Any:
    streams = [SimpleNamespace(disposition=d, start_time=s, time_base=b) for d, s, b in videos]
    return SimpleNamespace(streams=SimpleNamespace(video=streams))


def test_a_track_begins_with_the_first_frame_of_a_video() -> None:
    sound = SimpleNamespace(start_time=30, time_base=F(1, 10))
    assert zero_of(of_container((0, 5, F(1, 10))), sound) == F(1, 2)
    cover, untimed, unsaid = (0x400, 5, F(1, 10)), (0, None, F(1, 10)), (0, 5, None)
    assert zero_of(of_container(cover, untimed, unsaid), sound) == 3
    assert zero_of(of_container(), SimpleNamespace(start_time=None, time_base=None)) == 0
    assert zero_of(of_container(), SimpleNamespace(start_time=2, time_base=None)) == 2


# how loud


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("s16", [0, 16384, -32768], [0, 0.5, 1]),
        ("s32", [0, 2**30, -(2**31)], [0, 0.5, 1]),
        ("u8", [128, 192, 0], [0, 0.5, 1]),
        ("flt", [0, -0.5, 7.0], [0, 0.5, 1]),
        ("fltp", [np.nan, np.inf, -0.25], [0, 1, 0.25]),
    ],
)
def test_levels_of_every_kind_of_sample(kind: str, values: list[float], expected: list[float]) -> None:
    dtype = {"s16": np.int16, "s32": np.int32, "u8": np.uint8, "flt": np.float32, "fltp": np.float32}[kind]
    frame = av.AudioFrame.from_ndarray(np.array([values], dtype), kind, "mono")
    assert _levels(frame).tolist() == expected


def test_the_loudest_channel_counts() -> None:
    packed = np.array([[0, 16384, -8192, 0]], np.int16)
    assert _levels(av.AudioFrame.from_ndarray(packed, "s16", "stereo")).tolist() == [0.5, 0.25]
    planar = np.array([[0.1, 0.2], [0.3, 0.0]], np.float32)
    assert _levels(av.AudioFrame.from_ndarray(planar, "fltp", "stereo")).tolist() == pytest.approx([0.3, 0.2])


def test_each_slot_has_the_loudest_of_its_samples() -> None:
    values = np.array([[0.1, 0.5, 0.2, 0.9, 0.3, 0.4, 0.7, 0.6]], np.float32)
    frame = av.AudioFrame.from_ndarray(values, "flt", "mono")
    frame.sample_rate = RATE
    found = np.zeros(3, np.float32)
    _raise(found, Heard(10, frame), F(11, RATE), F(2, RATE))  # the first sample lies before, the last behind
    assert found.tolist() == pytest.approx([0.5, 0.9, 0.7])
    _raise(found, Heard(13, frame), F(11, RATE), F(2, RATE))
    assert found.tolist() == pytest.approx([0.5, 0.9, 0.9])
