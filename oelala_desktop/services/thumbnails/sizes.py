"""The sizes in which thumbnails are made."""

from __future__ import annotations

#: of the longer side, in pixels; others are rounded up to one of them
SIZES = (128, 256, 512, 1024)
#: of the shorter side, for cells that are filled: what lies between two sizes costs memory
COVERING = (128, 256, 384, 512, 768, 1024)

#: times as long as its shorter side is a covering one at most, before that side goes below its size
LONGEST = 8


def nearest_size(size: int, *, covering: bool = False) -> int:
    sizes = COVERING if covering else SIZES
    return next((known for known in sizes if known >= size), sizes[-1])
