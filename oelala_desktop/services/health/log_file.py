"""What this process logs: the newest records in memory for the window and the API, and a file of each run."""

from __future__ import annotations

import logging
import os
import queue
import sys
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path

from oelala_desktop.storage.plain_file import put_aside

from . import journal
from .log_ring import LogRing, Redaction

_SIZE = 1_000_000  # bytes of a file before the next begins
_OLDER = 2  # files kept beside the newest
_NOISY = ("httpx", "httpcore", "websockets", "asyncio", "watchfiles")


class ProcessLog:
    """`folder` is made, and the file written, on a thread of its own: logging never waits for a disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.redaction = Redaction()
        self.ring = LogRing(self.redaction)
        self._handlers: list[logging.Handler] = []
        self._listener: QueueListener | None = None

    def start(self) -> None:
        """From now on records are kept in memory, and warnings go to stderr."""
        to_stderr = _ToStderr(logging.WARNING)
        to_stderr.setFormatter(_Redacted(self.redaction, "%(levelname)s %(name)s: %(message)s"))
        logging.getLogger("oelala_desktop").setLevel(logging.INFO)
        for noisy in _NOISY:
            logging.getLogger(noisy).setLevel(logging.WARNING)
        to_stderr.addFilter(lambda record: record.name != journal.__name__)
        self._add(self.ring)
        self._add(to_stderr)

    def write(self, name: str) -> None:
        """From now on records go to `name`.log in the folder too."""
        if self._listener is not None:
            return
        waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
        to_file = QueueHandler(waiting)
        to_file.setLevel(logging.INFO)
        to_file.setFormatter(_Redacted(self.redaction, "%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._listener = QueueListener(waiting, _LogFile(self.folder / f"{name}.log"))
        self._listener.start()
        self._add(to_file)

    def _add(self, handler: logging.Handler) -> None:
        self._handlers.append(handler)
        logging.getLogger().addHandler(handler)

    def close(self) -> None:
        """Everything logged so far is in the file when this returns."""
        for handler in self._handlers:
            logging.getLogger().removeHandler(handler)
        self._handlers = []
        if self._listener is not None:
            self._listener.stop()
            for handler in self._listener.handlers:
                handler.close()
            self._listener = None


class _ToStderr(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if sys.stderr is not None:  # a program without a console has none
            sys.stderr.write(f"{self.format(record)}\n")


class _Redacted(logging.Formatter):
    def __init__(self, redaction: Redaction, form: str) -> None:
        super().__init__(form)
        self._redact = redaction

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(super().format(record))


class _LogFile(RotatingFileHandler):
    """Takes lines as they are. A disk that takes none is no reason to fail or to say so a thousand times."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_SIZE, backupCount=_OLDER, encoding="utf-8", errors="replace", delay=True)

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage()

    def _open(self):  # type: ignore[no-untyped-def]
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        put_aside(path)
        return open(path, self.mode, encoding=self.encoding, errors=self.errors, opener=_private)

    def handleError(self, record: logging.LogRecord) -> None:
        """The records stay in memory; the next one tries again."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
