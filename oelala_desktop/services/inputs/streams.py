"""Which of a container's streams is meant, and its packets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.decoding import FFMPEG_LIMITS, check_size

if TYPE_CHECKING:
    from av.container import InputContainer

#: an hour, and what writers add at its end
_MOST_SECONDS = 3660
_MOST_PACKETS = 1_500_000
_ATTACHED_PICTURE = 0x400


def video_of(source: InputContainer, name: str) -> Any:
    """The first stream that moves: a cover is a picture. Raises Unreadable."""
    for stream in source.streams.video:
        if is_cover(stream):
            continue
        if stream.codec_context is None:
            raise Unreadable(f"{name} has no video in it that can be decoded.")
        check_size(name, stream.width, stream.height)
        stream.codec_context.options = FFMPEG_LIMITS
        return stream
    raise Unreadable(f"{name} has no video in it.")


def sound_of(source: InputContainer) -> Any:
    """The first sound that can be decoded, None where there is none."""
    return next((s for s in source.streams.audio if s.codec_context is not None and s.codec_context.sample_rate), None)


def codec_of(stream: Any) -> str:
    return str(stream.codec_context.codec.canonical_name)


def sound_in(source: InputContainer, name: str) -> Any:
    """Raises Unreadable where there is none."""
    stream = sound_of(source)
    if stream is None:
        raise Unreadable(f"{name} has no sound in it.")
    stream.codec_context.options = FFMPEG_LIMITS
    return stream


def is_cover(stream: Any) -> bool:
    """Whether it is a picture on a sound, and no video."""
    return bool(stream.disposition & _ATTACHED_PICTURE)


def seen(container: InputContainer, stream: Any, name: str) -> Iterator[Any]:
    """The packets of a stream that hold something, in the order of decoding, each with a time. Raises Unreadable where
    they span more than an hour, are more than an hour has, or are encrypted."""
    base, first = stream.time_base, None
    most = _MOST_SECONDS / base if base else 0
    for count, packet in enumerate(container.demux(stream)):
        if packet.pts is None:
            packet.pts = packet.dts
        if not packet.size or packet.pts is None:
            continue
        if first is None:
            first = packet.pts
            if packet.has_sidedata("encryption_info") or "enc_key_id" in stream.metadata:
                raise Unreadable(f"{name} is encrypted; only its own player can open it.")
        if count > _MOST_PACKETS or abs(packet.pts - first) > most:
            raise Unreadable(f"{name} is longer than an hour; cut it first.")
        yield packet
