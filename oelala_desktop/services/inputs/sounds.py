"""What a given sound is, and the part of it that was asked for. A video is taken for the sound in it. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.confined import confined

from .hearing import zero_of
from .opening import check_whole, name_of, opened, pixels_of, refusing
from .streams import codec_of, seen, sound_in

if TYPE_CHECKING:
    from av.container import InputContainer

_MOST_PACKETS = 400


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """`length` in seconds, `rate` in samples a second, `codec` in FFmpeg's words (aac, mp3, flac, pcm_s16le, …)."""

    length: float
    rate: int
    channels: int
    codec: str


def probe_sound(path: Path, key: str = "sound") -> SoundFacts:
    """Raises InvalidField with one sentence that names the file."""
    with refusing(key, path):
        return confined.run(name_of(path), pixels_of(path), facts_of, path)


def facts_of(path: Path) -> SoundFacts:
    """In this process. Raises Unreadable."""
    with opened(path, "sound") as source:
        stream = sound_in(source, name_of(path))
        length = length_of(source, stream, name_of(path), proven=True)
        context = stream.codec_context
        facts = SoundFacts(float(length), context.sample_rate, context.channels, codec_of(stream))
    check_whole(path)
    return facts


def length_of(source: InputContainer, stream: Any, name: str, proven: bool = False) -> Fraction:
    """Seconds from the track's zero to the end of its last packet; `proven`: raises Unreadable if none of the first
    packets can be decoded."""
    base, end, heard = Fraction(stream.time_base), 0, not proven
    zero = zero_of(source, stream)
    for count, packet in enumerate(seen(source, stream, name)):
        if not heard and count < _MOST_PACKETS:
            heard = bool(packet.decode())
        end = max(end, packet.pts + (packet.duration or 0))
    if not heard:
        raise Unreadable(f"{name} has no sound in it that can be decoded.")
    return max(Fraction(0), end * base - zero)
