"""What a given video is, and the part of it that was asked for. Blocking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.confined import confined

from .opening import check_whole, name_of, opened, pixels_of, refusing
from .streams import codec_of, seen, sound_of, video_of
from .timeline import Timeline, timeline
from .turning import Look, Turn, look_of

if TYPE_CHECKING:
    from av.container import InputContainer

MIN_SIDE = 64
#: packets looked at for a first frame
_MOST_PACKETS = 400


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """`width` and `height` as seen, upright. `rate` in frames a second, the average where it is not `steady`; `length`
    in seconds from the first frame to the end of the last. `rotated`: stored otherwise than it is seen. `codec` in
    FFmpeg's words (h264, hevc, vp9, av1, …)."""

    width: int
    height: int
    frames: int
    rate: float
    length: float
    has_sound: bool
    rotated: bool
    steady: bool
    codec: str


class Looked(NamedTuple):
    """`codec` in FFmpeg's words, `sound` that of the sound, empty where there is none that can be decoded."""

    codec: str
    sound: str
    line: Timeline
    look: Look


def probe_video(path: Path, key: str = "video") -> VideoFacts:
    """Raises InvalidField with one sentence that names the file."""
    with refusing(key, path):
        return confined.run(name_of(path), pixels_of(path), facts_of, path)


def facts_of(path: Path) -> VideoFacts:
    """In this process. Raises Unreadable."""
    with opened(path, "video") as source:
        found = look_at(source, name_of(path))
    check_whole(path)
    line, look = found.line, found.look
    rotated, steady = look.turn != Turn(), line.is_steady
    return VideoFacts(
        look.width, look.height, line.frames, float(line.rate), float(line.length), bool(found.sound), rotated, steady,
        found.codec,
    )  # fmt: skip


def look_at(source: InputContainer, name: str) -> Looked:
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
    return Looked(codec_of(stream), codec_of(sound) if sound else "", line, look)


def _glanced(packets: Iterator[Any], stream: Any, looks: list[Look]) -> Iterator[Any]:
    """The packets, of which the first ones are decoded until there is a frame; how to see it goes into `looks`."""
    stream.thread_type = "NONE"  # one frame: handing it to threads costs more than it brings
    for count, packet in enumerate(packets):
        if not looks and count < _MOST_PACKETS:
            looks += [look_of(stream, frame) for frame in packet.decode()][:1]
        yield packet
    if not looks:
        looks += [look_of(stream, frame) for frame in stream.codec_context.decode(None)][:1]
