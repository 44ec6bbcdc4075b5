"""The PNG that a saver wrote beside a video, with the graph that the video may lack: it is the video's and goes where
the video goes. Blocking; call these off the loop."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import read
from oelala_desktop.metadata.beside import VIDEO_SUFFIXES, companion_names, video_names
from oelala_desktop.services.files.provenance import is_companion


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


def companions_of(videos: Iterable[Path]) -> list[Path]:
    """The companions of these videos that no other video needs."""
    chosen = set(videos)
    beside = dict.fromkeys(path for video in chosen if (path := companion_of(video)) is not None)
    return [path for path in beside if not is_shared(path, chosen)]


def is_shared(companion: Path, without: Iterable[Path]) -> bool:
    """Whether a video that is none of `without` has this companion too."""
    own = set(without)
    return any(path not in own and path.is_file() for path in map(companion.with_name, video_names(companion.name)))
