"""What a given video is, and the part of it that was asked for as a file of its own. Blocking."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from oelala_desktop.services.files.confined import confined, patient

from .cutting import Cut, write_part
from .looking import look_at
from .opening import check_whole, name_of, opened, pixels_of, refusing
from .timeline import evened
from .turning import Turn, even
from .writing import whole_file

#: room for the pictures that an encoder looks ahead at, in pictures
_LOOKED_AT = 16


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

    def made_even(self) -> VideoFacts:
        """As a part of it is kept: upright, of even sides, and at a steady rate."""
        width, height = even(self.width, self.height)
        rate, frames = self.rate, self.frames
        if not self.steady:
            made, frames = evened(Fraction(self.rate), Fraction(self.length))
            rate = float(made)
        return replace(self, width=width, height=height, rate=rate, frames=frames, rotated=False, steady=True)


def probe_video(path: Path, key: str = "video") -> VideoFacts:
    """Raises InvalidMedia with one sentence that names the file."""
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


def cut_video(
    source: Path,
    target: Path,
    start: float = 0.0,
    length: float | None = None,
    *,
    at_most: int | None = None,
    exact: bool = False,
) -> Cut:
    """Writes the part from second `start` on, `length` seconds of it (what there is, at most; without it all the rest).

    Without loss where it can be: the whole file as it is, or an mp4 that begins with the key frame before the part.
    What is rotated, uneven, of odd pixels or of a codec that an older server may not know is encoded: upright H.264 of
    eight bits in the colours of a screen (transparency is left away), at its rate, or at the whole number nearest to
    its average. So is what has more than `at_most` bytes, as small as that takes, and with `exact` what would begin
    before the part.
    Raises Unreadable where there is nothing to cut or it can not be decoded, OSError where the disk refuses; then
    `target` is as it was."""
    begin, span = Fraction(max(0.0, start)), None if length is None else Fraction(length)
    with whole_file(target) as part:
        pixels = _LOOKED_AT * pixels_of(source)
        return patient.run(name_of(source), pixels, write_part, source, part, begin, span, at_most, exact)
