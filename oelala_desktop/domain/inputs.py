"""What is given to a job as files, as plain facts: a path is a service's affair."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from . import crop
from .field import TIMED_KINDS, Field, FieldKind

#: what is kept of the middle of a video or sound: keys beside the input's own
START, LENGTH, SMALLER = "_start", "_length", "_smaller"
_DAY = 86_400  # seconds
_NEAR = 1e-3  # seconds: times that were rounded mean the frame next to them


@dataclass(frozen=True, slots=True)
class Given:
    """One file as it was found: `width` and `height` as seen (upright), `length` in seconds, `rate` in frames a second,
    `size` in bytes as it would go to a server. Of a folder of pictures `count` is how many there are, `uncaptioned` how
    many of them have no caption, `size` that of the largest. Zero where a kind has no such thing."""

    name: str
    kind: str
    width: int = 0
    height: int = 0
    frames: int = 0
    rate: float = 0.0
    length: float = 0.0
    has_sound: bool = False
    size: int = 0
    is_small: bool = False
    count: int = 0
    uncaptioned: int = 0

    def part(self, start: float, length: float | None) -> Given:
        """What is left of a video or sound that is trimmed: of a video the frames that begin in that time."""
        left = max(0.0, self.length - start)
        kept = left if length is None else min(left, length)
        if kept >= self.length:
            return self
        end = self.frames if kept >= left else self._number(start + kept)
        frames = max(1, end - self._number(start)) if self.rate else 0
        size = round(self.size * kept / self.length) if self.length else self.size
        return replace(self, length=kept, frames=frames, size=size)

    def _number(self, second: float) -> int:
        """Of the first frame that begins then or later."""
        return min(self.frames, max(0, math.ceil((second - _NEAR) * self.rate)))


_CROP = Field(
    crop.KEY,
    FieldKind.POINT,
    "Crop",
    "picture",
    help="Where the frame lies in the picture, from 0 (left, top) to 1; the middle where it is left out.",
)

#: what is known of the inputs of a wish, by settings key
Inputs = Mapping[str, Sequence[Given]]


def companions(field: Field) -> tuple[Field, ...]:
    """The settings that come with an input: the part of one that has a length, what is seen of the start picture."""
    if field.key == "image" and field.kind is FieldKind.PICTURE:
        return (_CROP,)
    if field.kind not in TIMED_KINDS:
        return ()
    name, group, number = field.label.lower(), field.group, FieldKind.NUMBER
    start = Field(field.key + START, number, f"Start of the {name}", group, default=0.0, maximum=_DAY, unit="s")
    length = Field(field.key + LENGTH, number, f"Length of the {name}", group, minimum=0.01, maximum=_DAY, unit="s")
    smaller = Field(field.key + SMALLER, FieldKind.SWITCH, f"Smaller {name}", group, default=False)
    return replace(start, minimum=0), length, smaller


def trim_of(field: Field, values: Mapping[str, object]) -> tuple[float, float | None]:
    """The part of an input that is meant: seconds from its start, and how long, None for to the end."""
    if field.kind not in TIMED_KINDS:  # another setting may be called so
        return 0.0, None
    start, length = (values.get(field.key + what) for what in (START, LENGTH))
    return float(str(start or 0)), None if length is None else float(str(length))


def names_in(value: object) -> tuple[str, ...]:
    """The file names in the value of an input."""
    if isinstance(value, str):
        return (value,) if value else ()
    return tuple(str(name) for name in value) if isinstance(value, list | tuple) else ()
