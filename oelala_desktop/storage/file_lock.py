"""A lock that all processes of one home share: a file beside what it guards. The system itself lets go of it when its
holder dies, however that happens. Blocking; call it off the loop."""

from __future__ import annotations

import contextlib
import errno
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from oelala_desktop.domain.errors import CannotSave

_PATIENCE = 10.0  # seconds; what it guards takes milliseconds
_LOOK = 0.005  # seconds between two tries
#: file systems without locks; what is written there is still written whole
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


@contextlib.contextmanager
def locked(path: Path, *, patience: float = _PATIENCE) -> Iterator[None]:
    """Holds the lock whose file is `path`, against other threads too. Raises OSError if that file cannot be made,
    CannotSave if somebody holds it for longer than `patience` seconds."""
    with path.open("ab") as file:
        deadline = time.monotonic() + patience
        while not _is_taken(file):
            if time.monotonic() > deadline:
                raise CannotSave(f"Another Oelala holds {path} for too long; end it, and try again.")
            time.sleep(_LOOK)
        yield


def _is_taken(file: BinaryIO) -> bool:
    try:
        _take(file)
    except OSError as error:
        return error.errno in _NO_LOCKS
    return True


if sys.platform == "win32":
    import msvcrt

    def _take(file: BinaryIO) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: BinaryIO) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
