"""A part of a video as any reader takes it: upright, at a constant rate, H.264 in eight bits."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from .timeline import Timeline
from .turning import Look, Screen, even

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

_CRF = "14"
_THREADS = 4
#: pixels above which frames are not kept to look ahead at: they are what takes the memory
_LARGE = 9_000_000
#: bits that a pixel of a frame should have before fewer pixels look better
_BITS = 0.04
_LEAST_SIDE = 64
_BT709, _LIMITED = 1, 1


class Excerpt(NamedTuple):
    """`frames` of them from second `begin` on (after the first frame), `rate` a second. `bit_rate` is the most that the
    pictures may take, None for as many as it needs."""

    begin: Fraction
    rate: Fraction
    frames: int
    bit_rate: float | None = None

    @property
    def length(self) -> Fraction:
        return self.frames / self.rate


def add_video(out: OutputContainer, source: Any, look: Look, excerpt: Excerpt) -> Any:
    """The stream in `out` for what `encoded` makes."""
    made: Any = out.add_stream("libx264", rate=excerpt.rate, options=_options(look, excerpt))
    made.width, made.height = size_of(look, excerpt)
    made.pix_fmt = "yuv420p"
    made.codec_context.thread_count = _THREADS
    of, to = source.codec_context, made.codec_context
    is_told = not look.is_bright and not of.format.is_rgb
    to.colorspace = of.colorspace if is_told else _BT709
    to.color_primaries = of.color_primaries if is_told else _BT709
    to.color_trc = of.color_trc if is_told else _BT709
    to.color_range = _LIMITED
    return made


def _options(look: Look, excerpt: Excerpt) -> dict[str, str]:
    options = {"crf": _CRF, "preset": "veryfast" if look.width * look.height <= _LARGE else "ultrafast"}
    if excerpt.bit_rate is not None:
        most = str(max(1000, int(excerpt.bit_rate)))
        options |= {"maxrate": most, "bufsize": most}
    return options


def size_of(look: Look, excerpt: Excerpt) -> tuple[int, int]:
    """Even sides; smaller where there are too few bits for so many pixels."""
    scale = 1.0
    if excerpt.bit_rate is not None:
        scale = min(1.0, math.sqrt(excerpt.bit_rate / (float(excerpt.rate) * look.width * look.height * _BITS)))
        scale = max(scale, min(1.0, _LEAST_SIDE / min(look.width, look.height)))
    return even(look.width * scale, look.height * scale)


def encoded(
    made: Any, source: InputContainer, stream: Any, line: Timeline, look: Look, excerpt: Excerpt
) -> Iterator[Any]:
    """Packets for the stream that `add_video` made. Raises OSError when our own process has gone."""
    parent, screen = os.getppid(), Screen(look, made.width, made.height)
    last: Any = None
    ready: Any = None
    for number, frame in enumerate(_chosen(_timed(source, stream, line, excerpt.begin), excerpt)):
        if os.getppid() != parent:
            raise ProcessLookupError("nobody waits for it any more")
        if frame is not last:
            last, ready = frame, screen.yuv(frame)
        ready.pts, ready.time_base, ready.pict_type = number, 1 / excerpt.rate, 0
        yield from made.encode(ready)
    if last is None:
        raise ValueError("no frame of the part can be decoded")
    yield from made.encode(None)


def _timed(source: InputContainer, stream: Any, line: Timeline, begin: Fraction) -> Iterator[tuple[Fraction, Any]]:
    """Decoded frames with their seconds after the first, from a key frame before `begin` on."""
    stream.thread_type, stream.codec_context.thread_count = "AUTO", _THREADS
    first = line.times[0]
    for packet in _leapt(source, stream, line.key_before(begin)):
        for frame in packet.decode():
            if frame.pts is not None and frame.pts >= first:
                yield (frame.pts - first) * line.base, frame


def _leapt(source: InputContainer, stream: Any, target: int | None) -> Iterator[Any]:
    """Packets from the key frame of this time on, or from an earlier one; all of them where the leap went too far."""
    if target is not None:
        source.seek(target, stream=stream)
        packets = source.demux(stream)
        first = next(packets, None)
        if first is not None and first.pts is not None and first.pts <= target:
            yield first
            yield from packets
            return
        source.seek(-(2**62), stream=stream)
    yield from source.demux(stream)


def _chosen(frames: Iterator[tuple[Fraction, Any]], excerpt: Excerpt) -> Iterator[Any]:
    """For each place of the constant rate the frame that is nearest before it: one that begins up to half a step after
    it counts as begun."""
    held: Any = None
    done, half = 0, 1 / excerpt.rate / 2
    for second, frame in frames:
        while held is not None and done < excerpt.frames and excerpt.begin + done / excerpt.rate + half < second:
            yield held
            done += 1
        if done >= excerpt.frames:
            return
        held = frame
    while held is not None and done < excerpt.frames:
        yield held
        done += 1
