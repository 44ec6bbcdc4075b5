"""One window a home: a second start hands its files to the first and ends."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from oelala_desktop.ui.instance_name import instance_name

_LIMIT = 64 * 1024  # bytes of a hand-over
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
    """The first one. `files_came` is sent for each later start (with an empty list for one without files)."""

    files_came = Signal(list)  # list[str]

    def __init__(self, home: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        name = instance_name(home)
        if not self._server.listen(name):
            QLocalServer.removeServer(name)  # left by one that was killed
            self._server.listen(name)
        self._server.newConnection.connect(self._connected)

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
                self.files_came.emit([f for f in files if isinstance(f, str)])
            socket.deleteLater()

        socket.readyRead.connect(read)
        socket.disconnected.connect(finish)
