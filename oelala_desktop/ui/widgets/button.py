"""Buttons: a verb, with an icon before it and the cap of its shortcut after it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QEnterEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.button import ButtonFace, Kind
from oelala_desktop.ui.style.motion import Glide
from oelala_desktop.ui.widgets.control import Control


class Button(Control, QPushButton):
    """`text` is also the accessible name unless `name` gives another (needed where there is only an icon)."""

    def __init__(
        self,
        text: str = "",
        kind: Kind = "outlined",
        *,
        icon: str = "",
        name: str = "",
        cap: str = "",
        height: int = theme.HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.face = ButtonFace(kind, icon, cap, height)
        self._glide = Glide(self, 0.0, self._light)
        self.setAccessibleName(name or text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if not text:
            self.set_hint(name)

    def set_icon(self, icon: str, *, filled: bool = False) -> None:
        self.face.icon, self.face.filled = icon, filled
        self.setIcon(QIcon())  # Qt measures the button anew

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)

    def open_menu(self, menu: QMenu) -> None:
        """Show `menu` under the button; it returns at once."""
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 4)))

    def _light(self, share: float) -> None:
        self.face.hover = share
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._glide.to(1.0)
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:
        self._glide.to(0.0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


class IconButton(Button):
    """A square button that is only an icon; `name` is read out and shown as its tooltip."""

    def __init__(
        self,
        icon: str,
        name: str,
        kind: Kind = "plain",
        *,
        height: int = theme.DENSE_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", kind, icon=icon, name=name, height=height, parent=parent)
