"""The whole start picture, and over it the frame that is seen of it, which can be moved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from oelala_desktop.domain import crop
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.drop_zone import DropZone

HIGH, LEAST = 184, 120
_STEP, _FINE = 0.05, 0.01  # of the room to one side, by an arrow key
_MOVED = 4  # pixels from which a press is a drag
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_Place = tuple[float, float]
_MIDDLE: _Place = (0.5, 0.5)


class CropStage(DropZone):
    """A field for a picture that shows all of it. `place_moved` tells where in the picture its frame was put, from 0 to
    1 across and down; dragged, or by the arrow keys (finer with Shift)."""

    place_moved = Signal(float, float)

    def __init__(self, name: str = "Picture", *, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._size, self._file = (0, 0), ""
        self._frame: tuple[int, int] | None = None
        self._place = _MIDDLE
        self._aspect = ""
        self._pressed: tuple[QPointF, _Place] | None = None
        self._dragged = False
        self.setMouseTracking(True)
        self.set_high(HIGH)

    def set_high(self, pixels: int) -> None:
        """How high it is, filled or empty."""
        if pixels != self._filled:
            self._empty = self._filled = pixels
            self._arrange()

    @property
    def high(self) -> int:
        return self._filled

    def set_whole(self, image: QImage | None, name: str, size: tuple[int, int]) -> None:
        """A preview, the name of its file, and the size that the picture itself has."""
        self._size, self._file = size, name
        self.set_picture(image, name)
        self._describe()

    def set_frame(self, frame: tuple[int, int] | None, place: _Place | None, aspect: str) -> None:
        """The size of what is made, None where it is as the picture; what of the picture is seen, and its aspect."""
        now = (frame, place or _MIDDLE, aspect)
        if now != (self._frame, self._place, self._aspect):
            self._frame, self._place, self._aspect = now
            self._describe()
            self.update()

    @property
    def seen(self) -> crop.Window | None:
        """The part of the picture that is seen; None where that is all of it, or there is none."""
        if self._frame is None or not all(self._size) or not all(self._frame):
            return None
        window = crop.window(self._size, self._frame, self._place)
        return None if (window.width, window.height) == self._size else window

    def _describe(self) -> None:
        seen = self.seen if self.has_picture else None
        self.set_hint("Drag the frame to what shall be seen" if seen else "")
        if self.error:  # is told until something else comes in
            return
        uses = f"the frame shows {seen.width} × {seen.height} of {self._size[0]} × {self._size[1]}" if seen else ""
        self.setAccessibleDescription(f"{uses}; arrow keys move it" if uses else self._file)

    # where things are

    def _shown(self) -> QRectF:
        """Where the picture lies."""
        box = QRectF(0, 0, self.width(), min(self.height(), self._filled))
        return painting.contained(QSizeF(self._pixmap.size()), box)

    def _frame_box(self) -> QRectF | None:
        seen = self.seen
        if seen is None:
            return None
        shown = self._shown()
        scale = shown.width() / self._size[0]
        left, top = shown.x() + seen.left * scale, shown.y() + seen.top * scale
        return QRectF(left, top, seen.width * scale, seen.height * scale)

    # moving it

    def mousePressEvent(self, event: QMouseEvent) -> None:
        box = self._frame_box() if self.has_picture else None
        if event.button() == Qt.MouseButton.LeftButton and box is not None and box.contains(event.position()):
            self._pressed, self._dragged = (event.position(), self._place), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        box = self._frame_box() if self.has_picture else None
        over = box is not None and box.contains(event.position())
        self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.PointingHandCursor)
        if self._pressed is None or box is None:
            return
        start, place = self._pressed
        way = event.position() - start
        self._dragged = self._dragged or way.manhattanLength() >= _MOVED
        if self._dragged:
            shown = self._shown()
            rooms = (shown.width() - box.width(), shown.height() - box.height())
            self._put(_moved(place[0], way.x(), rooms[0]), _moved(place[1], way.y(), rooms[1]))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and self._dragged:
            self._dragged = False
            if self._place != pressed[1]:
                self.place_moved.emit(*self._place)
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _ARROWS.get(Qt.Key(event.key()))
        if way is None or not self.has_picture or self.seen is None:
            super().keyPressEvent(event)
            return
        step = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        before = self._place
        self._put(self._place[0] + way[0] * step, self._place[1] + way[1] * step)
        if self._place != before:
            self.place_moved.emit(*self._place)

    def _put(self, x: float, y: float) -> None:
        seen = self.seen
        if seen is None:
            return
        free = (seen.width < self._size[0], seen.height < self._size[1])
        self._place = (
            round(min(1.0, max(0.0, x)), 4) if free[0] else self._place[0],
            round(min(1.0, max(0.0, y)), 4) if free[1] else self._place[1],
        )
        self._describe()
        self.update()

    # looks

    def _paint_picture(self, painter: QPainter, box: QRectF, tokens: theme.Tokens) -> None:
        painter.save()
        painter.setClipPath(painting.rounded_path(box, theme.RADIUS))
        painter.fillRect(box, QColor(tokens.stage))
        shown = self._shown()
        painter.drawPixmap(shown, self._pixmap, QRectF(self._pixmap.rect()))
        frame = self._frame_box()
        if frame is not None:
            self._paint_frame(painter, shown, frame, tokens)
        painter.restore()
        if self._aspect:
            corner = (frame or shown).topLeft() + QPointF(8, 8)
            corner = QPointF(max(8.0, corner.x()), max(8.0, corner.y()))
            _paint_aspect(painter, corner, self._aspect, self._frame or self._size, tokens)

    def _paint_frame(self, painter: QPainter, shown: QRectF, frame: QRectF, t: theme.Tokens) -> None:
        outside = painting.rounded_path(shown, 0).subtracted(painting.rounded_path(frame, 0))
        painter.fillPath(outside, QColor(t.crop_dim))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.crop_thirds), 1))
        for third in (1 / 3, 2 / 3):
            x, y = frame.x() + frame.width() * third, frame.y() + frame.height() * third
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        painter.setPen(QPen(QColor(t.on_stage), 1.5))
        painter.drawRect(frame.adjusted(0.75, 0.75, -0.75, -0.75))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.on_stage))
        for x, way_x in ((frame.left(), 1), (frame.right(), -1)):
            for y, way_y in ((frame.top(), 1), (frame.bottom(), -1)):
                painter.drawRect(QRectF(x, y, 12 * way_x, 3 * way_y).normalized())
                painter.drawRect(QRectF(x, y, 3 * way_x, 12 * way_y).normalized())


def _moved(place: float, way: float, room: float) -> float:
    return place + way / room if room > 0.5 else place


def _paint_aspect(painter: QPainter, corner: QPointF, aspect: str, frame: tuple[int, int], t: theme.Tokens) -> None:
    """A small plate with the aspect's shape and name."""
    font = theme.font(theme.CAPTION, 600)
    plate = QRectF(corner.x(), corner.y(), painting.text_width(font, aspect) + 38, 24)
    painting.rounded(painter, plate, 6, t.scrim)
    painting.aspect_mark(painter, QRectF(plate.x() + 8, plate.y() + 5, 14, 14), frame, t.on_stage)
    painter.setFont(font)
    painter.setPen(QColor(t.on_stage))
    painter.drawText(plate.adjusted(29, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, aspect)
