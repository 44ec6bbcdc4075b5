"""A file made by an encoder under a name of its own, then renamed whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.storage.whole_file import part_of

#: what a disk or folder answers; an input/output error is what FFmpeg calls many a damaged file
_REFUSALS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR}
)


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """The path to write to; on the disk and under its right name when the block is left without an error, else gone."""
    part = part_of(target)
    try:
        yield part
        descriptor = os.open(part, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink()


@contextmanager
def disk_faults() -> Iterator[None]:
    """What the system refused to FFmpeg is no fault of the file that was read: OSError."""
    try:
        yield
    except Unreadable as error:
        from av.error import FFmpegError

        cause = error.__cause__
        if isinstance(cause, FFmpegError) and cause.errno in _REFUSALS:
            raise OSError(cause.errno, cause.strerror or "the system refused") from error
        raise


def copy_file(source: Path, target: Path) -> None:
    """A copy that takes no room where the file system can share it: what was kept must not change with its original."""
    with source.open("rb") as given, target.open("wb") as made:
        with suppress(AttributeError, OSError):  # of another system, or across file systems
            while os.copy_file_range(given.fileno(), made.fileno(), 2**30):
                pass
        shutil.copyfileobj(given, made, 2**20)  # what is left
