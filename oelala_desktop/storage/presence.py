"""Which processes of this home live: each holds a lock on a file of its own for as long as it does. Process numbers are
used again and mean nothing in another namespace, and a clock can be set; a lock knows of neither."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import Owner

from .locks import FileLock

_BOOT = Path("/proc/sys/kernel/random/boot_id")


def this_boot() -> str:
    """What names this start of the machine; always the same where the system has no such name."""
    try:
        return _BOOT.read_text("ascii").strip()
    except (OSError, ValueError):
        return "one"


class Presence:
    """`me` is this process as an owner, once it has entered. `folder` holds the locks."""

    def __init__(self, folder: Path, boot: str | None = None) -> None:
        self._folder = folder
        self.me = Owner(f"p{uuid.uuid4().hex}", boot or this_boot())
        self._lock = FileLock(self._place(self.me))

    def enter(self) -> None:
        """Raises CannotSave when the home takes no lock. Clears away what the dead have left."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._lock.take(patience=5.0):
                raise OSError("it is locked")
            for path in self._others():
                _remove_if_free(path)
        except OSError as error:
            raise CannotSave(f"The folder {self._folder} cannot be used: {error.strerror or error}.") from error

    def leave(self) -> None:
        if self._lock.is_held:
            with suppress(OSError):
                self._lock.path.unlink()
        self._lock.release()

    def is_alive(self, owner: Owner) -> bool:
        """Whether the process still runs, on whatever clock and in whatever namespace."""
        if not owner.boot:
            return _is_older_oelala(owner.lock)
        return owner.boot == self.me.boot and _is_locked(self._place(owner))

    def is_alone(self) -> bool:
        """Whether no other process of this home lives."""
        return not any(_is_locked(path) for path in self._others())

    def _place(self, owner: Owner) -> Path:
        return self._folder / f"{Path(owner.lock).name}.lock"

    def _others(self) -> Iterator[Path]:
        return (path for path in self._folder.glob("p*.lock") if path != self._lock.path)


def _is_locked(path: Path) -> bool:
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        return not lock.take(shared=os.name != "nt")
    except OSError:
        return True  # not to be told: to wait for one that is gone costs less than to do its work twice
    finally:
        lock.release()


def _remove_if_free(path: Path) -> None:
    lock = FileLock(path)
    with suppress(OSError):
        if lock.take():
            path.unlink(missing_ok=True)
    lock.release()


def _is_older_oelala(number: str) -> bool:
    """Earlier versions wrote down their process number. One that still runs cannot write into a database of this
    version; it must only not be taken for dead while it does."""
    if not number.isdecimal() or int(number) == os.getpid():
        return False
    try:
        process = psutil.Process(int(number))
        return process.status() != psutil.STATUS_ZOMBIE and any("oelala" in word for word in process.cmdline())
    except psutil.AccessDenied:
        return True
    except (psutil.Error, ValueError, OverflowError):
        return False
