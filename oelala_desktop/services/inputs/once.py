"""Work that is done once for all who ask for the same, also at the same time."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_T = TypeVar("_T")


class _Entry(Generic[_T]):
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: _T | None = None


class Once(Generic[_T]):
    """Remembers the outcome of the last `most` keys. Safe from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[Hashable, _Entry[_T]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, key: Hashable, work: Callable[[], _T], holds: Callable[[_T], bool]) -> _T:
        """What `work` returned for that key, now or before if it still `holds`. What it raises is not remembered."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
        with entry.lock:
            if entry.value is None or not holds(entry.value):
                entry.value = work()
            return entry.value
