"""How loud players are: one value that all of a window share."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Loudness(QObject):
    """`volume` is 0 to 100 as a person sets it; `muted` leaves it as it is."""

    changed = Signal()

    def __init__(self, volume: int = 100, muted: bool = False, *, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._volume = volume
        self._muted = muted

    @property
    def volume(self) -> int:
        return self._volume

    @property
    def muted(self) -> bool:
        return self._muted

    @property
    def gain(self) -> float:
        """The factor for samples, 0 to 1; its cube root is what a person hears as even steps."""
        return 0.0 if self._muted else (self._volume / 100) ** 3

    def set_volume(self, volume: int) -> None:
        """Whoever turns it up wants to hear."""
        self._take(max(0, min(100, volume)), self._muted and volume <= self._volume)

    def set_muted(self, muted: bool) -> None:
        self._take(self._volume, muted)

    def _take(self, volume: int, muted: bool) -> None:
        if (volume, muted) != (self._volume, self._muted):
            self._volume, self._muted = volume, muted
            self.changed.emit()
