"""A lock on a file: the system itself lets go of it when its holder dies, however that happens."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from oelala_desktop.domain.errors import CannotSave

from .plain_file import open_plain, put_aside

log = logging.getLogger(__name__)
_LOOK = 0.02  # seconds between two tries
_PATIENCE = 10.0  # seconds; what `locked` is for takes milliseconds
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)  # what file systems without locks answer


class FileLock:
    """Held by one alone or, `shared`, by many. Blocking; not for the event loop."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO | None = None

    @property
    def is_held(self) -> bool:
        """Whether it is held here, and the file that all look at is still the one that is locked."""
        return self._file is not None and _is_at(self.path, self._file)

    def take(self, *, shared: bool = False, patience: float = 0.0) -> bool:
        """False if others hold it for longer than `patience` seconds. One that is held already is exchanged. Raises
        OSError when the file cannot be made."""
        end = time.monotonic() + patience
        while not self._try(shared):
            if time.monotonic() >= end:
                return False
            time.sleep(_LOOK)
        return True

    def _try(self, shared: bool) -> bool:
        if not self.is_held:
            self.release()
        if self._file is None and (kept := put_aside(self.path)):
            log.warning("%s was no file; what lay there is %s now", self.path, kept)
        file = self._file or open_plain(self.path, "ab")
        self._file = None
        with contextlib.ExitStack() as unless_held:
            unless_held.callback(file.close)
            if _lock(file, shared) and _is_at(self.path, file):  # the one who held it may have removed it
                unless_held.pop_all()
                self._file = file
        return self._file is not None

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


@contextlib.contextmanager
def locked(path: Path, *, patience: float = _PATIENCE) -> Iterator[None]:
    """Alone, against other threads too, for what is read and written in one go; where a file system has no locks,
    without one. Raises OSError if the file of the lock cannot be made, CannotSave if others hold it for longer than
    `patience` seconds."""
    lock = FileLock(path)
    try:
        if not lock.take(patience=patience):
            raise CannotSave(f"Another Oelala holds {path} for too long; end it, and try again.")
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        yield
    finally:
        lock.release()


def _is_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO, shared: bool) -> bool:
        """There are no shared locks here, and a file that is open cannot be taken away: sharers need none."""
        if shared:
            return True
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(file: BinaryIO, shared: bool) -> bool:
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
