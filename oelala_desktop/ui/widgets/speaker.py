"""Whether this machine has something to play sound on. The sound system is asked on a thread: one that hangs keeps
whoever asks waiting for half a minute, and one that is not there says so on the terminal."""

from __future__ import annotations

import threading
from contextlib import suppress

from PySide6.QtCore import QCoreApplication, QObject, Signal

from oelala_desktop.ui.process.quiet import hushed


class Speaker(QObject):
    """`answered` is sent to all that wait, on the window's thread."""

    answered = Signal(bool)

    def __init__(self, parent: QObject | None) -> None:
        super().__init__(parent)
        self._asking: threading.Thread | None = None

    def ask(self) -> None:
        """Each time anew, since one may be plugged in at any moment; the first answer of a run takes the longest."""
        if self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask, name="speaker", daemon=True)
            self._asking.start()

    def _ask(self) -> None:
        there = _is_there()
        with suppress(RuntimeError):  # the window is gone
            self.answered.emit(there)


def _is_there() -> bool:
    from PySide6.QtMultimedia import QMediaDevices  # a tenth of a second that start-up must not pay

    with hushed():
        return not QMediaDevices.defaultAudioOutput().isNull()


def speaker() -> Speaker:
    """The one of this program."""
    app = QCoreApplication.instance()
    found = app.findChild(Speaker) if app is not None else None
    return found if isinstance(found, Speaker) else Speaker(app)
