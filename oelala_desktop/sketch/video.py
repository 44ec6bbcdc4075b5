"""What a VIDEO is between nodes: a clip of ready frames, or a film that lies in a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import av

from oelala_desktop.sketch.decode import Shot, film_stream, rate_of, read_frames, read_shots
from oelala_desktop.sketch.frames import Frames
from oelala_desktop.sketch.sound import Sound, read_sound
from oelala_desktop.sketch.window import Window, reading

#: ComfyUI's names for the transfer characteristics that a file states
COLOR_SPACES = {1: "sRGB", 13: "sRGB", 18: "HDR", 16: "HDR PQ"}

Check = Callable[[], None]


@dataclass(frozen=True)
class Clip:
    """A VIDEO of ready frames [frames, height, width, 3] at `rate` a second, with their sound. `depth` is the bits a
    channel that a file made of it has."""

    frames: Frames
    rate: Fraction
    sound: Sound | None = None
    depth: int = 8
    color_space: str = "sRGB"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.frames.shape[2], self.frames.shape[1]

    def seconds(self) -> float:
        return float(len(self.frames) / self.rate)

    def clip(self, check: Check) -> Clip:
        return self

    def part(self, start: float, length: float, *, strict: bool) -> Clip | None:
        """`length` seconds from `start` on, all where it is 0; a negative start counts from the end. None where the
        clip does not reach so far, strict or not, as ComfyUI has it. Views, not copies."""
        whole = self.seconds()
        if whole < start + length:
            return None
        begin = max(0.0, whole + start) if start < 0 else start
        end = begin + length if length else whole
        first, last = (math.ceil(round(second * self.rate, 6)) for second in (begin, end))
        if first >= last:
            raise ValueError(f"No frames of the video lie in the part that was asked for: it has {whole:g} seconds.")
        sound = self.sound
        if sound is not None:
            sound = sound.part(round(begin * sound.sample_rate), round(end * sound.sample_rate))
        return replace(self, frames=self.frames[first:last], sound=sound)


@dataclass(frozen=True)
class Film:
    """A VIDEO that lies in a file, or a part of it (a negative start counts from the end); read when somebody asks.

    `codec` and `containers` are FFmpeg's names, `tags` what the file says of itself.
    """

    path: Path
    rate: Fraction
    size: tuple[int, int]
    codec: str
    containers: tuple[str, ...]
    depth: int = 8
    color_space: str = "sRGB"
    tags: Mapping[str, str] = field(default_factory=dict)
    start: float = 0.0
    length: float = 0.0

    @property
    def is_whole(self) -> bool:
        return not self.start and not self.length

    def seconds(self) -> float:
        """How long the part is. Raises ValueError when the file cannot be read."""
        whole = length_of(self.path)
        left = min(whole, -self.start) if self.start < 0 else whole - self.start
        return min(self.length, left) if self.length else left

    def window(self) -> Window:
        start = max(0.0, length_of(self.path) + self.start) if self.start < 0 else self.start
        return Window(start, self.length)

    def clip(self, check: Check) -> Clip:
        """Its frames and its sound. Raises ValueError or MemoryError with a reason."""
        frames = read_frames(self.path, check, self.window())
        return Clip(frames, self.rate, self.sound(check), self.depth, self.color_space)

    def sound(self, check: Check) -> Sound | None:
        return read_sound(self.path, check, self.window())

    def shots(self, check: Check) -> Iterator[Shot]:
        return read_shots(self.path, check, self.window())

    def part(self, start: float, length: float, *, strict: bool) -> Film | None:
        """As of a clip, but counted in the file, and None only where `strict` and less than `length` is left."""
        part = replace(self, start=self.start + start, length=length)
        return None if strict and part.seconds() < length else part


Video = Clip | Film


def film(path: Path) -> Film:
    """The video in a file. Raises ValueError when the file holds none."""
    with reading(path, "video") as container:
        stream = film_stream(container, path)
        context = stream.codec_context
        return Film(
            path,
            rate_of(stream),
            (context.width, context.height),
            stream.codec.canonical_name,
            tuple(container.format.name.split(",")),
            max((component.bits for component in context.format.components), default=8) if context.format else 8,
            COLOR_SPACES.get(int(context.color_trc), "sRGB"),
            dict(container.metadata),
        )


def length_of(path: Path) -> float:
    """Seconds that a file lasts; counted where it does not say. Raises ValueError when it cannot be read."""
    with reading(path, "video") as container:
        if container.duration is not None:
            return float(container.duration / av.time_base)
        stream = film_stream(container, path)
        count = stream.frames or sum(1 for packet in container.demux(stream) if packet.size)
        return float(count / rate_of(stream))
