"""Sizes and aspect ratios. All arithmetic is exact (integers), so what is shown
is what is used."""

from __future__ import annotations

import math
from collections.abc import Mapping

#: name -> short side in pixels
RESOLUTIONS: Mapping[str, int] = {"480p": 480, "576p": 576, "720p": 720, "1080p": 1080}

#: name -> (width, height) of the ratio; "auto" is not here because it needs a picture
ASPECTS: Mapping[str, tuple[int, int]] = {
    "16:9": (16, 9),
    "9:16": (9, 16),
    "1:1": (1, 1),
    "4:3": (4, 3),
    "3:4": (3, 4),
    "3:2": (3, 2),
    "2:3": (2, 3),
    "21:9": (21, 9),
    "9:21": (9, 21),
}

#: SDXL's training sizes for the landscape ratios; portraits are the transposes
SDXL_SIZES: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "4:3": (1152, 864),
    "3:2": (1216, 832),
    "21:9": (1536, 640),
}


def nearest_aspect(width: int, height: int) -> str:
    """The named ratio whose logarithm lies nearest to that of a picture of `width` x `height` pixels."""
    wanted = math.log(width / height)
    return min(ASPECTS, key=lambda name: abs(math.log(ASPECTS[name][0] / ASPECTS[name][1]) - wanted))


def short_side(resolution: str) -> int:
    """In pixels: "704p" means 704, also where it is none of the product's own."""
    return RESOLUTIONS.get(resolution) or int(resolution.removesuffix("p"))


def sides(short: int, ratio: tuple[int, int], multiple: int) -> tuple[int, int]:
    """(width, height) of a ratio with that short side, both rounded down to a multiple of `multiple`."""
    longer, shorter = max(ratio), min(ratio)
    long_side, short_side = kept(short * longer // shorter, multiple), kept(short, multiple)
    return (long_side, short_side) if ratio[0] >= ratio[1] else (short_side, long_side)


def kept(side: int, multiple: int) -> int:
    """`side` rounded down to a multiple; one at least."""
    return max(1, side // multiple) * multiple


def sdxl_size(aspect: str) -> tuple[int, int]:
    """(width, height) of the one-megapixel class for a named ratio."""
    if aspect in SDXL_SIZES:
        return SDXL_SIZES[aspect]
    ratio_w, ratio_h = ASPECTS[aspect]
    width, height = SDXL_SIZES[f"{ratio_h}:{ratio_w}"]
    return height, width
