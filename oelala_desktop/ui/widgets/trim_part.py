"""A part of a video or sound in whole steps: frames, or tenths of a second of a sound."""

from __future__ import annotations

_TENTH = 0.1
#: share of the length by which frames and rate may disagree with it; beyond that the rate is not to be believed
_APART = 0.05


class Part:
    """From step `first` up to, and without, `end`; at least one step. All of `length` seconds at first.

    The time of a step is that of a frame at `rate` a second, or the length by the frames where the rates vary."""

    def __init__(self, length: float, rate: float, frames: int) -> None:
        self.frames = max(0, frames)
        self.steps = self.frames or max(1, round(length / _TENTH))
        self._unit = max(length, 0.0) / self.steps
        if self.frames and rate > 0 and abs(self.frames / rate - length) <= _APART * length:
            self._unit = 1 / rate
        self.first, self.end = 0, self.steps

    def set(self, start: float, length: float | None) -> None:
        """The nearest steps; `length` None is to the end."""
        self.first = max(0, min(self.steps - 1, self._nearest(start)))
        end = self.steps if length is None else self._nearest(start + length)
        self.end = max(self.first + 1, min(self.steps, end))

    def _nearest(self, seconds: float) -> int:
        return round(seconds / self._unit) if self._unit else 0

    def moved(self, before: tuple[int, int], which: str, by: int) -> tuple[int, int]:
        """(first, end) once the "start", the "end" or the "middle" of `before` went `by` steps, as far as it can."""
        first, end = before
        if which == "start":
            return max(0, min(end - 1, first + by)), end
        if which == "end":
            return first, max(first + 1, min(self.steps, end + by))
        by = max(-first, min(self.steps - end, by))
        return first + by, end + by

    @property
    def whole(self) -> float:
        return self.steps * self._unit

    @property
    def start(self) -> float:
        return round(self.first * self._unit, 6)

    @property
    def stop(self) -> float:
        return round(self.end * self._unit, 6)

    @property
    def length(self) -> float | None:
        """None where it goes to the end, however long that is."""
        return None if self.end == self.steps else round((self.end - self.first) * self._unit, 6)

    @property
    def is_whole(self) -> bool:
        return (self.first, self.end) == (0, self.steps)

    @property
    def second(self) -> int:
        """Steps in a second."""
        return max(1, round(1 / self._unit)) if self._unit else 1
