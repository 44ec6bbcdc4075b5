"""A finished video over the whole screen; Esc, F11 or a double click goes back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.video_player import VideoPlayer

_STILL_MS = 2000


class FullScreen(QFrame):
    def __init__(
        self, path: Path, *, fps: float, length: float, parent: QWidget, beside: VideoPlayer | None = None
    ) -> None:
        """`beside` is the player that it was opened from: it stands still meanwhile, so that nothing sounds twice."""
        super().__init__(parent, Qt.WindowType.Window)
        self.face = GroundFace("stage")
        self.setWindowTitle(path.name)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.player = VideoPlayer(framed=False, loudness=beside.loudness if beside else None)
        self._beside = beside if beside is not None and beside.is_playing else None
        self.player.hide_controls_when_still(_STILL_MS)
        self.player.full_screen_requested.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.player)
        Commands(self, "full-screen", everywhere=True).add("leave", self.close)
        self.showFullScreen()
        self.player.open_file(path, fps=fps, length=length, has_sound=bool(beside and beside.has_sound))
        if beside is not None and beside.path == path:
            self.player.set_peaks(beside.peaks)
        if self._beside is not None:
            self._beside.toggle()
        self.player.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.player.stop()
        if self._beside is not None and isValid(self._beside) and not self._beside.is_playing:
            self._beside.toggle()
        super().closeEvent(event)
