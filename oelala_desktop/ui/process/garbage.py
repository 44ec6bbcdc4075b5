"""Python's garbage collector kept to the window's thread.

It runs in whatever thread happens to cross its threshold. Widgets that are part of a reference cycle would then be
destroyed in a worker thread, which Qt answers with a crash."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_INTERVAL_MS = 500


class GarbageCollector(QObject):
    """From now on cycles are collected here, by Python's own thresholds, a few times a second at most."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._thresholds = gc.get_threshold()
        gc.disable()
        gc.freeze()  # modules and what they made: never garbage, so never looked through again
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(_INTERVAL_MS)

    def look(self) -> None:
        """Collects the oldest generation that is due, if one is."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
