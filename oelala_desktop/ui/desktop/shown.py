"""What the desktop around the window is told while jobs run, and what it tells back. Where it understands nothing of
this, nothing happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from oelala_desktop.ui.desktop.awake import Awake
    from oelala_desktop.ui.desktop.taskbar import TaskbarProgress

_TRAY_HOST = "org.kde.StatusNotifierWatcher"


class Desktop(QObject):
    tray_changed = Signal(bool)  # whether a host for tray icons is there

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._taskbar: TaskbarProgress | None = None
        self._awake: Awake | None = None

    def connect_to_session(self) -> None:
        """Does nothing where there is no session bus."""
        from oelala_desktop.ui.desktop import (
            session_bus,  # D-Bus is a library of its own, which many systems lack the use of
        )

        if not session_bus.is_there():
            return
        bus = session_bus.SessionBus(parent=self)
        if not bus.is_connected:
            return
        from oelala_desktop.ui.desktop.awake import Awake
        from oelala_desktop.ui.desktop.taskbar import TaskbarProgress

        self._taskbar = TaskbarProgress(bus)
        self._awake = Awake(self)
        bus.watch(_TRAY_HOST, self.tray_changed.emit)

    def show_progress(self, fraction: float | None) -> None:
        """`fraction` of the running job, 0 to 1; None when nothing runs. The machine stays awake meanwhile."""
        if self._taskbar is not None:
            self._taskbar.show(fraction)
        if self._awake is not None:
            self._awake.keep(fraction is not None)
