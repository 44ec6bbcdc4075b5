"""Opening a file that a scan has found, at the place where it was found: neither a folder on the way nor the file
itself may have become a link since. Blocking."""

from __future__ import annotations

import os
from pathlib import Path


def _flags(*names: str) -> int:
    """For opening: those of these that the system has. No handle is handed on to other programs; Python sees to it."""
    return sum(getattr(os, name, 0) for name in names)


#: for a file: no link is followed, and a pipe keeps nobody waiting
FILE_FLAGS = _flags("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")
#: for a folder that files are opened in
FOLDER_FLAGS = _flags("O_RDONLY", "O_DIRECTORY")
BY_HANDLE = os.open in os.supports_dir_fd
# a folder on the way may be one that can be passed through and not read
_ON_THE_WAY = FOLDER_FLAGS | _flags("O_NOFOLLOW", "O_PATH")


def open_unlinked(path: Path, flags: int = FILE_FLAGS) -> int:
    """A handle for reading, the caller's to close. `path` is absolute and was free of links when it was found. Raises
    OSError, also for what is a link now."""
    if not BY_HANDLE:
        if path.resolve() != path:
            raise FileNotFoundError(f"{path} is a link, or lies behind one.")
        return os.open(path, flags)
    *folders, name = path.parts[1:]
    handle = os.open(path.anchor, _ON_THE_WAY)
    try:
        for folder in folders:
            below = os.open(folder, _ON_THE_WAY, dir_fd=handle)
            os.close(handle)
            handle = below
        return os.open(name, flags | FILE_FLAGS, dir_fd=handle)
    finally:
        os.close(handle)
