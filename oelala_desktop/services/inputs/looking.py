"""What there is to know of an opened video: its frames' times, how they are to be seen, whether it has sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.decoding import MIN_SIDE

from .streams import codec_of, seen, sound_of, video_of
from .timeline import Timeline, timeline
from .turning import Look, look_of

if TYPE_CHECKING:
    from av.container import InputContainer

#: packets looked at for a first frame
_MOST_PACKETS = 400


class Film(NamedTuple):
    """`codec` in FFmpeg's words, `sound` that of the sound, empty where there is none that can be decoded."""

    codec: str
    sound: str
    line: Timeline
    look: Look


def look_at(source: InputContainer, name: str) -> Film:
    """Walks through all packets and decodes the first frame. Raises Unreadable."""
    stream, sound = video_of(source, name), sound_of(source)
    looks: list[Look] = []
    line = timeline(stream, _glanced(seen(source, stream, name), stream, looks), name)
    if not looks:
        raise Unreadable(f"{name} has no frame in it that can be decoded.")
    look = looks[0]
    if min(look.width, look.height) < MIN_SIDE:
        size = f"{look.width} × {look.height}"
        raise Unreadable(f"{name} is {size}; it must be at least {MIN_SIDE} × {MIN_SIDE}.")
    return Film(codec_of(stream), codec_of(sound) if sound else "", line, look)


def _glanced(packets: Iterator[Any], stream: Any, looks: list[Look]) -> Iterator[Any]:
    """The packets, of which the first ones are decoded until there is a frame; how to see it goes into `looks`."""
    stream.thread_type = "NONE"  # one frame: handing it to threads costs more than it brings
    for count, packet in enumerate(packets):
        if not looks and count < _MOST_PACKETS:
            looks += [look_of(stream, frame) for frame in packet.decode()][:1]
        yield packet
    if not looks:
        looks += [look_of(stream, frame) for frame in stream.codec_context.decode(None)][:1]
