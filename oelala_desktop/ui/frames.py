"""Frames of a video that the system's player cannot show, decoded on a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtGui import QImage

_LONGEST = 1280
_SLOWEST = 1.0  # seconds that one frame may stand
Show = Callable[[QImage, float], None]  # frame, its time in seconds


async def first_frame(path: Path) -> QImage | None:
    """The first frame in its full size, None if nothing can be decoded."""
    return await asyncio.to_thread(_first, path)


def _first(path: Path) -> QImage | None:
    return next((image for image, _ in _decode(path, 16_384)), None)


async def play_frames(path: Path, show: Show) -> None:
    """Shows the video's frames at their pace, over and over, until cancelled; returns if there are none."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def give(image: QImage, at: float) -> None:
        loop.call_soon_threadsafe(show, image, at)

    try:
        await asyncio.to_thread(_play, path, give, stop)
    finally:
        stop.set()


def _play(path: Path, give: Show, stop: threading.Event) -> None:
    shown = True
    while shown and not stop.is_set():
        shown, before = False, 0.0
        for image, at in _decode(path, _LONGEST):
            if stop.wait(min(_SLOWEST, max(0.0, at - before))):
                return
            give(image, at)
            shown, before = True, at


def _decode(path: Path, longest: int) -> Iterator[tuple[QImage, float]]:
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                scale = min(1.0, longest / max(frame.width, frame.height))
                width, height = max(1, int(frame.width * scale)), max(1, int(frame.height * scale))
                pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
                image = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
                yield image, frame.time or 0.0
    except (FFmpegError, OSError, ValueError, IndexError):
        return
