"""When the frames of a video are shown, told by its packets alone."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs.copying import COPYABLE, Stretch, copied, stretch_of
from oelala_desktop.services.inputs.timeline import NEAR, Timeline, evened, timeline


class Packet(bytes):
    """As a container gives one. `is_key` and `is_hidden` as its flags say."""

    pts: int
    duration: int | None
    is_keyframe: bool
    is_discard: bool


def packet(
    pts: int, *, key: bool = False, hidden: bool = False, duration: int | None = 1, content: bytes = b"\x10"
) -> Any:
    made = Packet(content)
    made.pts, made.duration, made.is_keyframe, made.is_discard = pts, duration, key, hidden
    return made


@dataclass
class Stream:
    time_base: F | None = F(1, 24)
    average_rate: F | None = F(24)
    guessed_rate: F | None = None
    codec: str = "h264"

    @property
    def codec_context(self) -> Any:
        return SimpleNamespace(name=self.codec)


def line_of(packets: list[Any], **about: Any) -> Timeline:
    return timeline(Stream(**about), packets, "a.mp4")


def plain(*times: int, keys: tuple[int, ...] = (0,), **about: Any) -> Timeline:
    return line_of([packet(time, key=time in keys) for time in times], **about)


def test_frames_are_told_in_the_order_in_which_they_are_shown() -> None:
    line = plain(10, 13, 11, 12, keys=(10,))
    assert (list(line.pts), list(line.times)) == ([10, 13, 11, 12], [10, 11, 12, 13])
    assert (line.base, line.rate, line.is_steady, line.frames) == (F(1, 24), F(24), True, 4)
    assert (line.end, line.length) == (F(14, 24), F(4, 24))
    assert [line.is_key(index) for index in range(4)] == [True, False, False, False]
    assert all(line.is_shown(index) for index in range(4))


def test_the_second_of_a_frame_and_the_frame_of_a_second() -> None:
    line = plain(10, 11, 12, 13, keys=(10,))
    assert [line.second(number) for number in range(6)] == [0, F(1, 24), F(2, 24), F(3, 24), F(4, 24), F(4, 24)]
    assert [line.number(F(second, 24)) for second in range(5)] == [0, 1, 2, 3, 4]
    assert F(1, 1000) == NEAR
    assert line.number(F(1, 24) + NEAR) == 1 and line.number(F(1, 24) + NEAR + F(1, 10**6)) == 2
    assert line.number(F(0) - 1) == 0


def test_the_last_key_frame_by_a_second() -> None:
    line = plain(10, 11, 12, 13, keys=(10, 12))
    assert [line.key_before(F(second, 24)) for second in (-1, 0, 1, 2, 3)] == [None, 10, 10, 12, 12]
    assert line.key_before(F(2, 24) - F(1, 1000)) == 10


def test_what_is_hidden_is_no_frame() -> None:
    line = line_of([packet(0, key=True), packet(1, hidden=True), packet(2)])
    assert list(line.times) == [0, 2] and [line.is_shown(index) for index in range(3)] == [True, False, True]


@pytest.mark.parametrize("codec", ["vp8", "libvpx"])
def test_frames_of_vp8_that_are_only_referred_to(codec: str) -> None:
    packets = [packet(0, key=True), packet(1, content=b"\xef"), packet(1, content=b"\xff")]
    assert list(line_of(packets, codec=codec).times) == [0, 1]
    assert list(line_of(packets[:2], codec="vp9").times) == [0, 1]


def test_nothing_to_be_seen() -> None:
    for packets in ([], [packet(0, hidden=True)]):
        with pytest.raises(Unreadable, match=r"^a\.mp4 has no frame in it\.$"):
            line_of(packets)


@pytest.mark.parametrize(
    ("times", "base", "declared", "rate", "steady"),
    [
        ((0, 1, 2, 3), F(1, 24), (F(24), None), F(24), True),
        ((0, 1, 2, 3), F(1, 24), (F(12), F(24)), F(24), True),  # the average is wrong, the guess is right
        ((0, 1, 2, 3), F(1, 24), (None, None), F(24), True),  # told by the frames
        ((0, 1, 2, 3), F(1, 24), (F(1001), F(0)), F(24), True),
        ((0, 1001, 2002, 3003), F(1, 30_000), (None, None), F(30_000, 1001), True),  # as television counts
        ((0, 1, 2, 3), F(1, 1000), (F(1000), None), F(1000), True),  # the quickest
        ((0, 1, 2, 3), F(1, 2000), (F(2000), None), F(1000), False),
        ((0, 42, 83, 125), F(1, 1000), (F(24), None), F(24), True),  # as near as milliseconds come
        ((0, 42, 83, 135), F(1, 1000), (F(24), None), F(24), True),  # ten milliseconds late: under a quarter
        ((0, 42, 83, 136), F(1, 1000), (F(24), None), F(375, 17), True),  # eleven: no longer at 24
        ((0, 42, 83, 200), F(1, 1000), (F(24), None), F(15), False),
        ((0, 40, 40, 80), F(1, 1000), (F(25), None), F(75, 2), False),  # two at once
        ((0, 7200), F(1), (None, None), F(1, 3600), False),  # slower than one an hour is told as that
        ((0, 3600), F(1), (None, None), F(1, 3600), False),
    ],
)
def test_rates(times: tuple[int, ...], base: F, declared: tuple[F | None, ...], rate: F, steady: bool) -> None:
    line = plain(*times, time_base=base, average_rate=declared[0], guessed_rate=declared[1])
    assert (line.rate, line.is_steady) == (rate, steady)


@pytest.mark.parametrize(
    ("count", "duration", "rate", "steady"),
    [(1, 4, F(6), True), (1, 0, F(1), True), (1, None, F(1), True), (2, 4, F(6), False)],
)
def test_a_single_frame_is_as_long_as_it_is_told(count: int, duration: int | None, rate: F, steady: bool) -> None:
    packets = [packet(7, key=True, duration=duration) for _ in range(count)]
    line = line_of(packets, average_rate=None)
    assert (line.rate, line.is_steady) == (rate, steady)
    assert line.length == 1 / rate


def test_the_last_frame_of_an_uneven_video() -> None:
    for duration, length in ((1, F(201, 1000)), (10**6, F(200, 1000) + F(1, 15)), (0, F(200, 1000) + F(1, 15))):
        packets = [packet(time, key=not time, duration=duration) for time in (0, 42, 83, 200)]
        line = line_of(packets, time_base=F(1, 1000), average_rate=F(24))
        assert (line.rate, line.length) == (F(15), length)


def test_without_a_unit_of_time() -> None:
    line = plain(0, 1, 2, time_base=None, average_rate=None)
    assert (line.rate, line.base, line.is_steady) == (1, 1, True)


@pytest.mark.parametrize(
    ("rate", "span", "expected"),
    [(F(25, 2), F(2), (12, 24)), (F(1, 3), F(2), (1, 2)), (F(74, 3), F(1), (25, 25)), (F(24), F(1, 100), (24, 1))],
)
def test_made_even_it_has_the_nearest_whole_rate(rate: F, span: F, expected: tuple[int, int]) -> None:
    assert evened(rate, span) == expected


# what must be copied for a part

CLOSED = [(0, True), (3, False), (1, False), (2, False), (4, True), (7, False), (5, False), (6, False)]
#: the second key frame is shown after two that are decoded behind it
OPEN = [(0, True), (1, False), (4, True), (2, False), (3, False), (5, False)]


def made(rows: list[tuple[int, bool]], **about: Any) -> Timeline:
    return line_of([packet(time, key=key) for time, key in rows], **about)


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (0, 1, Stretch(0, 0, 0, 1)),
        (0, 2, Stretch(0, 3, 0, 4)),
        (0, 4, Stretch(0, 3, 0, 4)),
        (1, 3, Stretch(0, 3, 0, 4)),
        (3, 5, Stretch(0, 4, 0, 5)),
        (4, 5, Stretch(4, 4, 4, 5)),
        (5, 8, Stretch(4, 7, 4, 8)),
        (7, 9, None),
    ],
)
def test_a_stretch_begins_with_a_key_frame_and_has_no_gap(begin: int, end: int, expected: Stretch | None) -> None:
    assert stretch_of(made(CLOSED), "h264", begin, end) == expected


def test_an_open_key_frame_serves_where_what_follows_refers_to_nothing_before() -> None:
    assert stretch_of(made(OPEN), "h264", 4, 6) == Stretch(0, 5, 0, 6)
    assert stretch_of(made(OPEN), "hevc", 4, 6) == Stretch(2, 5, 4, 6)
    assert {"h264", "hevc", "vp9", "av1", "mpeg4"} == COPYABLE


def test_no_stretch_without_a_key_frame_or_over_what_is_hidden() -> None:
    assert stretch_of(made([(0, False), (1, False)]), "h264", 0, 1) is None
    hidden = line_of([packet(0, key=True), packet(1, hidden=True), packet(2), packet(3)])
    assert stretch_of(hidden, "h264", 0, 1) == Stretch(0, 0, 0, 1)
    assert stretch_of(hidden, "h264", 0, 2) is None
    secret_key = line_of([packet(0, key=True, hidden=True), packet(1)])
    assert stretch_of(secret_key, "h264", 0, 1) is None


def test_copied_packets_have_a_step_of_the_rate_apiece() -> None:
    packets = [packet(time, key=key) for time, key in CLOSED]
    line = line_of(list(packets))
    found = list(copied("stream", iter(packets), line, Stretch(4, 7, 4, 8)))
    assert [p.pts for p in found] == [0, 3, 1, 2] and [p.dts for p in found] == [-1, 0, 1, 2]
    assert {(p.stream, p.time_base, p.duration) for p in found} == {("stream", F(1, 24), 1)}


def test_what_leads_up_to_an_open_key_frame_is_left_out() -> None:
    packets = [packet(time, key=key) for time, key in OPEN]
    found = list(copied("stream", iter(packets), line_of(list(packets)), Stretch(2, 5, 4, 6)))
    assert [(p.pts, p.dts) for p in found] == [(0, 0), (1, 1)]


def test_packets_that_are_missing_all_of_a_sudden() -> None:
    packets = [packet(time, key=key) for time, key in CLOSED]
    line = line_of(list(packets))
    with pytest.raises(ValueError, match="packets are missing that were there before"):
        list(copied("stream", iter(packets[:6]), line, Stretch(4, 7, 4, 8)))


def test_units_are_kept_exactly() -> None:
    line = plain(0, 1)
    assert isinstance(line.pts, array) and line.pts.typecode == "q" and isinstance(line.flags, bytearray)
