"""The picture with the mask over it, and the brush."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.mask_image import Brush, MaskImage, reduced, tinted

_MARGIN = 12
_MOST_ZOOM, _ZOOM = 16.0, 1.25
_ARROWS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}


class MaskCanvas(Control, QWidget):
    """Left paints, right erases, with Shift in a straight line from where the last stroke ended; the wheel zooms, the
    middle button moves the picture. By keys: arrows move the brush, Space sets it down."""

    edited = Signal()
    zoomed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.area = MaskImage(QSize(1, 1))
        self.brush = Brush()
        self._picture = QImage()
        self._shown = QPixmap()  # the picture as it is fitted, sharp
        self._zoom = 1.0
        self._offset = QPointF()  # of the picture's middle from the widget's
        self._at: QPointF | None = None  # the brush, in the picture's pixels
        self._last: QPointF | None = None
        self._stroke: Brush | None = None
        self._panned: QPointF | None = None
        self.setAccessibleName("Mask over the picture")
        self.setAccessibleDescription("Arrows move the brush, Space paints, [ and ] change its size")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 120)

    # values

    def set_picture(self, image: QImage, size: QSize) -> None:
        """`image` may be a smaller preview of a picture of `size` pixels. The mask over it is empty."""
        self.area = MaskImage(size)
        whole = (
            image
            if image.format() == QImage.Format.Format_RGB32
            else image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
        )
        large = image.width() > self.area.image.width()
        self._picture = reduced(whole, self.area.image.size()) if large else whole
        self._at = QPointF(size.width() / 2, size.height() / 2)
        self.fit()

    def set_brush(self, brush: Brush) -> None:
        self.brush = brush
        self.update()

    def fit(self) -> None:
        """The whole picture in view."""
        self._zoom, self._offset, self._shown = 1.0, QPointF(), QPixmap()
        self.zoomed.emit()
        self.update()

    @property
    def is_fitted(self) -> bool:
        return self._zoom == 1.0

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """`about` is a place of the widget that stays where it is."""
        about = about or QPointF(self.rect().center())
        here = self._to_picture(about)
        self._zoom = max(1.0, min(_MOST_ZOOM, self._zoom * factor))
        self._offset += about - self._from_picture(here)
        if self._zoom == 1.0:
            self._offset = QPointF()
        self.zoomed.emit()
        self.update()

    def repaint_mask(self, part: QRect) -> None:
        """`part` in pixels of the mask's copy."""
        self.update(self._seen(QRectF(part)).adjusted(-2, -2, 2, 2).toAlignedRect())

    # places

    def _box(self) -> QRectF:
        """Where the picture lies in the widget."""
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        fitted = painting.contained(QSizeF(self.area.size), room)
        box = QRectF(QPointF(), fitted.size() * self._zoom)
        box.moveCenter(fitted.center() + self._offset)
        return box

    def _scale(self) -> float:
        return self._box().width() / max(1, self.area.size.width())

    def _to_picture(self, where: QPointF) -> QPointF:
        return (where - self._box().topLeft()) / max(1e-6, self._scale())

    def _from_picture(self, where: QPointF) -> QPointF:
        return self._box().topLeft() + where * self._scale()

    def _seen(self, part: QRectF) -> QRectF:
        """A part of the mask's copy, where it lies in the widget."""
        box = self._box()
        scale = box.width() / max(1, self.area.image.width())
        return QRectF(box.topLeft() + part.topLeft() * scale, part.size() * scale)

    def _circle(self) -> QRectF:
        radius = max(1.5, self.brush.size * self._scale() / 2)
        centre = self._from_picture(self._at or QPointF())
        return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)

    # painting

    def _move_brush(self, at: QPointF | None) -> None:
        for moved in (False, True):
            if moved:
                self._at = at
            if self._at is not None:
                self.update(self._circle().adjusted(-3, -3, 3, 3).toAlignedRect())

    def _paint_to(self, at: QPointF, brush: Brush) -> None:
        self.repaint_mask(self.area.stroke(self._last or at, at, brush))
        self._last = at

    def _finish(self) -> None:
        self._stroke = None
        if self.area.finish():
            self.edited.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        buttons = Qt.MouseButton
        if event.button() == buttons.MiddleButton:
            self._panned = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() in (buttons.LeftButton, buttons.RightButton) and self._stroke is None:
            erases = self.brush.erases or event.button() == buttons.RightButton
            self._stroke = self.brush._replace(erases=erases)
            if not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._last = None
            at = self._to_picture(event.position())
            self._move_brush(at)
            self._paint_to(at, self._stroke)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._panned is not None:
            self._offset += event.position() - self._panned
            self._panned = event.position()
            self.update()
            return
        at = self._to_picture(event.position())
        self._move_brush(at)
        if self._stroke is not None:
            self._paint_to(at, self._stroke)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.MiddleButton:
            self._panned = None
            self.setCursor(Qt.CursorShape.CrossCursor)
        elif self._stroke is not None:
            self._finish()

    def leaveEvent(self, event: object) -> None:
        if self._stroke is None and not self.hasFocus():
            self._move_brush(None)

    def wheelEvent(self, event: QWheelEvent) -> None:
        turned = event.angleDelta().y()
        if turned:
            self.zoom(_ZOOM ** (turned / 120), event.position())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        size = self.area.size
        if key in _ARROWS and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            far = 4 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            at = (self._at or QPointF()) + _ARROWS[key] * max(1.0, self.brush.size / 4) * far
            self._move_brush(QPointF(max(0.0, min(size.width(), at.x())), max(0.0, min(size.height(), at.y()))))
        elif key == Qt.Key.Key_Space and self._at is not None and self._stroke is None:
            self._last = None
            self._paint_to(self._at, self.brush)
            self._finish()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shown = QPixmap()

    # looks

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        painting.rounded(painter, self.rect(), theme.RADIUS, t.stage)
        self._paint_picture(painter)
        seen = self._part(event.rect())
        if not seen.isEmpty():
            painter.drawImage(self._seen(QRectF(seen)), tinted(self.area.image, seen))
        if self._at is not None and (self.underMouse() or self.hasFocus()):
            circle = self._circle()
            for tone, width in ((t.stage, 3.0), (t.on_stage, 1.5)):
                painter.setPen(QPen(QColor(tone), width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(circle)
        if self.shows_ring:
            painting.ring(painter, self.rect(), theme.RADIUS, t.accent)

    def _paint_picture(self, painter: QPainter) -> None:
        box, ratio = self._box(), self.devicePixelRatioF()
        if self._picture.isNull():
            return
        if not self.is_fitted:
            painter.drawImage(box, self._picture)
            return
        if self._shown.isNull():
            self._shown = QPixmap.fromImage(
                self._picture.scaled(
                    (box.size() * ratio).toSize().expandedTo(QSize(1, 1)),
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        painter.drawPixmap(box, self._shown, QRectF(self._shown.rect()))

    def _part(self, shown: QRect) -> QRect:
        """What of the mask's copy lies in a part of the widget, and a little more, so that its edges are not seen."""
        box = self._box()
        scale = box.width() / max(1, self.area.image.width())
        if not scale:
            return QRect()
        part = QRectF((QPointF(shown.topLeft()) - box.topLeft()) / scale, QSizeF(shown.size()) / scale)
        return part.adjusted(-3, -3, 3, 3).toAlignedRect().intersected(self.area.image.rect())
