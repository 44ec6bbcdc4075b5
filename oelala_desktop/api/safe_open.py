"""Opening a file for a client: one name in one folder, no links followed, and only what is a picture or a video. The
type that is told comes from the bytes alone, so that a wrong suffix makes nothing of a file that it is not."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.metadata import sniff
from oelala_desktop.services.files.unlinked import BY_HANDLE, FILE_FLAGS, FOLDER_FLAGS, open_unlinked
from oelala_desktop.services.library.folders import SUFFIXES

_TYPES = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "avif": "image/avif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
}
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file; refused everywhere, so that a name means the same
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029]')
#: seconds (the year 2262): what the media index keeps, and well within what a calendar can say
_LATEST = 2.0**63 / 1e9


@dataclass(slots=True)
class OpenFile:
    """`fd` is the caller's to close. `modified` is in seconds since the epoch, within what dates can say. `tag` changes
    whenever the content does."""

    fd: int
    name: str
    size: int
    modified: float
    media_type: str
    tag: str


def is_plain_name(name: str) -> bool:
    """One component that means the same file on every system."""
    if not name or name in (".", "..") or name[-1] in ". " or _FORBIDDEN.search(name) or _RESERVED.fullmatch(name):
        return False
    try:
        return len(name.encode("utf-8")) <= 255
    except UnicodeEncodeError:
        return False


def open_media(folder: Path, name: str) -> OpenFile:
    """A file by a name that came from outside. Blocking. Raises NotFound for whatever is no picture or video of that
    very name in that very folder; why is not told, since that would tell what else lies there."""
    if not is_plain_name(name):
        raise _not_found()
    return _opened(name, lambda: _open_in(folder, name))


def open_known(path: Path) -> OpenFile:
    """A file that a scan has found, whatever it is called, unless a link leads to it now. Blocking. Raises NotFound
    like `open_media`."""
    return _opened(path.name, lambda: open_unlinked(path))


def _opened(name: str, opening: Callable[[], int]) -> OpenFile:
    if name.rpartition(".")[2].lower() not in SUFFIXES:
        raise _not_found()
    try:
        fd = opening()
    except (OSError, ValueError):
        raise _not_found() from None
    try:
        return _described(fd, name)
    except BaseException:
        os.close(fd)
        raise


def _open_in(folder: Path, name: str) -> int:
    """The folder is as the user named it, links and all; its files are not."""
    if not BY_HANDLE:
        return open_unlinked(folder.resolve() / name)
    handle = os.open(folder, FOLDER_FLAGS)
    try:
        return os.open(name, FILE_FLAGS, dir_fd=handle)
    finally:
        os.close(handle)


def _described(fd: int, name: str) -> OpenFile:
    facts = os.fstat(fd)
    if not stat.S_ISREG(facts.st_mode):
        raise _not_found()
    media_type = _TYPES.get(sniff(os.read(fd, 4096)) or "")
    if media_type is None:
        raise _not_found()
    tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}-{facts.st_ino:x}"'
    modified = max(-_LATEST, min(facts.st_mtime, _LATEST))
    return OpenFile(fd, name, facts.st_size, modified, media_type, tag)


def _not_found() -> NotFound:
    return NotFound("There is no picture or video of that name.")
