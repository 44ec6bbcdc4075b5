"""The whole picture, and over it the frame that is seen of it, or round it the new frame that is made: the one can be
moved in the other."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from oelala_desktop.domain import crop
from oelala_desktop.domain.framing import Frame
from oelala_desktop.domain.sentences import joined
from oelala_desktop.ui import wording
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
_MARGIN = 6  # pixels round a new frame
_DRAG_FRAME, _DRAG_IN = "Drag the frame to what shall be seen", "Drag it to where it shall lie in the new frame"


class CropStage(DropZone):
    """A field for a picture that shows all of it. `place_moved` tells where in the picture its frame was put, or where
    in the new frame the picture, from 0 to 1 across and down; dragged, or by the arrow keys (finer with Shift)."""

    place_moved = Signal(float, float)

    def __init__(self, name: str = "Picture", *, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._size, self._file = (0, 0), ""
        self._frame: tuple[int, int] | None = None
        self._round: Frame | None = None
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

    def set_round(self, frame: Frame | None, place: _Place, aspect: str) -> None:
        """The new frame that is made round the picture, None where none is."""
        if frame is None:
            self._round = None
            return
        now = (frame, place, aspect)
        if now != (self._round, self._place, self._aspect):
            self._round, self._place, self._aspect = now
            self._frame = None
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
        around = self._round if self.has_picture else None
        self.set_hint(_DRAG_IN if around else _DRAG_FRAME if seen else "")
        if self.error:  # is told until something else comes in
            return
        if around is not None:
            wide, high = around.size
            self.setAccessibleDescription(f"new frame {wide} × {high}; {new_parts(around)}; arrow keys move it")
            return
        uses = f"the frame shows {seen.width} × {seen.height} of {self._size[0]} × {self._size[1]}" if seen else ""
        self.setAccessibleDescription(f"{uses}; arrow keys move it" if uses else self._file)

    # where things are

    def _shown(self) -> QRectF:
        """Where what stands still lies: the picture, or the new frame."""
        box = QRectF(0, 0, self.width(), min(self.height(), self._filled))
        if self._round is not None:
            inset = box.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            return painting.contained(QSizeF(*self._round.size), inset)
        return painting.contained(QSizeF(self._pixmap.size()), box)

    def _frame_box(self) -> QRectF | None:
        """Where what can be moved lies: the frame, or the picture in the new one."""
        seen, shown = self.seen, self._shown()
        if self._round is not None:
            around = self._round
            scale = shown.width() / around.size[0]
            width, height = around.inner_width * scale, around.inner_height * scale
            x, y = (shown.width() - width) * self._place[0], (shown.height() - height) * self._place[1]
            return QRectF(shown.x() + x, shown.y() + y, width, height)
        if seen is None:
            return None
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
        if way is None or not self.has_picture or not any(self._free()):
            super().keyPressEvent(event)
            return
        step = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else _STEP
        before = self._place
        self._put(self._place[0] + way[0] * step, self._place[1] + way[1] * step)
        if self._place != before:
            self.place_moved.emit(*self._place)

    def _free(self) -> tuple[bool, bool]:
        """Whether there is room to move across, and down."""
        if self._round is not None:
            return self._round.left + self._round.right > 0, self._round.top + self._round.bottom > 0
        seen = self.seen
        return (seen.width < self._size[0], seen.height < self._size[1]) if seen is not None else (False, False)

    def _put(self, x: float, y: float) -> None:
        free = self._free()
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
        shown, frame = self._shown(), self._frame_box()
        if self._round is not None and frame is not None:
            self._paint_round(painter, shown, frame, tokens)
        else:
            painter.drawPixmap(shown, self._pixmap, QRectF(self._pixmap.rect()))
            if frame is not None:
                self._paint_frame(painter, shown, frame, tokens)
        painter.restore()
        if self._aspect:
            corner = (frame if frame is not None and self._round is None else shown).topLeft() + QPointF(8, 8)
            corner = QPointF(max(8.0, corner.x()), max(8.0, corner.y()))
            sides = self._round.size if self._round is not None else self._frame or self._size
            _paint_aspect(painter, corner, self._aspect, sides, tokens)

    def _paint_frame(self, painter: QPainter, shown: QRectF, frame: QRectF, t: theme.Tokens) -> None:
        outside = painting.rounded_path(shown, 0).subtracted(painting.rounded_path(frame, 0))
        painter.fillPath(outside, QColor(t.crop_dim))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.crop_thirds), 1))
        for third in (1 / 3, 2 / 3):
            x, y = frame.x() + frame.width() * third, frame.y() + frame.height() * third
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        _paint_corners(painter, frame, t)

    def _paint_round(self, painter: QPainter, shown: QRectF, inner: QRectF, t: theme.Tokens) -> None:
        """What is still to be made is hatched."""
        painter.fillRect(shown, QColor(t.new_area))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(t.crop_thirds), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(shown)
        painter.drawPixmap(inner, self._pixmap, QRectF(self._pixmap.rect()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.crop_dim), 1))
        painter.drawRect(inner.adjusted(-0.5, -0.5, 0.5, 0.5))
        _paint_corners(painter, shown, t)


def _paint_corners(painter: QPainter, frame: QRectF, t: theme.Tokens) -> None:
    """The line of a frame, and its corners."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(t.on_stage), 1.5))
    painter.drawRect(frame.adjusted(0.75, 0.75, -0.75, -0.75))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(t.on_stage))
    for x, way_x in ((frame.left(), 1), (frame.right(), -1)):
        for y, way_y in ((frame.top(), 1), (frame.bottom(), -1)):
            painter.drawRect(QRectF(x, y, 12 * way_x, 3 * way_y).normalized())
            painter.drawRect(QRectF(x, y, 3 * way_x, 12 * way_y).normalized())


def new_parts(frame: Frame) -> str:
    """ "262 px left and 264 px right are new" """
    sides = (("left", frame.left), ("top", frame.top), ("right", frame.right), ("bottom", frame.bottom))
    parts = [f"{pixels}{wording.NBSP}px {side}" for side, pixels in sides if pixels]
    return f"{joined(parts)} are new" if parts else "nothing is new"


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
