"""What an IMAGE is here: a uint8 array [frames, height, width, 3 or 4], RGB(A). A MASK is float32 [n, h, w]."""

import itertools
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
PreviewSource = Callable[[], Frames]
"""Gives the picture [height, width, 3 or 4] to be shown as a preview; called only when a preview is wanted."""

BUDGET = 1600 * 1024**2
"""Bytes of frames alive at a time, of all nodes together: with libraries and an encoder Sketch stays below 2 GB. Beyond
it a job is refused rather than driving the machine to swap."""

_alive: dict[int, int] = {}
"""Bytes of each batch that somebody still holds, by a number of its own."""
_numbers = itertools.count()


def allocate(count: int, height: int, width: int, channels: int = 3) -> Frames:
    """An uninitialised batch of frames. Raises MemoryError with the sizes when all batches would pass the budget."""
    if count < 1 or height < 1 or width < 1:
        raise ValueError(f"A batch of {count} frames of {width}×{height} pixels cannot be made.")
    size = count * height * width * channels
    if size + sum(list(_alive.values())) > BUDGET:
        raise MemoryError(
            f"{count} frames of {width}×{height} pixels take {size / 1024**3:.1f} GiB; "
            f"Sketch holds at most {BUDGET / 1024**3:.1f} GiB at a time. Use fewer frames or a smaller size."
        )
    made = np.empty((count, height, width, channels), np.uint8)
    number = next(_numbers)
    _alive[number] = size
    weakref.finalize(made, _alive.pop, number)  # a view keeps its batch alive, and so counted
    return made


def gather(pictures: Iterable[Frames], expected: int = 0) -> Frames:
    """A batch of pictures that come one by one, `expected` of them or so. Raises ValueError when there are none,
    MemoryError past the budget."""
    made: Frames | None = None
    filled = 0
    for picture in pictures:
        if made is None:
            made = allocate(max(1, expected), *picture.shape)
        elif filled == len(made):
            larger = allocate(filled + max(8, filled // 2), *picture.shape)
            larger[:filled] = made
            made = larger
        made[filled] = picture
        filled += 1
    if made is None:
        raise ValueError("There are no frames.")
    return made[:filled]


def memory_of(value: Any) -> Any:
    """The array in whose memory a node's output lies: its batch where it is a part of one; else the value itself."""
    inner = getattr(value, "frames", value)
    base = getattr(inner, "base", None)
    return inner if base is None else base


def rgb(frames: Any) -> Frames:
    """The same frames without their alpha channel, contiguous enough for encoders."""
    array: Frames = frames[..., :3]
    return array
