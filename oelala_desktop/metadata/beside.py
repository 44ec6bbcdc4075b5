"""How VHS calls the PNG that it writes beside each video or GIF (`X.png` beside `X.mp4` and `X-audio.mp4`), which holds
what made it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

#: what a video that has a companion may be called
VIDEO_SUFFIXES = (".mp4", ".m4v", ".mov", ".webm", ".mkv", ".gif")
_MARK = "-audio"


def companion_names(video: str) -> tuple[str, ...]:
    """What the companion of a video of this name may be called; VHS itself calls it by the last one."""
    stem = PurePath(video).stem
    return tuple(dict.fromkeys((f"{stem}.png", f"{stem.removesuffix(_MARK)}.png")))


def video_names(picture: str) -> Iterator[str]:
    """What the videos may be called that a picture of this name is the companion of."""
    stem, dot, suffix = picture.rpartition(".")
    if dot and suffix == "png":
        for mark in ("", _MARK):
            yield from (f"{stem}{mark}{ending}" for ending in VIDEO_SUFFIXES)
