"""Two columns with a grip between them."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QSplitterHandle, QWidget

from oelala_desktop.ui.style import painting, theme

_GAP, _GRIP_WIDTH, _GRIP_HEIGHT = 16, 4, 36
#: of the left column by itself: at windows of that many pixels across, and between them in proportion
_USUAL = ((1180, 420), (2280, 560))


class Columns(QSplitter):
    """The left one has the width that was chosen by hand (`chosen`), else one that goes with the window."""

    width_chosen = Signal(int)

    def __init__(self, left: QWidget, right: QWidget, *, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._chosen = 0
        self.setHandleWidth(_GAP)
        self.setChildrenCollapsible(False)
        self.addWidget(left)
        self.addWidget(right)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._moved)

    def createHandle(self) -> QSplitterHandle:
        return _Grip(Qt.Orientation.Horizontal, self)

    def choose(self, width: int) -> None:
        """The width that the left column is to have; 0 for one that goes with the window."""
        self._chosen = width
        self._arrange()

    def _moved(self, position: int, _index: int) -> None:
        self._chosen = position
        self.width_chosen.emit(position)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        left = self._chosen or _usual(self.width())
        self.setSizes([left, max(0, self.width() - left - _GAP)])


def _usual(width: int) -> int:
    (low, least), (high, most) = _USUAL
    share = min(1.0, max(0.0, (width - low) / (high - low)))
    return round(least + (most - least) * share)


class _Grip(QSplitterHandle):
    def __init__(self, orientation: Qt.Orientation, parent: QSplitter) -> None:
        super().__init__(orientation, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName("Width of the columns")

    def sizeHint(self) -> QSize:
        return QSize(_GAP, _GAP)  # as the style would say, which first is told of every kind of thing that it measures

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        t = theme.tokens()
        middle = self.rect().center()
        grip = QRectF(middle.x() + 1 - _GRIP_WIDTH / 2, middle.y() - _GRIP_HEIGHT / 2, _GRIP_WIDTH, _GRIP_HEIGHT)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.text2 if self.underMouse() else t.border_strong))
        painter.drawRoundedRect(grip, _GRIP_WIDTH / 2, _GRIP_WIDTH / 2)
