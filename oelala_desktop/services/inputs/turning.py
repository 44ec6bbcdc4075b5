"""Frames as they are to be seen: upright, with square pixels, in the colours of a screen."""

from __future__ import annotations

import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from av import VideoFrame

    Plane = np.ndarray[Any, np.dtype[np.uint8]]

_WIDEST = 4
#: transfer curves of PQ and HLG (ITU-T H.273, table 3): brighter than a screen's white
_HDR = frozenset({16, 18})
_BT709 = 1


class Turn(NamedTuple):
    """What a display matrix asks for: rows and columns swapped first, then mirrored."""

    swapped: bool = False
    across: bool = False
    down: bool = False

    def __call__(self, plane: Plane) -> Plane:
        """Of any number of channels."""
        if self.swapped:
            plane = plane.swapaxes(0, 1)
        return plane[:: -1 if self.down else 1, :: -1 if self.across else 1]


class Look(NamedTuple):
    """How the frames of a video are to be seen: `width` and `height` upright, in square pixels; `is_bright`: in a high
    dynamic range."""

    turn: Turn
    width: int
    height: int
    is_square: bool
    is_bright: bool = False

    @property
    def is_plain(self) -> bool:
        """As servers need it: with odd sides they could not encode what they make of it."""
        return self.is_square and self.turn == Turn() and (self.width, self.height) == even(self.width, self.height)


def even(width: float, height: float) -> tuple[int, int]:
    """The sides that an encoder of 4:2:0 takes: rounded down."""
    return max(2, round(width) // 2 * 2), max(2, round(height) // 2 * 2)


def look_of(stream: Any, frame: VideoFrame) -> Look:
    turn = turn_of(frame)
    aspect = Fraction(stream.sample_aspect_ratio or 1)
    if not Fraction(1, _WIDEST) <= aspect <= _WIDEST:
        aspect = Fraction(1)  # nobody films so; a writer's mistake
    wide = max(1, round(frame.width * aspect))
    width, height = (frame.height, wide) if turn.swapped else (wide, frame.height)
    return Look(turn, width, height, aspect == 1, frame.color_trc in _HDR)


def turn_of(frame: VideoFrame) -> Turn:
    """FFmpeg's matrix: x' = a·x + c·y, y' = b·x + d·y, in 16.16 and rows of three."""
    sides: Any = frame.side_data
    for side in sides:
        if side.type.name == "DISPLAYMATRIX":
            a, b, _, c, d = struct.unpack_from("=5i", bytes(side))
            swapped = abs(b) + abs(c) > abs(a) + abs(d)
            across, down = (c < 0, b < 0) if swapped else (a < 0, d < 0)
            return Turn(swapped, across, down)
    return Turn()


class Screen:
    """Brings the frames of one video to one size, upright, and to what a screen shows: colours of a high dynamic range
    are brought down, transparency is left away. What it once worked out of the colours serves all frames."""

    def __init__(self, look: Look, width: int, height: int) -> None:
        from av.video.reformatter import VideoReformatter

        self._look = look
        self._stored = (height, width) if look.turn.swapped else (width, height)
        self._reformatter = VideoReformatter()

    def rgb(self, frame: VideoFrame) -> Plane:
        """Rows, columns, three channels."""
        made: Any = self._brought(frame, "rgb24").to_ndarray()
        return self._look.turn(made)

    def yuv(self, frame: VideoFrame) -> VideoFrame:
        """In yuv420p and the limited range; the sides are even."""
        wanted = {"dst_colorspace": "ITU709"} if frame.format.is_rgb else {}
        return turned(self._brought(frame, "yuv420p", dst_color_range="MPEG", **wanted), self._look.turn)

    def _brought(self, frame: VideoFrame, pix_fmt: str, **wanted: Any) -> VideoFrame:
        if self._look.is_bright:
            wanted |= {"dst_colorspace": "ITU709", "dst_color_trc": _BT709, "dst_color_primaries": _BT709}
        is_same = self._stored == (frame.width, frame.height)
        wanted["interpolation"] = "BILINEAR" if is_same else "BICUBIC"
        return self._reformatter.reformat(frame, *self._stored, pix_fmt, **wanted)


def turned(frame: VideoFrame, turn: Turn) -> VideoFrame:
    """A frame in yuv420p of even sides, turned."""
    import numpy as np
    from av import VideoFrame

    if turn == Turn():
        return frame
    width, height = frame.width, frame.height
    packed: Any = frame.to_ndarray().reshape(-1)
    luma, quarter = width * height, width * height // 4
    planes = (
        packed[:luma].reshape(height, width),
        packed[luma : luma + quarter].reshape(height // 2, width // 2),
        packed[luma + quarter :].reshape(height // 2, width // 2),
    )
    flat = np.concatenate([turn(plane).reshape(-1) for plane in planes])
    across = height if turn.swapped else width
    return VideoFrame.from_ndarray(flat.reshape(-1, across), format="yuv420p")
