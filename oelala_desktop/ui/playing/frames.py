"""Frames of a video that the system's player cannot show, decoded on a thread."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.decoding import FFMPEG_LIMITS, decoding
from oelala_desktop.services.thumbnails.making import make_still

if TYPE_CHECKING:
    from av import VideoFrame

_LONGEST = 1280
_SLOWEST = 1.0  # seconds that one frame may stand
_UNSEEN = 0.2  # seconds between two looks whether somebody looks again
Show = Callable[[QImage, float], None]  # frame, its time in seconds
Frames = Iterator[tuple[QImage, float]]


async def first_frame(path: Path) -> QImage | None:
    """The first frame in its full size, None if nothing can be decoded."""
    return await asyncio.to_thread(_first, path)


def _first(path: Path) -> QImage | None:
    try:
        image = QImage.fromData(make_still(path))
    except (Unreadable, OSError):
        return None
    return None if image.isNull() else image


async def last_frame(path: Path) -> QImage | None:
    """The last frame in its full size, None if nothing can be decoded."""
    return await asyncio.to_thread(_last, path)


def _last(path: Path) -> QImage | None:
    """From the last key frame on; from the first where a container knows of no other."""
    import av

    with suppress(Unreadable, OSError), decoding(path.name), av.open(str(path), options=FFMPEG_LIMITS) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = FFMPEG_LIMITS
        if container.duration:
            container.seek(container.duration)
        frame = next(iter(deque(container.decode(stream), maxlen=1)), None)
        if frame is None:
            container.seek(0)
            frame = next(iter(deque(container.decode(stream), maxlen=1)), None)
        return None if frame is None else _image_of(frame, frame.width, frame.height)
    return None


async def play_frames(
    path: Path, show: Show, is_seen: Callable[[], bool], decode: Callable[[Path], Frames] | None = None
) -> None:
    """Shows the video's frames at their pace, over and over, until cancelled; returns if there are none. The window is
    told of the newest one alone, however busy it is. While `is_seen`, asked from a thread, says no, nothing is
    decoded. `decode`, called there too, is for what is no video."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    newest: deque[tuple[QImage, float]] = deque(maxlen=1)

    def take() -> None:
        with suppress(IndexError):  # an earlier call has shown it
            show(*newest.pop())

    def give(image: QImage, at: float) -> None:
        waits = bool(newest)
        newest.append((image, at))
        if not waits:
            loop.call_soon_threadsafe(take)

    try:
        await asyncio.to_thread(_play, partial(decode or _decode, path), give, stop, is_seen)
    finally:
        stop.set()


def _play(decode: Callable[[], Frames], give: Show, stop: threading.Event, is_seen: Callable[[], bool]) -> None:
    shown = True
    while shown and not stop.is_set():
        shown, before = False, 0.0
        for image, at in decode():
            if stop.wait(min(_SLOWEST, max(0.0, at - before))):
                return
            give(image, at)
            shown, before = True, at
            while not is_seen():
                if stop.wait(_UNSEEN):
                    return


def _decode(path: Path) -> Frames:
    import av

    with suppress(Unreadable, OSError), decoding(path.name), av.open(str(path), options=FFMPEG_LIMITS) as container:
        stream = container.streams.video[0]
        stream.codec_context.options = FFMPEG_LIMITS
        for frame in container.decode(stream):
            scale = min(1.0, _LONGEST / max(frame.width, frame.height))
            width, height = max(1, int(frame.width * scale)), max(1, int(frame.height * scale))
            yield _image_of(frame, width, height), frame.time or 0.0


def _image_of(frame: VideoFrame, width: int, height: int) -> QImage:
    pixels = frame.to_ndarray(format="rgb24", width=width, height=height)
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
