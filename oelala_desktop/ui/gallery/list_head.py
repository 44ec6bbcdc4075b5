"""The heads over the columns of the list; a click sorts by one, another turns the order round."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.gallery import row
from oelala_desktop.ui.gallery.layout import SIDE
from oelala_desktop.ui.widgets.control import Control

_HEADS = {"name": "Name", "duration": "Duration", "size": "Size", "date": "Date"}
_HEIGHT = 32


class _Head(Control, QAbstractButton):
    def __init__(self, title: str) -> None:
        super().__init__()
        self._way = ""
        self.setText(title)
        self.setAccessibleName(f"Sort by {title.lower()}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_way(self, way: str) -> None:
        """ "asc", "desc", or empty when the list is in another order."""
        self._way = way
        self.setAccessibleDescription({"asc": "ascending", "desc": "descending"}.get(way, ""))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        font = theme.font(theme.CAPTION, 600)
        tone = t.text if self._way or self.underMouse() else t.muted
        painter.setFont(font)
        painter.setPen(QColor(tone))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._way:
            x = painting.text_width(font, self.text()) + 4
            place = QRectF(x, self.height() / 2 - 7, 14, 14)
            icons.draw(painter, "chevron-up" if self._way == "asc" else "chevron-down", place, tone)
        if self.shows_ring:
            painting.ring(painter, self.rect(), 6, t.accent)


class ListHead(QWidget):
    """Stands over a list; `place` tells it how wide the list's rows have room."""

    sort_chosen = Signal(str)  # as in the list of orders: name_asc

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sort = ""
        self._heads = {key: _Head(title) for key, title in _HEADS.items()}
        for key, head in self._heads.items():
            head.setParent(self)
            head.clicked.connect(partial(self._choose, key))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(400, _HEIGHT)

    def head(self, key: str) -> QAbstractButton:
        return self._heads[key]

    def set_sort(self, sort: str) -> None:
        self._sort = sort
        key, _, way = sort.rpartition("_")
        for name, head in self._heads.items():
            head.set_way(way if name == key else "")

    def _choose(self, key: str, _checked: bool = False) -> None:
        """The column's own order first; the one it has already is turned round."""
        rises = self._sort == f"{key}_desc" or (key == "name" and self._sort != "name_asc")
        way = "asc" if rises else "desc"
        self.set_sort(f"{key}_{way}")
        self.sort_chosen.emit(self._sort)

    def place(self, width: int) -> None:
        places = row.columns(QRectF(SIDE, 0, width - 2 * SIDE, _HEIGHT))
        for key, head in self._heads.items():
            head.setVisible(key in places)
            if key in places:
                head.setGeometry(places[key].toRect())
