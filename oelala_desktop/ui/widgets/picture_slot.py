"""A small field for a picture beside what it goes with."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QPainter
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets.drop_zone import DropZone

WIDE, HIGH = 108, 128
_WITH_ICON = 80
_NEEDED = "drop or press"


class PictureSlot(DropZone):
    """Pressed it asks for a file; its menu has the other ways in."""

    media_requested = Signal()

    def __init__(self, name: str, *, needed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._browse.setParent(None)  # all of it is the button
        self._browse.deleteLater()
        self.setFixedWidth(WIDE)
        self.set_high(HIGH)
        self._wanted = _NEEDED if needed else "optional"
        condition = "" if needed else ", if there is to be one"
        self.set_hint(f"{name}{condition}: press, drop or paste. The menu has My media.")

    def set_high(self, pixels: int) -> None:
        if pixels != self._filled:
            self._empty = self._filled = pixels
            self._arrange()

    def sizeHint(self) -> QSize:
        return QSize(WIDE, self._filled + (self._error_height() + 6 if self._error else 0))

    def _arrange(self) -> None:
        self._remove.setVisible(self.has_picture and not self._hover)
        self._remove.setGeometry(self.width() - 32, 4, 28, 28)
        self.updateGeometry()
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = theme.make_menu(self)
        menu.addAction("Browse…").triggered.connect(self.browse)
        menu.addAction("Paste").triggered.connect(self.paste)
        menu.addAction("From My media…").triggered.connect(self.media_requested)
        if self.has_picture:
            menu.addAction("Remove").triggered.connect(self.removed)
        menu.popup(event.globalPos())

    def _paint_inviting(self, painter: QPainter, room: QRectF, t: theme.Tokens) -> None:
        middle = room.center().y()
        if self._error:
            painter.setFont(theme.font(theme.CAPTION))
            painter.setPen(QColor(t.error_text))
            lines = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(room, lines, self._error)
            return
        low = room.height() < _WITH_ICON
        if not low:
            icons.draw(painter, "image-plus", QRectF(room.center().x() - 8, middle - 30, 16, 16), t.text2)
        first = middle - (18 if low else 8)
        for top, text, tone in ((first, self._name, t.text2), (first + 18, self._wanted, t.muted)):
            font = theme.font(theme.CAPTION)
            painter.setFont(font)
            painter.setPen(QColor(tone))
            line = QRectF(room.x(), top, room.width(), 18)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, painting.elided(font, text, room.width()))
