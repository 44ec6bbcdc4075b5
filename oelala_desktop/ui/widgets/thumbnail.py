"""A small picture that fills its box, or a placeholder until there is one."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from oelala_desktop.ui.style import icons, painting, theme


def paint_placeholder(painter: QPainter, box: QRectF, radius: float, icon: str = "image") -> None:
    """The quiet surface that stands for a picture which is missing or still to come."""
    t = theme.tokens()
    painting.rounded(painter, box, radius, t.input)
    side = 24.0 if box.height() >= 56 else 16.0
    place = QRectF(round(box.center().x() - side / 2), round(box.center().y() - side / 2), side, side)
    icons.draw(painter, icon, place, t.border_strong, stroke=1.5)


class PlaceholderImage(QWidget):
    """`width` × `height` pixels; the picture is cropped to its centre."""

    def __init__(
        self, width: int, height: int, *, icon: str = "image", radius: int = 6, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._radius = radius
        self.pixmap = QPixmap()  # null while there is none
        self.setFixedSize(QSize(width, height))

    def set_image(self, image: QImage | None) -> None:
        self.pixmap = QPixmap.fromImage(image) if image is not None else QPixmap()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        if self.pixmap.isNull():
            paint_placeholder(painter, box, self._radius, self._icon)
        else:
            painting.cover(painter, box, self.pixmap, self._radius)
