"""The few pictures that are on screen, bounded whatever the length of the list they are from."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtGui import QImage, QPixmap

#: four bytes each
_MOST_PIXELS = 8_000_000
#: the size of a picture that was not asked for with any
ANY_SIZE = 1 << 30


class PixmapCache:
    """Least recently shown goes first. `capacity` counts pictures; those of more than `_MOST_PIXELS` together go too,
    but for the `needed` ones that were shown last."""

    def __init__(self, capacity: int = 256) -> None:
        self._capacity = capacity
        self.needed = 0
        self._raw: OrderedDict[str, QPixmap] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._pixels = 0

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

    def raw(self, key: str) -> QPixmap | None:
        found = self._raw.get(key)
        if found is not None:
            self._raw.move_to_end(key)
        return found
