"""A seal on a database that nobody has open: a print of its bytes in a file beside it. Whoever opens it next breaks the
seal and can tell, without waiting for it, whether it is still the file that was closed. Blocking."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from .plain_file import put_aside, read_plain
from .whole_file import write_whole

log = logging.getLogger(__name__)
_State = tuple[int, int, int]


class Seal:
    """To be taken and put while the lock on the database is held: nobody opens or closes it meanwhile."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beside = path.with_suffix(".seal")
        self._print: str | None = None
        self._state: _State | None = None

    def take(self) -> None:
        """Before the database is opened: from now on it may change."""
        self._print, self._state = None, None
        try:
            put_aside(self._beside)
            found = read_plain(self._beside).decode("ascii", "replace")
            self._beside.unlink()
            if not self._is_open_elsewhere():
                self._print, self._state = found, self._state_of()
        except FileNotFoundError:
            return
        except OSError as error:
            log.warning("%s: %s", self._beside, error.strerror)

    def holds(self) -> bool | None:
        """Whether the file is what was closed; None if that cannot be told: it was not sealed, or has been written
        into since. Reads all of it."""
        if self._print is None:
            return None
        try:
            found = self._read()
            return found == self._print if self._state_of() == self._state else None
        except OSError:
            return None

    def put(self, *, known: bool) -> None:
        """After the database was closed here. A file that has changed is sealed only if it was `known` to be sound: its
        damage would be sealed with it."""
        try:
            if self._is_open_elsewhere():
                return
            if self._print is None or self._state_of() != self._state:
                self._print = self._read() if known else None
            if self._print is not None:
                write_whole(self._beside, self._print.encode())
        except OSError as error:  # then it is looked through at the next start
            log.info("%s is not sealed: %s", self._path.name, error.strerror)

    def _is_open_elsewhere(self) -> bool:
        """Or was left by a process that was killed: the last one to close it takes the log away."""
        return Path(f"{self._path}-wal").exists()

    def _state_of(self) -> _State:
        found = self._path.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino

    def _read(self) -> str:
        with self._path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
