"""The PNG that a saver wrote beside a video, with the graph that the video may lack: it is the video's and goes where
the video goes. Blocking; call these off the loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import read

from .provenance import is_companion

#: what a video that has a companion may be called
VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".gif")
_MARK = "-audio"


def companion_of(video: Path) -> Path | None:
    """The picture beside a video that belongs to it: the one that its metadata came from, or one by the same saver."""
    if video.suffix.lower() not in VIDEO_SUFFIXES:
        return None
    try:
        lent = read(video).companion
    except Unreadable:
        return None
    if lent is not None:
        return video.with_name(lent)
    beside = [video.with_name(name) for name in companion_names(video.name)]
    return next((path for path in beside if path.is_file() and is_companion(path)), None)


def companion_names(video: str) -> tuple[str, ...]:
    """What the companion of a video of this name may be called; nothing for the name of a picture."""
    stem, suffix = PurePath(video).stem, PurePath(video).suffix
    if suffix.lower() not in VIDEO_SUFFIXES:
        return ()
    return tuple(dict.fromkeys((f"{stem}.png", f"{stem.removesuffix(_MARK)}.png")))


def video_names(picture: str) -> Iterator[str]:
    """What the videos may be called that a picture of this name is the companion of."""
    stem, dot, suffix = picture.rpartition(".")
    if dot and suffix == "png":
        for mark in ("", _MARK):
            yield from (f"{stem}{mark}{ending}" for ending in VIDEO_SUFFIXES)


def companions_of(videos: Iterable[Path]) -> list[Path]:
    """The companions of these videos that no other video needs."""
    chosen = set(videos)
    beside = dict.fromkeys(path for video in chosen if (path := companion_of(video)) is not None)
    return [path for path in beside if not is_shared(path, chosen)]


def is_shared(companion: Path, without: Iterable[Path]) -> bool:
    """Whether a video that is none of `without` has this companion too."""
    own = set(without)
    return any(path not in own and path.is_file() for path in map(companion.with_name, video_names(companion.name)))
