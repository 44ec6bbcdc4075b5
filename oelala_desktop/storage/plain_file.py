"""Files of ours that may be none: a pipe keeps whoever opens it waiting, a device has no end, a folder takes no line.
Nothing here waits for what lies there, and what is no file can be put aside. Blocking."""

from __future__ import annotations

import errno
import itertools
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast


class NotAFile(OSError):
    def __init__(self, path: Path) -> None:
        super().__init__(errno.EINVAL, "it is no file", str(path))


def open_plain(path: Path, mode: str = "rb") -> BinaryIO:
    """Raises OSError, NotAFile among it."""
    if is_odd(path):  # opening it could do something already
        raise NotAFile(path)
    file = cast(BinaryIO, open(path, mode, opener=_opened_at_once))  # noqa: SIM115
    if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        return file
    file.close()
    raise NotAFile(path)


def read_plain(path: Path) -> bytes:
    """Raises OSError, NotAFile among it."""
    with open_plain(path) as file:
        return file.read()


def is_odd(path: Path) -> bool:
    """Whether something lies there, or a link leads to something, that is no file."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def put_aside(path: Path) -> Path | None:
    """What is no file gets another name, which is returned; None if there is nothing of the kind. Of several processes
    one does it. Raises OSError."""
    if not is_odd(path):
        return None
    with _folder_locked(path.parent):
        if not is_odd(path):
            return None
        path.rename(kept := free_name(path.with_suffix(".damaged")))
        return kept


def free_name(path: Path) -> Path:
    """It, or the first with a number that nothing lies at."""
    numbered = (path.with_name(f"{path.stem}{path.suffix}-{number}") for number in itertools.count(2))
    return next(name for name in itertools.chain((path,), numbered) if not os.path.lexists(name))


def _opened_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o666)


@contextmanager
def _folder_locked(folder: Path) -> Iterator[None]:
    """The folder itself, since a file of a lock may be what is odd; nothing where that cannot be."""
    if os.name != "posix":
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
