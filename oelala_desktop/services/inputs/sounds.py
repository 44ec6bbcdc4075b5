"""What a given sound is, and the part of it that was asked for. A video is taken for the sound in it. Blocking."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from oelala_desktop.services.files.confined import confined, patient

from .opening import check_whole, name_of, opened, pixels_of, refusing
from .sound_cutting import write_sound
from .sound_facts import length_of
from .streams import codec_of, sound_in
from .writing import whole_file


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """`length` in seconds, `rate` in samples a second, `codec` in FFmpeg's words (aac, mp3, flac, pcm_s16le, …)."""

    length: float
    rate: int
    channels: int
    codec: str


def probe_sound(path: Path, key: str = "sound") -> SoundFacts:
    """Raises InvalidMedia with one sentence that names the file."""
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


def cut_sound(
    source: Path, target: Path, start: float = 0.0, length: float | None = None, *, at_most: int | None = None
) -> str:
    """Writes the part from second `start` on, `length` seconds of it (what there is, at most; without it all the rest),
    and returns the kind of file that it is. A whole sound is copied as it is; a part, or the sound of a video, is FLAC
    of exactly these samples in at most two channels. What has more than `at_most` bytes is Opus, as small as needed.
    Raises Unreadable where there is nothing to cut or it cannot be decoded, OSError where the disk refuses; then
    `target` is as it was."""
    begin, span = Fraction(max(0.0, start)), None if length is None else Fraction(max(0.0, length))
    with whole_file(target) as part:
        return patient.run(name_of(source), pixels_of(source), write_sound, source, part, begin, span, at_most)
