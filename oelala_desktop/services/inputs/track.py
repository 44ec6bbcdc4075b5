"""The sound beside a part of a video: copied where an mp4 takes it, else encoded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .hearing import between, frames_of, placed
from .streams import codec_of, seen

if TYPE_CHECKING:
    from av.container import InputContainer, OutputContainer

_COPYABLE = frozenset({"aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"})
_RATES = frozenset({32_000, 44_100, 48_000})
_RATE = 48_000
BIT_RATE = 256_000
#: seconds of sound before the part that a decoder must have heard; an edit list hides them
_RUN_UP = Fraction(1, 20)
#: seconds before the part at which reading begins
_EARLIER = 2


def add_track(
    out: OutputContainer, source: InputContainer, sound: Any, name: str, origin: Fraction, until: Fraction,
    bit_rate: int | None = None,
) -> Iterator[Any]:  # fmt: skip
    """Packets of the sound between two seconds of the source, of which the first becomes 0. Encoded where a `bit_rate`
    is told, or where an mp4 does not take the sound as it is. The stream is in `out` when this returns."""
    if origin > _EARLIER:
        source.seek(int((origin - _EARLIER) / sound.time_base), stream=sound)
    if bit_rate is None and codec_of(sound) in _COPYABLE:
        written = out.add_stream_from_template(sound, opaque=True)
        return _copied(written, seen(source, sound, name), origin, until)
    context = sound.codec_context
    layout = "mono" if context.channels == 1 else "stereo"
    rate = context.sample_rate if context.sample_rate in _RATES else _RATE
    made: Any = out.add_stream("aac", rate=rate, layout=layout)
    made.bit_rate = min(bit_rate or BIT_RATE, BIT_RATE)
    return _encoded(made, seen(source, sound, name), context.sample_rate, origin, until)


def _copied(written: Any, packets: Iterator[Any], origin: Fraction, until: Fraction) -> Iterator[Any]:
    for packet in packets:
        base = Fraction(packet.time_base)
        begin = packet.pts * base
        if begin >= until:
            return
        if begin + (packet.duration or 0) * base > origin - _RUN_UP:
            packet.pts -= round(origin / base)
            packet.dts = packet.pts
            packet.stream = written
            yield packet


def _encoded(made: Any, packets: Iterator[Any], rate: int, origin: Fraction, until: Fraction) -> Iterator[Any]:
    from av import AudioResampler

    context = made.codec_context
    resampler = AudioResampler(context.format.name, context.layout.name, context.sample_rate)
    done = 0
    heard = between(placed(frames_of(packets), Fraction(0)), round(origin * rate), round((until - origin) * rate))
    for piece in itertools.chain(heard, [None]):
        for frame in resampler.resample(piece):
            frame.pts, frame.time_base = done, Fraction(1, context.sample_rate)
            done += frame.samples
            yield from made.encode(frame)
    yield from made.encode(None)
