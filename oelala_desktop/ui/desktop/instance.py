"""One window a home: a second start hands its files to the first and ends, once the first has said that it has them.
Nothing is handed to another user, nor taken from one; whatever is not ours, or does not answer, is as if it were not
there, and the window starts."""

from __future__ import annotations

import json
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from oelala_desktop.storage.plain_file import put_aside
from oelala_desktop.ui.desktop.instance_name import instance_name

_LIMIT = 64 * 1024  # bytes of a hand-over; what has more goes in several
_END = b"\n"  # of a hand-over, and the answer to it
_WAIT_MS = 1000  # for all of one
_PATIENCE_MS = 4000  # until it is answered: the first may be about to show its window
_TRIES, _PAUSE = 20, 0.05  # seconds between: the first needs that long at most to listen


class _Unanswered(Exception):
    """One listens, and does nothing."""


def hand_over(home: Path, files: Sequence[str], *, patience_ms: int = _PATIENCE_MS) -> bool:
    """Gives the files to a window that runs already; False if there is none that takes them within `patience_ms`
    each time."""
    try:
        return _all_given(home, files, patience_ms)
    except _Unanswered:
        return False


def _all_given(home: Path, files: Sequence[str], patience_ms: int) -> bool:
    """False if nobody of ours listens. Raises _Unanswered."""
    return all(_give(home, part, patience_ms) for part in _parts([str(Path(f).absolute()) for f in files]))


def _parts(files: Sequence[str]) -> Iterator[bytes]:
    """Each within the limit; at least one, since that alone raises the window."""
    some: list[str] = []
    size = room = _LIMIT - len(b'{"files": []}' + _END)
    for file in files:
        cost = len(json.dumps(file)) + 2
        if cost > size and some:
            yield json.dumps({"files": some}).encode() + _END
            some, size = [], room
        some.append(file)
        size -= cost
    yield json.dumps({"files": some}).encode() + _END


def _give(home: Path, payload: bytes, patience_ms: int) -> bool:
    name = instance_name(home)
    if not name:
        return False
    connection = QLocalSocket()
    connection.connectToServer(name)
    if not connection.waitForConnected(_WAIT_MS) or not is_ours(int(connection.socketDescriptor())):
        return False
    connection.write(payload)
    connection.flush()
    connection.waitForBytesWritten(_WAIT_MS)
    is_taken = connection.waitForReadyRead(patience_ms)
    connection.abort()
    if not is_taken:
        raise _Unanswered
    return True


def is_ours(descriptor: int) -> bool:
    """Whether this user is at the other end of a socket; where the system does not tell, its folder has to do."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    try:
        with socket.socket(fileno=os.dup(descriptor)) as peer:
            told = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    except OSError:
        return False
    return bool(struct.unpack("3i", told)[1] == os.getuid())


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
        place = Path(f"{instance_name(home) or home / 'window'}.lock")
        with suppress(OSError):
            put_aside(place)  # Qt would wait for a pipe
        self._lock = QLockFile(str(place))
        self._lock.setStaleLockTime(0)
        self.is_first = self._lock.tryLock(0) or self._lock.error() != QLockFile.LockError.LockFailedError
        if self.is_first:
            self._listen()

    def _listen(self) -> None:
        name = instance_name(self._home)
        if name and not self._server.listen(name):
            QLocalServer.removeServer(name)  # left by one that was killed
            self._server.listen(name)

    def is_second(self, files: Sequence[str], *, patience_ms: int = _PATIENCE_MS) -> bool:
        """True when another was first and has said that it has the files. One that does not within `patience_ms` is
        given up, and this one listens in its place."""
        if self.is_first:
            return False
        with suppress(_Unanswered):
            for _ in range(_TRIES):
                if _all_given(self._home, files, patience_ms):
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
        while (connection := self._server.nextPendingConnection()) is not None:
            if is_ours(int(connection.socketDescriptor())):
                self._hear(connection)
            else:
                connection.abort()
                connection.deleteLater()

    def _hear(self, connection: QLocalSocket) -> None:
        received = bytearray()

        def read() -> None:
            received.extend(connection.readAll().data())
            if received.endswith(_END):
                connection.readyRead.disconnect(read)
                files = _files_of(bytes(received))
                # who has gone has waited for too long, and opens the files itself
                if files is not None and connection.write(_END) == len(_END) and connection.flush():
                    self._came.emit(files)
                connection.disconnectFromServer()
            elif len(received) > _LIMIT:
                connection.abort()

        connection.setReadBufferSize(_LIMIT + 1)
        connection.readyRead.connect(read)
        connection.disconnected.connect(connection.deleteLater)
        QTimer.singleShot(_WAIT_MS, connection, connection.abort)
        if connection.bytesAvailable():
            read()


def _files_of(payload: bytes) -> list[str] | None:
    """None for what is no hand-over."""
    try:
        files = json.loads(payload)["files"] if len(payload) <= _LIMIT else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return [f for f in files if isinstance(f, str)] if isinstance(files, list) else None
