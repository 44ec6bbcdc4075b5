"""Complaints: notices of what stands in the way, each said once and not again and again."""

from __future__ import annotations

from oelala_desktop.domain.events import NoticePosted

from .bus import Bus
from .clock import CLOCK, Clock

_SAME_NOTICE = 120.0  # seconds in which a notice is not said again


class Complaints:
    def __init__(self, bus: Bus, clock: Clock = CLOCK) -> None:
        self._bus = bus
        self._clock = clock
        self._said: dict[tuple[str, str | None], float] = {}

    def say(self, text: str, job_id: str | None = None) -> None:
        now = self._clock.monotonic()
        self._said = {key: then for key, then in self._said.items() if now - then < _SAME_NOTICE}
        if (text, job_id) not in self._said:
            self._said[text, job_id] = now
            self._bus.publish(NoticePosted("error", text, job_id))
