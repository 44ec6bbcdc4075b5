"""One window a home: a second start hands its files to the first and ends."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from oelala_desktop.ui.instance_name import instance_name

_LIMIT = 1024 * 1024  # bytes of a hand-over
_WAIT_MS = 1000


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
    """Where later starts are heard. Of two that start together only one `is_first`."""

    _came = Signal(list)  # list[str]: the files of a later start, none for one without

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._name = instance_name(home)
        self._early: list[list[str]] = []
        self._came.connect(self._early.append)
        self._server.newConnection.connect(self._connected)
        self.is_first = self._server.listen(self._name)

    def take_place(self) -> None:
        """Of one that was killed: nobody answers under the name, yet it is taken."""
        if not self.is_first:
            QLocalServer.removeServer(self._name)
            self.is_first = self._server.listen(self._name)

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
