"""The cells drawn from the few pictures that are on screen; as many as there are pictures."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtGui import QPixmap

from oelala_desktop.ui.gallery import cell
from oelala_desktop.ui.gallery.items import GridItem
from oelala_desktop.ui.playing.pixmaps import PixmapCache

_MOST_WAITING = 8  # two kinds, two widths that differ by a pixel, and the size before


class CellCache(PixmapCache):
    def __init__(self, capacity: int = 256) -> None:
        super().__init__(capacity)
        self._waiting: dict[tuple[str, int, int, float], QPixmap] = {}
        self._cells: OrderedDict[str, tuple[GridItem, int, int, float, QPixmap]] = OrderedDict()

    def drop(self, key: str) -> None:
        super().drop(key)
        self._cells.pop(key, None)

    def waiting(self, kind: str, width: int, height: int, ratio: float) -> QPixmap:
        """The one pixmap that all cells share whose picture is still to come."""
        at = (kind, width, height, ratio)
        if at not in self._waiting:
            if len(self._waiting) > _MOST_WAITING:
                self._waiting.clear()
            self._waiting[at] = cell.render(GridItem("", "", kind), None, width, height, ratio)
        return self._waiting[at]

    def cell(self, item: GridItem, width: int, height: int, ratio: float) -> QPixmap:
        """The drawn cell of `item`, from the cache while nothing about it changed."""
        if item.key not in self._raw:
            return self.waiting(item.kind, width, height, ratio)
        known = self._cells.get(item.key)
        if known is not None and known[1] == width and known[2] == height and known[3] == ratio and known[0] == item:
            return known[4]
        made = cell.render(item, self._raw.get(item.key), width, height, ratio)
        self._cells[item.key] = (item, width, height, ratio, made)
        while len(self._cells) > self._capacity:
            self._cells.popitem(last=False)
        return made

    def forget_cells(self) -> None:
        """Colours changed: draw the cells again."""
        self._cells.clear()
        self._waiting.clear()
