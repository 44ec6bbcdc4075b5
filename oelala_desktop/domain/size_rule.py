"""What size follows from a wish and from what is given: a short side and an aspect, one of SDXL's sizes, a number of
pixels, a factor, the size of the given picture, or a new frame round it. All arithmetic is exact, so what is shown is
what is used."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .framing import Frame, framed, place_of
from .geometry import ASPECTS, kept, nearest_aspect, sdxl_size, short_side, sides
from .tool import VOCABULARY

MEGAPIXEL = 1024 * 1024  # as ComfyUI counts it
#: the ways; the first two know named aspects only
CLASSES = ("video", "sdxl", "megapixels", "factor", "given", "frame")
#: those that a setting of the same name may say the number of
AMOUNTS = frozenset({"megapixels", "factor"})
LEAST_AMOUNT, MOST_AMOUNT = 1e-3, 1000
_RESOLUTION = r"\d{2,4}p"


@dataclass(frozen=True, slots=True)
class SizeRule:
    """`multiple` is what both sides keep, rounded down, of a frame rounded up. `of` names the input that "auto", a
    factor, a frame and "given" go by; empty for the first that has a size. `megapixels` and `factor` stand where no
    setting of that name does; of a frame `megapixels` are the most, and of what is given where they are not 0."""

    kind: str = "video"
    multiple: int = 16
    megapixels: float = 1.0
    factor: float = 1.0
    of: str = ""

    def settle(self, values: Mapping[str, Any], picture: tuple[int, int] | None) -> tuple[str, int, int]:
        """The aspect, and width and height in pixels; zeros where they follow a picture that is not there yet."""
        aspect = str(values.get("aspect_ratio") or "auto")
        if self.kind == "frame":
            frame = self.frame(values, picture)
            return aspect, *(frame.size if frame else (0, 0))
        if self.kind in ("factor", "given"):
            return aspect, *self._scaled(values, picture)
        if self.kind == "megapixels" and aspect == "auto" and picture:
            return aspect, *self._area(self._megapixels(values), picture)
        if aspect == "auto":
            aspect = nearest_aspect(*picture) if picture else ("1:1" if self.kind != "video" else "16:9")
        if self.kind == "sdxl":
            return aspect, *sdxl_size(aspect)
        if self.kind == "megapixels":
            return aspect, *self._area(self._megapixels(values), ASPECTS[aspect])
        resolution = str(values.get("resolution") or VOCABULARY["resolution"].default)
        return aspect, *sides(short_side(resolution), ASPECTS[aspect], self.multiple)

    def frame(self, values: Mapping[str, Any], picture: tuple[int, int] | None) -> Frame | None:
        """The new frame round the given picture; None where that is not there yet, and for every other class."""
        if self.kind != "frame" or picture is None:
            return None
        aspect = str(values.get("aspect_ratio") or "auto")
        ratio = ASPECTS.get(aspect, picture)
        return framed(picture, ratio, self.multiple, int(self.megapixels * MEGAPIXEL), place_of(values))

    def _scaled(self, values: Mapping[str, Any], picture: tuple[int, int] | None) -> tuple[int, int]:
        if picture is None:
            return 0, 0
        from fractions import Fraction  # milliseconds to import, which a form of the usual kind need not wait for

        factor = Fraction(1)
        if self.kind == "factor":
            factor = Fraction(str(values.get("factor") or self.factor))
        elif 0 < self.megapixels * MEGAPIXEL < picture[0] * picture[1]:
            return self._area(str(self.megapixels), picture)
        width, height = (kept(int(side * factor), self.multiple) for side in picture)
        return width, height

    def _megapixels(self, values: Mapping[str, Any]) -> str:
        return str(values.get("megapixels") or self.megapixels)

    def _area(self, megapixels: str, shape: tuple[int, int]) -> tuple[int, int]:
        from fractions import Fraction

        ratio = Fraction(*shape)
        pixels = int(Fraction(megapixels) * MEGAPIXEL)
        width, height = (kept(math.isqrt(int(pixels * part)), self.multiple) for part in (ratio, 1 / ratio))
        return width, height


def is_resolution(name: str) -> bool:
    """Whether a name says a short side: 480p, 704p …"""
    return re.fullmatch(_RESOLUTION, name) is not None


#: what holds where a preset says nothing: a short side and an aspect, multiples of 16
SHORT_SIDE = SizeRule()
