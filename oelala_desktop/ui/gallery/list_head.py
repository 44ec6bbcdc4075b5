"""The heads over the columns of the list; a click sorts by one, another turns the order round."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QPushButton, QSizePolicy, QWidget

from oelala_desktop.ui.gallery import row
from oelala_desktop.ui.gallery.layout import SIDE
from oelala_desktop.ui.style.row import HeadFace
from oelala_desktop.ui.widgets.control import Control

_HEADS = {"name": "Name", "duration": "Duration", "size": "Size", "date": "Date"}
_HEIGHT = 32


class _Head(Control, QPushButton):
    def __init__(self, title: str) -> None:
        super().__init__(title)
        self.face = HeadFace()
        self.setAccessibleName(f"Sort by {title.lower()}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def set_way(self, way: str) -> None:
        """ "asc", "desc", or empty when the list is in another order."""
        self.face.way = way
        self.setAccessibleDescription({"asc": "ascending", "desc": "descending"}.get(way, ""))
        self.update()


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
