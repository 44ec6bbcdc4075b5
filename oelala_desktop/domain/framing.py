"""The new frame round what is given: as large as its aspect asks for, with nothing of what is given cut off. A place
from 0 to 1 in the room that is left over says where what is given lies, as the setting `place` does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

KEY = "place"


class Frame(NamedTuple):
    """What is given, made `inner_width` × `inner_height`, and the margins round it, in pixels."""

    left: int
    top: int
    right: int
    bottom: int
    inner_width: int
    inner_height: int

    @property
    def size(self) -> tuple[int, int]:
        return self.left + self.inner_width + self.right, self.top + self.inner_height + self.bottom

    def adds(self, multiple: int) -> bool:
        """Whether there is more margin than comes of rounding up to a multiple."""
        return max(self.left + self.right, self.top + self.bottom) >= multiple

    def entries(self) -> dict[str, int]:
        """By the keys that a preset's table may send into its graph."""
        return {
            "pad_left": self.left,
            "pad_top": self.top,
            "pad_right": self.right,
            "pad_bottom": self.bottom,
            "inner_width": self.inner_width,
            "inner_height": self.inner_height,
        }


#: those keys
ENTRIES = frozenset(Frame(0, 0, 0, 0, 1, 1).entries())


def place_of(values: Mapping[str, object]) -> tuple[float, float]:
    """The place that is set among these settings, else the middle."""
    value = values.get(KEY)
    return (float(value["x"]), float(value["y"])) if isinstance(value, Mapping) else (0.5, 0.5)


def framed(
    given: tuple[int, int], aspect: tuple[int, int], multiple: int, most: int, place: tuple[float, float] = (0.5, 0.5)
) -> Frame:
    """The smallest frame of that aspect round a picture of that size (width, height); both its sides are multiples of
    `multiple`. What would come to more than `most` pixels is made smaller first."""
    wide, high = _round(given, aspect)
    scale = min(1.0, math.sqrt(most / (wide * high)))
    width, height = (max(1, math.floor(side * scale)) for side in given)
    wide, high = (-(-side // multiple) * multiple for side in _round((width, height), aspect))
    left, top = round((wide - width) * place[0]), round((high - height) * place[1])
    return Frame(left, top, wide - width - left, high - height - top, width, height)


def _round(given: tuple[int, int], aspect: tuple[int, int]) -> tuple[int, int]:
    width, height = given
    return max(width, -(-height * aspect[0] // aspect[1])), max(height, -(-width * aspect[1] // aspect[0]))
