"""Reading the pictures of video files, upright and with their times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from oelala_desktop.sketch.frames import Frames, gather
from oelala_desktop.sketch.window import Window, reading

WHOLE = Window()


@dataclass(frozen=True)
class Shot:
    """One picture [height, width, 3] of a film: when it is shown, in seconds from the first one, and for how long."""

    at: Fraction
    length: Fraction
    picture: Frames


def read_frames(path: Path, check: Callable[[], None], window: Window = WHOLE) -> Frames:
    """Every frame of a file's part as RGB, upright as the file says. Their times are lost, as they are in ComfyUI.

    Raises ValueError when it holds none, MemoryError where there is no room.
    """
    with reading(path, "video") as container:
        # a long film is refused before all of it is decoded, where the container says how long it is
        expected = _expected(container, window)
    return gather((shot.picture for shot in read_shots(path, check, window)), expected)


def read_shots(path: Path, check: Callable[[], None], window: Window = WHOLE) -> Iterator[Shot]:
    """The pictures of a file's part one by one. The last is held up to the window's end, where the file goes on there.

    Raises ValueError when there is none.
    """
    with reading(path, "video") as container:
        stream = film_stream(container, path)
        usual = 1 / rate_of(stream)
        held: Shot | None = None
        first: Fraction | None = None
        for time, length, picture in _pictures(container, stream, window, check):
            first = time if first is None and time is not None else first
            at = held.at + usual if held is not None else Fraction(0)
            if time is not None and first is not None and (held is None or time - first > held.at):
                at = time - first
            if held is not None and picture is not None:
                yield Shot(held.at, at - held.at, held.picture)
            if picture is not None:
                held = Shot(at, length or usual, picture)
            elif held is not None:
                held = Shot(held.at, at - held.at, held.picture)
        if held is None:
            raise ValueError(f"No frames of {path.name} lie in the part that was asked for.")
        yield held


def film_stream(container: av.container.InputContainer, path: Path) -> av.VideoStream:
    """The stream that ComfyUI takes. Raises ValueError when there is none, or none that can be decoded."""
    stream = next(iter(container.streams.video), None)
    if stream is None or stream.codec_context is None:
        raise ValueError(f"{path.name} holds no video that can be read.")
    return stream


def rate_of(stream: av.VideoStream) -> Fraction:
    """Frames a second on the average; 1 where a file does not say, as ComfyUI has it."""
    return Fraction(stream.average_rate or 1)


def _expected(container: av.container.InputContainer, window: Window) -> int:
    if not container.streams.video:
        return 0
    stream = container.streams.video[0]
    if window == WHOLE or not container.duration:
        return stream.frames
    left = max(0.0, container.duration / av.time_base - window.start)
    return min(stream.frames, int(min(left, window.length or left) * rate_of(stream)) + 1)


def _pictures(
    container: av.container.InputContainer, stream: av.VideoStream, window: Window, check: Callable[[], None]
) -> Iterator[tuple[Fraction | None, Fraction, Frames | None]]:
    """Time and length in seconds, 0 for an unknown length, and picture of each frame in the window. Where the file goes
    on beyond it, a last entry of its end and no picture."""
    stream.thread_type = "AUTO"
    base = Fraction(stream.time_base or 1)
    start = int(window.start / base)
    end = None if window.end is None else int(window.end / base)
    if start:
        container.seek(start, stream=stream)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue  # a broken place is passed over
        for frame in frames:
            check()
            if frame.pts is not None and frame.pts < start:
                continue
            if frame.pts is not None and end is not None and frame.pts >= end:
                yield end * base, Fraction(0), None
                return
            time = None if frame.pts is None else frame.pts * base
            picture = np.rot90(frame.to_ndarray(format="rgb24"), k=round(frame.rotation // 90))
            yield time, (frame.duration or 0) * base, np.asarray(picture, np.uint8)
