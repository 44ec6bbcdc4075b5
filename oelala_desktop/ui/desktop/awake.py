"""Keeps the machine from going to sleep while a job runs, where the desktop grants it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from oelala_desktop.ui.desktop.session_bus import SessionBus

_POWER = "org.freedesktop.PowerManagement"
_SCREEN = "org.freedesktop.ScreenSaver"
_ASKED = (
    (_POWER, "/org/freedesktop/PowerManagement/Inhibit", f"{_POWER}.Inhibit", "Inhibit"),
    (_SCREEN, "/org/freedesktop/ScreenSaver", _SCREEN, "Inhibit"),
)
_CONNECTION = "oelala-awake"


class Awake(QObject):
    """The first is asked for the machine alone; the second, which keeps the screen on as well, only where there is no
    first. What is granted ends with the connection that asked, also when this program is killed."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus: SessionBus | None = None

    def keep(self, wanted: bool) -> None:
        if wanted and self._bus is None:
            self._bus = SessionBus(_CONNECTION, self)
            self._ask(self._bus, 0)
        elif not wanted and self._bus is not None:
            self._bus.close()
            self._bus.deleteLater()
            self._bus = None

    def _ask(self, bus: SessionBus, at: int) -> None:
        if at < len(_ASKED) and bus is self._bus:
            words = ("Oelala", "A job is running")
            bus.ask(_ASKED[at], words, lambda _cookie: None, lambda: self._ask(bus, at + 1))
