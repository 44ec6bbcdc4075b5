"""The log panel, kept in step with the log while it is in view."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from oelala_desktop.ui.engine.log_panel import LogPanel
from oelala_desktop.ui.studio import Studio

_LOOK_MS = 250


class LogView(QObject):
    """Looks for new records four times a second; a log that tells of its own drawing would never end."""

    def __init__(self, panel: LogPanel, studio: Studio) -> None:
        super().__init__(panel)
        self._panel = panel
        self._log = studio.services.log
        self._shown = 0
        panel.folder_requested.connect(lambda: studio.show_in_folder(self._log.folder / "window.log"))
        timer = QTimer(self)
        timer.setInterval(_LOOK_MS)
        timer.timeout.connect(self._look)
        timer.start()

    def _look(self) -> None:
        if self._panel.isVisible():
            fresh = self._log.ring.since(self._shown)
            if fresh:
                self._shown = fresh[-1].number
                self._panel.add(fresh)
