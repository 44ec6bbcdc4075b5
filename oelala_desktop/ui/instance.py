"""One window a home: a second start hands its files to the first and ends."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from oelala_desktop.ui.instance_name import instance_name

_LIMIT = 1024 * 1024  # bytes of a hand-over
_WAIT_MS = 1000
_TRIES, _PAUSE = 20, 0.05  # seconds between: the first needs that long at most to listen


def hand_over(home: Path, files: Sequence[str]) -> bool:
    """Gives the files to a window that runs already; False if there is none."""
    socket = QLocalSocket()
    socket.connectToServer(instance_name(home))
    if not socket.waitForConnected(_WAIT_MS):
        return False
    payload = json.dumps({"files": [str(Path(f).absolute()) for f in files]}).encode()
    socket.write(payload[:_LIMIT])
    socket.flush()
    socket.waitForBytesWritten(_WAIT_MS)
    socket.disconnectFromServer()
    return True


class Instance(QObject):
    """Where later starts are heard. Of several that start together one alone `is_first`."""

    _came = Signal(list)  # list[str]: the files of a later start, none for one without

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._home = home
        self._early: list[list[str]] = []
        self._came.connect(self._early.append)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._connected)
        # a listener takes the name from the one before without a word, so the name alone tells nothing
        self._lock = QLockFile(str(Path(tempfile.gettempdir()) / f"{instance_name(home)}.lock"))
        self._lock.setStaleLockTime(0)
        self.is_first = self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError
        if self.is_first:
            self._listen()

    def _listen(self) -> None:
        name = instance_name(self._home)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left by one that was killed
            self._server.listen(name)

    def is_second(self, files: Sequence[str]) -> bool:
        """True when another was first and has the files now. One that is first but never answers is given up."""
        if self.is_first:
            return False
        for _ in range(_TRIES):
            if hand_over(self._home, files):
                return True
            time.sleep(_PAUSE)
        self._listen()
        return False

    def deliver(self, take: Callable[[list[str]], None]) -> None:
        """`take` gets the files of each later start, also of those that came before this was called."""
        self._came.disconnect(self._early.append)
        self._came.connect(take)
        for files in self._early:
            take(files)
        self._early.clear()

    def _connected(self) -> None:
        socket = self._server.nextPendingConnection()
        received = bytearray()

        def read() -> None:
            received.extend(socket.readAll().data())
            if len(received) > _LIMIT:
                socket.abort()

        def finish() -> None:
            read()
            try:
                files = json.loads(bytes(received))["files"]
            except (ValueError, KeyError, TypeError):
                files = []
            if isinstance(files, list):
                self._came.emit([f for f in files if isinstance(f, str)])
            socket.deleteLater()

        socket.readyRead.connect(read)
        socket.disconnected.connect(finish)
