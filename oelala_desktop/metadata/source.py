"""Bytes to be read: a file on disk or an upload in memory, with its first 64 KiB at hand."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits

# O_NONBLOCK: a named pipe must not hang the reader; O_BINARY: Windows would translate line ends.
_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_HEAD = limits.HEAD


class Source:
    """Random access over a file or over memory. `head` holds the first 64 KiB (all of it, if there is less)."""

    __slots__ = ("_data", "_fd", "head", "name", "size")

    def __init__(self, name: str, head: bytes, size: int, fd: int = -1, data: memoryview | None = None) -> None:
        self.name = name
        self.head = head
        self.size = size
        self._fd = fd
        self._data = data

    def at(self, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`, fewer at the end of the file. Raises Unreadable if the disk fails."""
        end = offset + length
        if end <= len(self.head):
            return self.head[offset:end]
        if self._data is not None:
            return bytes(self._data[offset:end])
        if offset >= self.size:
            return b""
        try:
            os.lseek(self._fd, offset, os.SEEK_SET)
            data = os.read(self._fd, min(length, self.size - offset))
            while len(data) < length and (more := os.read(self._fd, length - len(data))):
                data += more
        except OSError as error:
            raise _unreadable(self.name, error) from error
        return data

    def close(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_file(path: Path, opener: Callable[[Path, int], int] = os.open) -> Source:
    """Raises Unreadable when there is no such file, or it is empty, a folder, a device or not ours to read."""
    name = path.name or str(path)
    try:
        fd = opener(path, _FLAGS)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from error
    try:
        status = os.fstat(fd)
        size = status.st_size
        if not stat.S_ISREG(status.st_mode):
            what = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise Unreadable(f"{name} is {what}; choose a picture or a video.")
        head = os.read(fd, _HEAD)
        if not head:
            raise Unreadable(f"{name} is empty.")
    except OSError as error:
        os.close(fd)
        raise _unreadable(name, error) from error
    except Unreadable:
        os.close(fd)
        raise
    return Source(name, head, size, fd)


def from_memory(data: bytes | memoryview, name: str) -> Source:
    """Raises Unreadable when there is nothing in it."""
    view = memoryview(data).cast("B") if isinstance(data, memoryview) else memoryview(data)
    if not view:
        raise Unreadable(f"{name} is empty.")
    return Source(name, bytes(view[:_HEAD]), len(view), data=view)


def _unreadable(name: str, error: OSError | ValueError) -> Unreadable:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return Unreadable(f"{name} does not exist.")
        case IsADirectoryError():
            return Unreadable(f"{name} is a folder; choose a picture or a video.")
        case PermissionError():
            return Unreadable(f"{name} may not be read by this user.")
        case OSError():
            return Unreadable(f"{name} cannot be read: {error.strerror or error}.")
    return Unreadable(f"{name!r} is no possible file name.")
