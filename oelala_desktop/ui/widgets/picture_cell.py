"""One of several pictures: its number, its removal, and the ways to take it to another place."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QApplication, QPushButton, QSizePolicy, QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.add import AddFace
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.control import Control

#: width and height of a cell
SIDE = 88
_BADGE = 20


class PictureCell(Control, QWidget):
    """Alt and an arrow ask for another place, as dragging does; Delete for removal."""

    removed = Signal()
    stepped = Signal(int, int)  # columns, rows to go by
    dragged = Signal(QPoint)  # over this place of the screen
    let_go = Signal(QPoint)
    drag_ended = Signal()  # without being let go

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.pixmap = QPixmap()
        self._number = 0
        self._pressed: QPoint | None = None
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.remove = IconButton("x", "Remove", "stage", height=24, parent=self)
        self.remove.setGeometry(SIDE - 24 - 4, 4, 24, 24)
        self.remove.clicked.connect(self.removed)

    def show_picture(self, image: QImage, name: str, number: int, count: int) -> None:
        self.pixmap = QPixmap.fromImage(image)
        self._number = number
        self.setAccessibleName(f"Picture {number} of {count}")
        self.setAccessibleDescription(name)
        self.set_hint(name)
        self.remove.setAccessibleName(f"Remove picture {number}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if key in steps and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.stepped.emit(*steps[key])
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key == Qt.Key.Key_Escape and self._dragging:
            self._end()
            self.drag_ended.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.globalPosition().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        where = event.globalPosition().toPoint()
        if self._pressed is None:
            return
        if self._dragging or (where - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            self._dragging = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.dragged.emit(where)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        dragging = self._dragging
        self._end()
        if dragging:
            self.let_go.emit(event.globalPosition().toPoint())

    def _end(self) -> None:
        self._pressed, self._dragging = None, False
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        painter.setOpacity(0.35 if self._dragging else 1.0)
        paint_picture(painter, QRectF(self.rect()), self.pixmap)
        font = theme.font(theme.CAPTION, 600)
        width = max(_BADGE, painting.text_width(font, str(self._number)) + 12)
        badge = QRectF(4, 4, width, 24)
        painting.rounded(painter, badge, 6, t.scrim)
        painter.setFont(font)
        painter.setPen(QColor(t.on_stage))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, str(self._number))
        if self.underMouse() or self.shows_ring:
            grip = QRectF(SIDE - 24, SIDE - 24, 20, 20)
            painting.rounded(painter, grip, 5, t.scrim)
            icons.draw(painter, "grip-vertical", grip.adjusted(3, 3, -3, -3), t.on_stage)
        if self.shows_ring:
            painting.ring(painter, self.rect(), theme.RADIUS, t.accent)


class AddCell(Control, QPushButton):
    """Where the next one goes."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.face = AddFace(SIDE)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_hint("Drop it here, paste it, or click to browse")

    def set_lit(self, lit: bool) -> None:
        """While something hovers that will come here."""
        self.face.lit = lit
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class Ghost(QWidget):
    """The picture under the pointer while it is dragged."""

    def __init__(self, pixmap: QPixmap, window: QWidget, size: QSize | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._pixmap = pixmap
        self._size = size or QSize(SIDE, SIDE)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(self._size + QSize(16, 16))

    def follow(self, where: QPoint) -> None:
        self.move(self._window.mapFromGlobal(where) - self.rect().center())
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        painter.setOpacity(0.85)
        painter.translate(QPointF(self.rect().center()))
        painter.rotate(3)
        box = QRectF(QPointF(), self._size)
        box.moveCenter(QPointF())
        paint_picture(painter, box, self._pixmap)
        painting.rounded(painter, box, theme.RADIUS, None, theme.tokens().accent, 2)


def paint_picture(painter: QPainter, box: QRectF, pixmap: QPixmap) -> None:
    """Cropped to the box, on the dark ground that all pictures have."""
    painting.rounded(painter, box, theme.RADIUS, theme.tokens().stage)
    painting.cover(painter, box, pixmap, theme.RADIUS)
