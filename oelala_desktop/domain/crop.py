"""The crop: what of a picture is seen where the frame has another aspect. It is a place from 0 to 1 in the room that
the frame leaves over, as the setting `crop` says it; without one the middle is taken, as ComfyUI's own nodes do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

KEY = "crop"


class Window(NamedTuple):
    """A part of a picture, in its pixels."""

    left: int
    top: int
    width: int
    height: int


def place_of(values: Mapping[str, object]) -> tuple[float, float] | None:
    """The place that is set among these settings; None for the middle."""
    value = values.get(KEY)
    if not isinstance(value, Mapping):
        return None
    place = (float(value["x"]), float(value["y"]))
    return None if place == (0.5, 0.5) else place


def window(picture: tuple[int, int], frame: tuple[int, int], place: tuple[float, float] | None = None) -> Window:
    """The largest part of a picture of that size (width, height) that has the aspect of `frame`."""
    width, height = picture
    seen_width = min(width, max(1, round(height * frame[0] / frame[1])))
    seen_height = min(height, max(1, round(width * frame[1] / frame[0])))
    x, y = place or (0.5, 0.5)
    return Window(round((width - seen_width) * x), round((height - seen_height) * y), seen_width, seen_height)
