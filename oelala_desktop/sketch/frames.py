"""What an IMAGE is here: a uint8 array [frames, height, width, 3 or 4], RGB(A). A MASK is float32 [n, h, w]."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Frames = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.float32]
PreviewSource = Callable[[], Frames]
"""Gives the picture [height, width, 3 or 4] to be shown as a preview; called only when a preview is wanted."""

BUDGET = 4 * 1024**3
"""Bytes of frames that one node may hold. Beyond it a job is refused rather than driving the machine to swap."""


def allocate(count: int, height: int, width: int, channels: int = 3) -> Frames:
    """An uninitialised batch of frames. Raises MemoryError with the sizes when it would pass the budget."""
    if count < 1 or height < 1 or width < 1:
        raise ValueError(f"A batch of {count} frames of {width}×{height} pixels cannot be made.")
    size = count * height * width * channels
    if size > BUDGET:
        raise MemoryError(
            f"{count} frames of {width}×{height} pixels take {size / 1024**3:.1f} GiB; "
            f"Sketch holds at most {BUDGET // 1024**3} GiB. Use fewer frames or a smaller size."
        )
    return np.empty((count, height, width, channels), np.uint8)


def rgb(frames: Any) -> Frames:
    """The same frames without their alpha channel, contiguous enough for encoders."""
    array: Frames = frames[..., :3]
    return array
