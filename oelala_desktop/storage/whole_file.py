"""A file written whole: under a name of its own first, on the disk, then in one step under its right one."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from pathlib import Path

_numbers = itertools.count()


def part_of(path: Path) -> Path:
    """Beside it, a name of its own for what is being written. The process comes last: by it the next start knows
    whether a part is anybody's still."""
    return path.with_name(f"{path.name}.{threading.get_ident()}-{next(_numbers)}.{os.getpid()}.part")


def write_whole(path: Path, content: bytes, *, private: bool = False, lasting: bool = True) -> None:
    """`private` files may be read by this user alone; one that is not `lasting` may be gone after a power cut. Raises
    OSError; then `path` is as it was. Blocking."""
    part = part_of(path)
    try:
        descriptor = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600 if private else 0o666)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            if lasting:
                os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise
