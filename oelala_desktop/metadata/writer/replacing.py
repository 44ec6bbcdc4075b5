"""Replacing a file in one step."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.source import Source


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file beside `path`, named `*.part`, that takes its place when the block ends and is gone when the block
    raises. It is on the disk before the old one goes. Raises CannotSave when the folder does not take it."""
    part = path.with_name(f"{path.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(OSError):
            part.chmod(stat.S_IMODE(path.stat().st_mode))
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise CannotSave(f"{path.name} cannot be saved: {error.strerror or error}.", detail=str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # The rename itself must survive a power cut. Windows cannot open a folder, and needs no such call.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def copy(source: Source, start: int, end: int, out: BinaryIO) -> None:
    """Bytes from `start` up to `end`, a piece at a time."""
    while start < end:
        piece = source.at(start, min(limits.MIB, end - start))
        if not piece:
            return
        out.write(piece)
        start += len(piece)
