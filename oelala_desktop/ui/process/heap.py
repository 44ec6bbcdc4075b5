"""Memory that was given back by us is given back to the system too. glibc keeps pictures that have been freed in the
heaps of the threads that decoded them, and raises the size from which it maps them apart each time one is freed."""

from __future__ import annotations

import ctypes
import platform

from PySide6.QtCore import QObject, QThreadPool, QTimer

#: mallopt(3)
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 256 * 1024  # bytes: a thumbnail
_ARENAS = 2
_EVERY_MS = 5_000


class Heap(QObject):
    """From now on large pieces are mapped one by one, and what is free is given back every now and then."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        if platform.libc_ver()[0] != "glibc":
            return
        self._libc = ctypes.CDLL(None)
        for option, value in (
            (_M_MMAP_THRESHOLD, _LARGE),
            (_M_TRIM_THRESHOLD, 16 * _LARGE),
            (_M_ARENA_MAX, _ARENAS),
        ):
            self._libc.mallopt(option, value)
        timer = QTimer(self)
        timer.timeout.connect(lambda: QThreadPool.globalInstance().start(self.trim))
        timer.start(_EVERY_MS)

    def trim(self) -> None:
        """Takes some milliseconds; for a thread of its own."""
        self._libc.malloc_trim(0)
