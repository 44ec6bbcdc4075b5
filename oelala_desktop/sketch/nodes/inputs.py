"""The files that loaders name: finding them, saying that one is missing, telling a changed one."""

from __future__ import annotations

from pathlib import Path

from oelala_desktop.sketch.folders import Folders

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"})
VIDEOS = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v", ".mpg", ".mpeg"})
SOUNDS = frozenset({".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".aif", ".aiff", ".weba"})


def find(folders: Folders, name: str) -> Path:
    """The file that a loader's input names. Raises FileNotFoundError when it is gone."""
    path = folders.source(name)
    if path is None:
        raise FileNotFoundError(f"There is no file {name} in the input folder.")
    return path


def missing(folders: Folders, kind: str, name: str) -> str | None:
    """ComfyUI's complaint about a file that is not there. A name that is no text fails here, and is answered as a
    failed check."""
    return None if folders.source(name) else f"Invalid {kind} file: {name}"


def stamp(folders: Folders, name: str) -> str:
    """Stands for a file's content by its time and size: films and sounds are too large to hash for every job."""
    stat = find(folders, name).stat()
    return f"{stat.st_mtime_ns}-{stat.st_size}"
