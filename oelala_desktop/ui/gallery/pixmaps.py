"""The few pictures that are on screen, and the cells drawn from them. Both are bounded whatever the list's length."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtGui import QImage, QPixmap

from oelala_desktop.ui.gallery import cell
from oelala_desktop.ui.gallery.items import GridItem

#: four bytes each
_MOST_PIXELS = 8_000_000
#: the size of a picture that was not asked for with any
ANY_SIZE = 1 << 30
_MOST_WAITING = 8  # two kinds, two widths that differ by a pixel, and the size before


class PixmapCache:
    """Least recently shown goes first. `capacity` counts pictures; those of more than `_MOST_PIXELS` together go too,
    but for the `needed` ones that were shown last."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self.needed = 0
        self._raw: OrderedDict[str, QPixmap] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._pixels = 0
        self._waiting: dict[tuple[str, int, int, float], QPixmap] = {}
        self._cells: OrderedDict[str, tuple[GridItem, int, int, float, QPixmap]] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def __len__(self) -> int:
        return len(self._raw)

    def has(self, key: str, size: int) -> bool:
        """Whether the picture is there, asked for with at least that size."""
        return self._sizes.get(key, -1) >= size

    def put(self, key: str, image: QImage, size: int = ANY_SIZE) -> None:
        """`size` is what the picture was asked for with; a larger one stays."""
        if self._sizes.get(key, -1) > size:
            return
        self.drop(key)
        self._raw[key] = QPixmap.fromImage(image)
        self._sizes[key] = size
        self._pixels += image.width() * image.height()
        while len(self._raw) > self._capacity or (self._pixels > _MOST_PIXELS and len(self._raw) > self.needed + 1):
            self.drop(next(iter(self._raw)))

    def drop(self, key: str) -> None:
        gone = self._raw.pop(key, None)
        self._pixels -= gone.width() * gone.height() if gone is not None else 0
        self._sizes.pop(key, None)
        self._cells.pop(key, None)

    def raw(self, key: str) -> QPixmap | None:
        found = self._raw.get(key)
        if found is not None:
            self._raw.move_to_end(key)
        return found

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
