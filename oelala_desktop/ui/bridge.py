"""From the bus to widgets: a subscription that ends with the widget, and events gathered into fewer redraws."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from oelala_desktop.services.loop.bus import Bus

E = TypeVar("E")
FRAME_MS = 33  # progress redraws at most 30 times a second


def listen(bus: Bus, owner: QObject, kind: type[E], handler: Callable[[E], None]) -> None:
    """`handler` hears events of `kind` until `owner` is destroyed."""
    end = bus.subscribe(kind, handler)
    owner.destroyed.connect(lambda *_: end())


class Latest:
    """Keeps the newest value for each key and hands them on together, at most once a frame."""

    def __init__(self, owner: QObject, take: Callable[[dict[str, object]], None], interval: int = FRAME_MS) -> None:
        self._take = take
        self._pending: dict[str, object] = {}
        self._timer = QTimer(owner)
        self._timer.setSingleShot(True)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(self._flush)

    def put(self, key: str, value: object) -> None:
        self._pending[key] = value
        if not self._timer.isActive():
            self._timer.start()

    def _flush(self) -> None:
        pending, self._pending = self._pending, {}
        self._take(pending)
