"""How a part of a video is written: as it is, by copying packets, or encoded."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.decoding import decoding

from .copying import COPYABLE, Stretch, copied, stretch_of
from .encoding import Excerpt, add_video, encoded
from .looking import Film, look_at
from .opening import has_plain_tags, kind_of, name_of, opened
from .streams import seen, sound_of, video_of
from .timeline import evened, number_at
from .track import BIT_RATE, add_track
from .writing import copy_file, disk_faults

_T = TypeVar("_T")

#: what servers of some age decode; the rest is encoded
_KNOWN = COPYABLE | {"vp8"}
_TRIES = 5
#: of the bytes that are allowed: what goes into pictures and sound, and of those what into the sound
_FILLED, _HEARD = 0.93, 0.15
_LEAST_HEARD, _MOST_HEARD = 32_000, 128_000
_SLOWEST = 1_000


@dataclass(frozen=True, slots=True)
class Cut:
    """In the new file the part begins `start` seconds after its first frame and is `length` seconds long; `copied`:
    without loss. `kind` is the new file's (mp4, or mov, webm, mkv where it is the whole file as it was given)."""

    start: float
    length: float
    copied: bool
    kind: str = "mp4"


def write_part(
    source: Path, part: Path, begin: Fraction, span: Fraction | None, at_most: int | None, exact: bool = False
) -> Cut:
    """In this process. Raises as `cut_video` does."""
    with disk_faults(), decoding(name_of(source)):
        return _Writing(source, part, begin, span, at_most, exact).write()


class _Writing:
    def __init__(
        self, source: Path, part: Path, begin: Fraction, span: Fraction | None, at_most: int | None, exact: bool
    ) -> None:
        self._source, self._part, self._at_most, self._exact = source, part, at_most, exact
        self._name = name_of(source)
        with opened(source, "video") as opened_source:
            self._film: Film = look_at(opened_source, self._name)
            self._has_plain_tags = has_plain_tags(opened_source)
            self._kind = kind_of(source)
        line = self._film.line
        if begin >= line.length:
            seconds = f"{float(line.length):.1f} s"
            raise Unreadable(f"{self._name} is {seconds} long; nothing of it comes after {float(begin):g} s.")
        self._begin = begin
        self._until = line.length if span is None else min(line.length, begin + span)
        self._first = min(line.number(begin), line.frames - 1)
        self._end = max(self._first + 1, line.number(self._until) if self._until < line.length else line.frames)

    def write(self) -> Cut:
        line, is_plain = self._film.line, self._film.look.is_plain and self._film.line.is_steady
        is_whole = is_plain and self._film.codec in _KNOWN and (self._first, self._end) == (0, line.frames)
        if is_whole and self._has_plain_tags:
            if self._fits(self._source):
                copy_file(self._source, self._part)
                return Cut(0.0, float(line.length), True, self._kind)
        elif is_plain and self._film.codec in COPYABLE:
            stretch = stretch_of(line, self._film.codec, self._first, self._end)
            if stretch is not None and self._serves(stretch) and self._is_copied(stretch) and self._fits(self._part):
                start, length = self._first - stretch.begin, self._end - self._first
                return Cut(float(start / line.rate), float(length / line.rate), True)
        excerpt = self._excerpt()
        self._encode(excerpt)
        return Cut(0.0, float(excerpt.length), False)

    def _serves(self, stretch: Stretch) -> bool:
        return not self._exact or stretch.begin == self._first

    def _fits(self, path: Path) -> bool:
        return self._at_most is None or path.stat().st_size <= self._at_most

    def _is_copied(self, stretch: Stretch) -> bool:
        """False where an mp4 does not take it after all, or where it cannot be decoded from its first frame on."""
        try:
            with disk_faults(), decoding(self._name):
                return self._with_sound(lambda bit_rate: self._copy(stretch, bit_rate))
        except Unreadable:
            return False

    def _with_sound(self, write: Callable[[int | None], _T]) -> _T:
        """With the sound as it is; encoded where the file cannot be written with that."""
        try:
            with disk_faults(), decoding(self._name):
                return write(None)
        except Unreadable:
            if not self._film.sound:
                raise
        return write(BIT_RATE)  # when the error is gone, and with it the encoder that it holds

    def _copy(self, stretch: Stretch, heard_bits: int | None) -> bool:
        import av

        line = self._film.line
        origin = line.times[stretch.begin] * line.base
        until = origin + (stretch.end - stretch.begin) / line.rate
        with opened(self._source, "video") as source, opened(self._source, "video") as heard, self._out() as out:
            video, sound = video_of(source, self._name), sound_of(heard)
            written = out.add_stream_from_template(video, opaque=True)
            written.time_base = 1 / line.rate
            packets = [copied(written, seen(source, video, self._name), line, stretch)]
            if sound is not None:
                packets.append(add_track(out, heard, sound, self._name, origin, until, heard_bits))
            _mux(out, packets)
        with av.open(str(self._part), "r", format="mov") as made:
            first = next(made.decode(video=0), None)
        return first is not None and first.pts == 0

    def _excerpt(self) -> Excerpt:
        line = self._film.line
        if line.is_steady:
            return Excerpt(line.second(self._first), line.rate, self._end - self._first)
        # frames of the whole made even, as the page counts them
        rate, frames = evened(line.rate, line.length)
        first = min(number_at(rate, self._begin), frames - 1)
        end = frames if self._until == line.length else min(frames, number_at(rate, self._until))
        return Excerpt(first / rate, rate, max(1, end - first))

    def _encode(self, excerpt: Excerpt) -> None:
        """Until it is small enough: bits are a promise that an encoder keeps as it can."""
        if self._at_most is None:
            self._with_sound(lambda bit_rate: self._encode_once(excerpt, bit_rate))
            return
        bits = self._at_most * 8 * _FILLED / float(excerpt.length)
        for _ in range(_TRIES):
            heard = min(_MOST_HEARD, max(_LEAST_HEARD, int(bits * _HEARD))) if self._film.sound else 0
            if bits - heard < _SLOWEST:
                break
            self._encode_once(excerpt._replace(bit_rate=bits - heard), heard)
            if self._fits(self._part):
                return
            bits *= 0.9 * self._at_most / self._part.stat().st_size
        megabytes = f"{self._at_most / 10**6:g} MB"
        raise Unreadable(f"{self._name} cannot be made as small as {megabytes}; take a shorter part of it.")

    def _encode_once(self, excerpt: Excerpt, heard_bits: int | None) -> None:
        line = self._film.line
        origin = line.times[0] * line.base + excerpt.begin
        with opened(self._source, "video") as source, opened(self._source, "video") as heard, self._out() as out:
            video, sound = video_of(source, self._name), sound_of(heard)
            made = add_video(out, video, self._film.look, excerpt)
            packets = [encoded(made, source, video, line, self._film.look, excerpt)]
            if sound is not None:
                packets.append(add_track(out, heard, sound, self._name, origin, origin + excerpt.length, heard_bits))
            _mux(out, packets)

    def _out(self) -> Any:
        import av

        return av.open(str(self._part), "w", format="mp4", options={"movflags": "+faststart"})


def _mux(out: Any, streams: list[Any]) -> None:
    for packet in heapq.merge(*streams, key=lambda packet: packet.dts * packet.time_base):
        out.mux(packet)
