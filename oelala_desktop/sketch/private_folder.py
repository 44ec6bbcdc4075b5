"""A temporary folder of one process, and the clearing away of those whose process was killed."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "oelala-sketch-"
LOCK = ".lock"
#: seconds after which a folder without a lock is no longer taken for one that is just being made
SETTLED = 60.0


@contextmanager
def private_folder(parent: Path) -> Iterator[Path]:
    """A new folder below `parent`, mode 0700, removed at the end.

    A lock on a file in it is held as long as the process lives, however that ends; so the next one can tell the
    folder of a killed process from one that is in use, also across containers that share the parent.
    """
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent)).resolve()
    try:
        with (folder / LOCK).open("wb") as lock:
            _try_lock(lock.fileno())
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove our own folders that nobody holds any more. Failing is no harm: the next start tries again."""
    for folder in parent.glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            status = folder.lstat()
            if folder.is_symlink() or time.time() - status.st_mtime < SETTLED:
                continue
            with (folder / LOCK).open("r+b") as lock:
                if _try_lock(lock.fileno()):
                    shutil.rmtree(folder, ignore_errors=True)


def _try_lock(descriptor: int) -> bool:
    """Take the lock if it is free. Windows has no such lock; there nothing is ever swept."""
    if sys.platform == "win32":
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
