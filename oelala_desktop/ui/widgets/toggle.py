"""A switch that is on or off."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.motion import Glide
from oelala_desktop.ui.style.toggle import ToggleFace
from oelala_desktop.ui.widgets.control import Control


class Toggle(Control, QCheckBox):
    """`name` is read out; `text` stands beside the switch and may be empty."""

    def __init__(self, name: str, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.face = ToggleFace()
        self._glide = Glide(self, 0.0, self._slide)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFont(theme.font(theme.BODY))
        self.toggled.connect(lambda on: self._glide.to(1.0 if on else 0.0))

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def _slide(self, share: float) -> None:
        self.face.on = share
        self.update()
