"""Frames as they are to be seen: how they are turned, how large they are, and in which colours."""

from __future__ import annotations

import struct
from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from oelala_desktop.services.inputs import encoding
from oelala_desktop.services.inputs.encoding import Excerpt, _chosen, _leapt, _options, _timed, add_video, size_of
from oelala_desktop.services.inputs.turning import Look, Screen, Turn, even, look_of, turn_of, turned

#: a frame of 2 × 3 that is unlike any of its turns
PLANE = np.array([[1, 2, 3], [4, 5, 6]], np.uint8)
ONE = 65536


def frame(matrix: tuple[int, int, int, int] | None = None, size: tuple[int, int] = (64, 48), trc: int = 1) -> Any:
    """`matrix` is a, b, c, d of FFmpeg's display matrix."""
    sides = [SimpleNamespace(type=SimpleNamespace(name="STEREO3D"))]
    if matrix is not None:
        a, b, c, d = (value * ONE for value in matrix)
        content = struct.pack("=9i", a, b, 0, c, d, 0, 0, 0, 1 << 30)
        sides.append(_Side(content))
    return SimpleNamespace(side_data=sides, width=size[0], height=size[1], color_trc=trc)


class _Side(bytes):
    type = SimpleNamespace(name="DISPLAYMATRIX")


@pytest.mark.parametrize(
    ("matrix", "turn", "seen"),
    [
        (None, Turn(), [[1, 2, 3], [4, 5, 6]]),
        ((1, 0, 0, 1), Turn(), [[1, 2, 3], [4, 5, 6]]),
        ((-1, 0, 0, 1), Turn(False, True, False), [[3, 2, 1], [6, 5, 4]]),
        ((1, 0, 0, -1), Turn(False, False, True), [[4, 5, 6], [1, 2, 3]]),
        ((-1, 0, 0, -1), Turn(False, True, True), [[6, 5, 4], [3, 2, 1]]),
        ((0, 1, -1, 0), Turn(True, True, False), [[4, 1], [5, 2], [6, 3]]),
        ((0, -1, 1, 0), Turn(True, False, True), [[3, 6], [2, 5], [1, 4]]),
        ((0, 1, 1, 0), Turn(True, False, False), [[1, 4], [2, 5], [3, 6]]),
        ((0, 0, 0, 0), Turn(), [[1, 2, 3], [4, 5, 6]]),  # what says nothing turns nothing
        ((0, 1, 0, 0), Turn(True, False, False), [[1, 4], [2, 5], [3, 6]]),
        ((0, 0, 1, 0), Turn(True, False, False), [[1, 4], [2, 5], [3, 6]]),
        ((1, 1, 0, 0), Turn(), [[1, 2, 3], [4, 5, 6]]),
    ],
)
def test_a_display_matrix_is_heeded(matrix: Any, turn: Turn, seen: list[list[int]]) -> None:
    assert turn_of(frame(matrix)) == turn
    assert turn(PLANE).tolist() == seen


@pytest.mark.parametrize(
    ("aspect", "matrix", "expected"),
    [
        (None, None, Look(Turn(), 64, 48, True)),
        (F(1), (0, 1, -1, 0), Look(Turn(True, True, False), 48, 64, True)),
        (F(3, 2), None, Look(Turn(), 96, 48, False)),
        (F(3, 2), (0, 1, -1, 0), Look(Turn(True, True, False), 48, 96, False)),
        (F(4), None, Look(Turn(), 256, 48, False)),
        (F(1, 4), None, Look(Turn(), 16, 48, False)),
        (F(401, 100), None, Look(Turn(), 64, 48, True)),
        (F(24, 100), None, Look(Turn(), 64, 48, True)),
    ],
)
def test_a_look_is_upright_and_in_square_pixels(aspect: F | None, matrix: Any, expected: Look) -> None:
    assert look_of(SimpleNamespace(sample_aspect_ratio=aspect), frame(matrix)) == expected


def test_the_thinnest_frame_has_a_column() -> None:
    assert look_of(SimpleNamespace(sample_aspect_ratio=F(1, 4)), frame(size=(1, 48))).width == 1


@pytest.mark.parametrize(("trc", "is_bright"), [(1, False), (16, True), (17, False), (18, True)])
def test_high_dynamic_ranges(trc: int, is_bright: bool) -> None:
    look = look_of(SimpleNamespace(sample_aspect_ratio=None), frame(trc=trc))
    assert look.is_bright is is_bright


def test_even_sides() -> None:
    assert [even(*size) for size in ((64, 48), (65, 49), (65.6, 49.4), (1, 0), (3, 2))] == [
        (64, 48), (64, 48), (66, 48), (2, 2), (2, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("look", "is_plain"),
    [
        (Look(Turn(), 64, 48, True), True),
        (Look(Turn(), 64, 48, False), False),
        (Look(Turn(across=True), 64, 48, True), False),
        (Look(Turn(), 65, 48, True), False),
        (Look(Turn(), 64, 47, True), False),
    ],
)
def test_what_a_server_takes_as_it_is(look: Look, is_plain: bool) -> None:
    assert look.is_plain is is_plain


def picture() -> av.VideoFrame:
    """Red in its upper left quarter, blue below it, grey to the right."""
    rgb = np.full((48, 64, 3), 128, np.uint8)
    rgb[:24, :32], rgb[24:, :32] = (255, 0, 0), (0, 0, 255)
    return av.VideoFrame.from_ndarray(rgb, format="rgb24")


def test_a_screen_shows_frames_upright_and_of_its_size() -> None:
    plain = Screen(Look(Turn(), 64, 48, True), 32, 24).rgb(picture())
    assert plain.shape == (24, 32, 3) and plain[2, 2, 0] > 240 > 20 > plain[20, 2, 0]
    turn = Screen(Look(Turn(True, True, False), 48, 64, True), 24, 32).rgb(picture())
    assert turn.shape == (32, 24, 3)
    assert turn[2, 20, 0] > 240 and turn[2, 2, 2] > 240, "turned clockwise: what was below is on the left"


def test_frames_for_an_encoder_are_turned_whole() -> None:
    made = Screen(Look(Turn(True, True, False), 48, 64, True), 48, 64).yuv(picture())
    assert (made.format.name, made.width, made.height) == ("yuv420p", 48, 64)
    rgb = made.to_ndarray(format="rgb24")
    assert rgb[8, 40, 0] > 180 > 80 > rgb[8, 40, 2] and rgb[8, 8, 2] > 180 and abs(int(rgb[50, 20, 1]) - 128) < 12


def test_what_is_upright_is_not_copied() -> None:
    upright = picture().reformat(format="yuv420p")
    assert turned(upright, Turn()) is upright
    twice = turned(turned(upright, Turn(across=True)), Turn(across=True))
    assert np.array_equal(twice.to_ndarray(), upright.to_ndarray())


# a part as an encoder makes it


def excerpt(frames: int = 24, rate: int = 24, bits: float | None = None, begin: F = F(0)) -> Excerpt:
    return Excerpt(begin, F(rate), frames, bits)


def look(width: int, height: int) -> Look:
    return Look(Turn(), width, height, True)


def test_the_length_of_an_excerpt() -> None:
    assert (excerpt(36).length, excerpt().bit_rate) == (F(3, 2), None)


@pytest.mark.parametrize(
    ("size", "bits", "expected"),
    [
        ((65, 49), None, (64, 48)),
        ((640, 360), 1e9, (640, 360)),
        ((640, 360), 24 * 640 * 360 * 0.04, (640, 360)),  # just enough for each pixel
        ((640, 360), 24 * 640 * 360 * 0.01, (320, 180)),  # a quarter of the pixels
        ((640, 360), 1, (114, 64)),  # never smaller than 64 on its shorter side
        ((128, 64), 1, (128, 64)),
        ((48, 32), 1, (48, 32)),
    ],
)
def test_fewer_bits_have_fewer_pixels(size: tuple[int, int], bits: float | None, expected: tuple[int, int]) -> None:
    assert size_of(look(*size), excerpt(bits=bits)) == expected


def test_what_the_encoder_is_told() -> None:
    assert _options(look(640, 360), excerpt()) == {"crf": "14", "preset": "veryfast"}
    assert _options(look(3000, 3000), excerpt())["preset"] == "veryfast"
    assert _options(look(3000, 3001), excerpt())["preset"] == "ultrafast"
    assert _options(look(64, 64), excerpt(bits=5000.9)) == {
        "crf": "14", "preset": "veryfast", "maxrate": "5000", "bufsize": "5000",
    }  # fmt: skip
    assert _options(look(64, 64), excerpt(bits=3.0))["maxrate"] == "1000"


@pytest.mark.parametrize(
    ("seconds", "begin", "frames", "expected"),
    [
        ([0, 0.5, 1, 1.5], 0, 4, "abcd"),
        ([0, 0.5, 1, 1.5], 0.5, 2, "bc"),
        ([0, 0.5, 1, 1.5], 0, 2, "ab"),
        ([0, 1, 2], 0, 5, "aabbc"),  # every other one stands twice, the last until the end
        ([0, 1], 0, 5, "aabbb"),
        ([0, 0.1, 0.2, 0.6], 0, 2, "cd"),  # what begins up to a quarter of a second later has begun
        ([0.25, 1], 0, 2, "aa"),
        ([0, 0.25, 0.5], 0, 1, "b"),
        ([0, 0.26, 0.5], 0, 1, "a"),
        ([], 0, 3, ""),
    ],
)
def test_each_place_of_an_even_rate_has_its_nearest_frame(
    seconds: list[float], begin: float, frames: int, expected: str
) -> None:
    given = iter([(F(second).limit_denominator(100), "abcdef"[at]) for at, second in enumerate(seconds)])
    assert "".join(_chosen(given, excerpt(frames, 2, begin=F(begin).limit_denominator(100)))) == expected


class Source:
    """Packets from the place that was leapt to: what a container gives."""

    def __init__(self, *times: int | None, lands: int = 0) -> None:
        self._times, self._lands, self._at = times, lands, 0
        self.sought: list[int] = []

    def seek(self, at: int, *, stream: Any) -> None:
        self.sought.append(at)
        self._at = self._lands if at > -(2**62) else 0

    def demux(self, _stream: Any) -> Any:
        def packet(time: int | None) -> Any:
            return SimpleNamespace(pts=time, decode=lambda: [SimpleNamespace(pts=time)])

        return iter([packet(time) for time in self._times[self._at :]])


@pytest.mark.parametrize(
    ("target", "lands", "times", "sought", "given"),
    [
        (None, 0, (0, 10, 20), [], [0, 10, 20]),
        (10, 1, (0, 10, 20), [10], [10, 20]),
        (10, 0, (0, 10, 20), [10], [0, 10, 20]),
        (10, 2, (0, 10, 20), [10, -(2**62)], [0, 10, 20]),  # it went too far
        (10, 1, (0, None, 20), [10, -(2**62)], [0, None, 20]),
        (10, 3, (0, 10, 20), [10, -(2**62)], [0, 10, 20]),  # beyond the end
    ],
)
def test_packets_from_the_key_frame_on(
    target: int | None, lands: int, times: tuple[int | None, ...], sought: list[int], given: list[int | None]
) -> None:
    source: Any = Source(*times, lands=lands)
    assert [packet.pts for packet in _leapt(source, None, target)] == given
    assert source.sought == sought


def test_frames_have_their_seconds_after_the_first() -> None:
    line: Any = SimpleNamespace(times=[5], base=F(1, 10), key_before=lambda second: 5)
    stream: Any = SimpleNamespace(thread_type="", codec_context=SimpleNamespace(thread_count=0))
    source: Any = Source(5, 4, None, 25)
    assert [(second, frame.pts) for second, frame in _timed(source, stream, line, F(0))] == [(0, 5), (2, 25)]
    assert (stream.thread_type, stream.codec_context.thread_count, source.sought) == ("AUTO", 4, [5])


@pytest.mark.parametrize(
    ("is_rgb", "is_bright", "colours"),
    [(False, False, (5, 6, 7)), (True, False, (1, 1, 1)), (False, True, (1, 1, 1)), (True, True, (1, 1, 1))],
)
def test_what_is_written_tells_its_colours(is_rgb: bool, is_bright: bool, colours: tuple[int, int, int]) -> None:
    asked: list[Any] = []
    made: Any = SimpleNamespace(codec_context=SimpleNamespace())

    def add_stream(codec: str, **how: Any) -> Any:
        asked.append((codec, how))
        return made

    context = SimpleNamespace(colorspace=5, color_primaries=6, color_trc=7, format=SimpleNamespace(is_rgb=is_rgb))
    seen = Look(Turn(), 65, 49, True, is_bright)
    assert (
        add_video(SimpleNamespace(add_stream=add_stream), SimpleNamespace(codec_context=context), seen, excerpt())
        is made
    )  # type: ignore[arg-type]
    assert asked == [("libx264", {"rate": 24, "options": _options(seen, excerpt())})]
    assert (made.width, made.height, made.pix_fmt) == (64, 48, "yuv420p")
    to = made.codec_context
    assert (to.colorspace, to.color_primaries, to.color_trc) == colours
    assert (to.color_range, to.thread_count) == (1, 4), "in the limited range"


class Encoder:
    width, height = 64, 48

    def __init__(self) -> None:
        self.given: list[Any] = []

    def encode(self, frame: Any) -> list[Any]:
        self.given.append(frame and (frame.pts, frame.time_base, frame.shown))
        return [frame and frame.pts]


def encode(monkeypatch: pytest.MonkeyPatch, *seconds: F, frames: int = 4) -> tuple[list[Any], list[Any], int]:
    """Packets, what the encoder was given, and how often a frame was brought to its size."""
    brought: list[Any] = []

    class Shown:
        def __init__(self, *_: Any) -> None: ...

        def yuv(self, frame: Any) -> Any:
            brought.append(frame)
            return SimpleNamespace(shown=frame)

    monkeypatch.setattr(encoding, "Screen", Shown)
    monkeypatch.setattr(encoding, "_timed", lambda *_: iter([(one, f"frame {n}") for n, one in enumerate(seconds)]))
    made, line = Encoder(), SimpleNamespace()
    part = Excerpt(F(0), F(2), frames)
    packets = list(encoding.encoded(made, None, None, line, look(64, 48), part))  # type: ignore[arg-type]
    return packets, made.given, len(brought)


def test_each_frame_is_brought_to_its_size_once_and_the_encoder_is_emptied(monkeypatch: pytest.MonkeyPatch) -> None:
    packets, given, brought = encode(monkeypatch, F(0), F(1))
    assert [(at, shown) for at, _, shown in given[:-1]] == [
        (0, "frame 0"), (1, "frame 0"), (2, "frame 1"), (3, "frame 1"),
    ]  # fmt: skip
    assert {base for _, base, _ in given[:-1]} == {F(1, 2)} and given[-1] is None
    assert (packets, brought) == ([0, 1, 2, 3, None], 2)


def test_a_part_of_which_nothing_can_be_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="no frame of the part can be decoded"):
        encode(monkeypatch)


def test_nobody_encodes_for_a_program_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    parents = iter([7, 7, 1])
    monkeypatch.setattr(encoding.os, "getppid", lambda: next(parents))
    with pytest.raises(ProcessLookupError, match="nobody waits for it any more"):
        encode(monkeypatch, F(0), F(1, 2), F(1))
