"""The newest results in a row: arrows move, Enter opens, and each can be dragged to another program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDrag,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from oelala_desktop.ui import painting, theme
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder
from oelala_desktop.ui.wording import tooltip

_GAP, _LEAST, _MOST = 8, 104, 160


class RecentItem(NamedTuple):
    """`badge` is the length of a video in words, such as "5.1 s", empty for a picture."""

    key: str
    name: str
    path: Path
    badge: str = ""
    sketch: bool = False


def drag_files(source: QWidget, paths: Sequence[Path], pixmap: QPixmap) -> None:
    """Drag files out of the window. Returns when the drag is over, so only call it from a mouse event."""
    drag = QDrag(source)
    mime = QMimeData()
    from PySide6.QtCore import QUrl

    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drag.setMimeData(mime)
    if not pixmap.isNull():
        small = pixmap.scaled(128, 96, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        drag.setPixmap(small)
    drag.exec(Qt.DropAction.CopyAction)


class RecentStrip(Control, QWidget):
    """Shows as many as fit, each at least 104 px wide."""

    opened = Signal(str)  # key
    pixmap_wanted = Signal(str)  # key of an item that is on screen without its picture

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[RecentItem, ...] = ()
        self._pixmaps: dict[str, QPixmap] = {}
        self._asked: set[str] = set()
        self._at = 0
        self._hovered = -1
        self._pressed: QPoint | None = None
        self.setAccessibleName("Recent results")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(3 * _LEAST, 76)

    def set_items(self, items: Sequence[RecentItem]) -> None:
        """Newest first."""
        self._items = tuple(items)
        keys = {item.key for item in items}
        self._pixmaps = {key: pixmap for key, pixmap in self._pixmaps.items() if key in keys}
        self._asked &= keys
        self._at = min(self._at, max(0, len(items) - 1))
        self._describe()
        self.update()

    def set_image(self, key: str, image: QImage) -> None:
        self._pixmaps[key] = QPixmap.fromImage(image)
        self.update()

    def _cells(self) -> list[QRectF]:
        if not self._items:
            return []
        fit = max(1, (self.width() + _GAP) // (_LEAST + _GAP))
        count = min(len(self._items), fit)
        across = min(count, fit) if len(self._items) >= fit else fit
        width = min(_MOST, (self.width() - _GAP * (across - 1)) / across)
        return [QRectF(round(i * (width + _GAP)), 0, round(width), self.height()) for i in range(count)]

    def _hit(self, pos: QPoint) -> int:
        return next((i for i, cell in enumerate(self._cells()) if cell.contains(pos)), -1)

    def _describe(self) -> None:
        name = self._items[self._at].name if self._items else "none yet"
        self.setAccessibleDescription(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        last = len(self._cells()) - 1
        goals = {
            Qt.Key.Key_Left: self._at - 1,
            Qt.Key.Key_Right: self._at + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in goals and last >= 0:
            self._at = max(0, min(last, goals[key]))
            self._describe()
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            if last >= 0:
                self.opened.emit(self._items[self._at].key)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pos = event.position().toPoint()
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            if (pos - self._pressed).manhattanLength() >= QApplication.startDragDistance():
                at, self._pressed = self._hit(self._pressed), None
                if at >= 0:
                    item = self._items[at]
                    drag_files(self, [item.path], self._pixmaps.get(item.key, QPixmap()))
            return
        self._hover(self._hit(pos))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self._hit(event.position().toPoint())
        if self._pressed is not None and at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._at = at
            self._describe()
            self.opened.emit(self._items[at].key)
        self._pressed = None

    def leaveEvent(self, _event: object) -> None:
        self._hover(-1)

    def _hover(self, at: int) -> None:
        if at != self._hovered:
            self._hovered = at
            self.setCursor(Qt.CursorShape.PointingHandCursor if at >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QHelpEvent.Type.ToolTip:
            at = self._hit(event.pos())
            QToolTip.showText(event.globalPos(), tooltip(self._items[at].name) if at >= 0 else "", self)
            return True
        return super().event(event)  # type: ignore[arg-type]

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        for index, (cell, item) in enumerate(zip(self._cells(), self._items, strict=False)):
            self._paint_cell(painter, cell, item, t)
            if index == self._hovered:
                painting.rounded(painter, cell, 6, None, t.border_strong, 1)
            if index == self._at and self.shows_ring:
                painting.ring(painter, cell, 6, t.accent)
        if not self._items:
            painter.setFont(theme.font(theme.BODY))
            painter.setPen(QColor(t.muted))
            painter.drawText(QRectF(self.rect()), Qt.AlignmentFlag.AlignCenter, "Results will appear here.")

    def _paint_cell(self, painter: QPainter, cell: QRectF, item: RecentItem, t: theme.Tokens) -> None:
        pixmap = self._pixmaps.get(item.key)
        if pixmap is None:
            paint_placeholder(painter, cell, 6, "film" if item.badge else "image")
            if item.key not in self._asked:
                self._asked.add(item.key)
                self.pixmap_wanted.emit(item.key)
        else:
            painting.cover(painter, cell, pixmap, 6)
        font = theme.font(theme.CAPTION, 500)
        tones = (t.scrim, t.on_stage)
        if item.badge:
            painting.pill(painter, cell.right() - 5, cell.bottom() - 5, item.badge, font, tones)
        if item.sketch:
            width = painting.text_width(font, "Sketch") + 12
            painting.pill(painter, cell.x() + 5 + width, cell.y() + 24, "Sketch", font, tones)
