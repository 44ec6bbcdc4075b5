"""The session bus of a Linux desktop, for what Qt itself does not tell it. Elsewhere there is none."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusServiceWatcher


def is_there() -> bool:
    """Whether a session bus runs; asking the bus itself would start one, or complain that it cannot."""
    if not sys.platform.startswith("linux"):
        return False
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS")) or bool(runtime and Path(runtime, "bus").exists())


class SessionBus(QObject):
    """A connection; `name` makes it one of its own, which everything granted to it ends with."""

    def __init__(self, name: str = "", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        if name:
            self._bus = QDBusConnection.connectToBus(QDBusConnection.BusType.SessionBus, name)
        else:
            self._bus = QDBusConnection.sessionBus()

    @property
    def is_connected(self) -> bool:
        return self._bus.isConnected()

    def close(self) -> None:
        if self._name:
            QDBusConnection.disconnectFromBus(self._name)

    def announce(self, path: str, interface: str, name: str, *words: object) -> None:
        """Sends a signal."""
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments(list(words))
        self._bus.send(message)

    def ask(
        self, method: tuple[str, str, str, str], words: tuple[object, ...], answered: Callable[[list[object]], None],
        refused: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """Calls `method` (service, path, interface, name) and waits for nothing."""
        message = QDBusMessage.createMethodCall(*method)
        message.setArguments(list(words))
        message.setAutoStartService(False)
        watcher = QDBusPendingCallWatcher(self._bus.asyncCall(message), self)

        def finish() -> None:
            if watcher.isError():
                refused()
            else:
                answered(list(watcher.reply().arguments()))
            watcher.deleteLater()

        watcher.finished.connect(finish)

    def watch(self, service: str, changed: Callable[[bool], None]) -> None:
        """`changed` hears whether the service is there: now, and whenever that changes."""
        watcher = QDBusServiceWatcher(service, self._bus, QDBusServiceWatcher.WatchModeFlag.WatchForOwnerChange, self)
        watcher.serviceOwnerChanged.connect(lambda _name, _old, new: changed(bool(new)))
        bus = "org.freedesktop.DBus"
        self.ask((bus, "/org/freedesktop/DBus", bus, "NameHasOwner"), (service,), lambda found: changed(bool(found[0])))
