"""Small frames along a video, for a strip to trim it on. Blocking."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from oelala_desktop.services.files.confined import confined

from .looking import look_at
from .opening import name_of, opened, pixels_of
from .streams import video_of
from .timeline import Timeline
from .turning import Look, Screen

if TYPE_CHECKING:
    from av.container import InputContainer

MOST_FRAMES, MOST_HEIGHT = 200, 512
#: pixels that are decoded to show the very frames; of more only key frames are shown
_EXACT = 400_000_000
_WIDEST = 4


class Frame(NamedTuple):
    """`rgb` has three bytes a pixel, row after row from the top."""

    width: int
    height: int
    rgb: bytes


def frame_strip(path: Path, count: int, height: int) -> list[Frame]:
    """`count` frames from the middle of equal parts of the video, upright, `height` pixels high; of a large video each
    is the key frame at or before that place. Raises Unreadable."""
    count, height = max(1, min(count, MOST_FRAMES)), max(1, min(height, MOST_HEIGHT))
    return confined.run(name_of(path), pixels_of(path), _strip, path, count, height)


def frame_at(path: Path, second: float, height: int = MOST_HEIGHT) -> Frame:
    """The frame that is shown `second` after the first, upright, at most `height` pixels high. Raises Unreadable."""
    return confined.run(name_of(path), pixels_of(path), _one, path, second, max(1, min(height, MOST_HEIGHT)))


def _one(path: Path, second: float, height: int) -> Frame:
    name = name_of(path)
    with opened(path, "video") as looked:
        found = look_at(looked, name)
    line, look = found.line, found.look
    time = line.times[min(line.number(Fraction(second)), line.frames - 1)]
    with opened(path, "video") as source:
        stream = video_of(source, name)
        stream.thread_type = "AUTO"
        key = line.key_before((time - line.times[0]) * line.base)
        if key is not None:
            source.seek(key, stream=stream)
        width = max(1, round(look.width * min(height, look.height) / look.height))
        return _small(_each(source, stream, [time]), look, width, min(height, look.height), 1)[0]


def _strip(path: Path, count: int, height: int) -> list[Frame]:
    name = name_of(path)
    with opened(path, "video") as looked:
        found = look_at(looked, name)
    line, look = found.line, found.look
    middles = [line.times[(2 * number + 1) * line.frames // (2 * count)] for number in range(count)]
    with opened(path, "video") as source:
        stream = video_of(source, name)
        stream.thread_type = "AUTO"
        is_small = look.width * look.height * line.frames <= _EXACT
        shown = _each(source, stream, middles) if is_small else _keys(source, stream, line, middles)
        width = max(1, min(round(look.width * height / look.height), height * _WIDEST))
        return _small(shown, look, width, height, count)


def _small(shown: Iterator[Any], look: Look, width: int, height: int, count: int) -> list[Frame]:
    made: list[Frame] = []
    screen = Screen(look, width, height)
    last: Any = None
    for frame in shown:
        if frame is not last or not made:
            rgb = screen.rgb(frame).tobytes()
            last = frame
        made.append(Frame(width, height, rgb))
    if not made:
        raise ValueError("no frame can be decoded")
    return made + made[-1:] * (count - len(made))


def _each(source: InputContainer, stream: Any, times: list[int]) -> Iterator[Any]:
    """For each of these times the frame that is shown then."""
    done, held = 0, None
    for frame in source.decode(stream):
        if frame.pts is None:
            continue
        while held is not None and done < len(times) and times[done] < frame.pts:
            yield held
            done += 1
        if done == len(times):
            return
        held = frame
    while held is not None and done < len(times):
        yield held
        done += 1


def _keys(source: InputContainer, stream: Any, line: Timeline, times: list[int]) -> Iterator[Any]:
    from av.error import FFmpegError

    last, held = None, None
    for time in times:
        key = line.key_before((time - line.times[0]) * line.base)
        if key is not None and key != last:
            try:
                source.seek(key, stream=stream)
                held, last = next(source.decode(stream), held), key
            except FFmpegError:
                pass  # the one before stands for what is damaged
        if held is not None:
            yield held
