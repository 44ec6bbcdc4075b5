"""Which release of ComfyUI this engine behaves as, where releases differ."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oelala_desktop.sketch import PROTOCOL_VERSION


@dataclass(frozen=True)
class Protocol:
    version: str = PROTOCOL_VERSION

    @property
    def _numbers(self) -> tuple[int, ...]:
        return tuple(map(int, re.findall(r"\d+", self.version)[:3]))

    @property
    def interrupts_by_id(self) -> bool:
        """Before, the body of `/interrupt` was not read, and whatever ran was stopped."""
        return self._numbers >= (0, 3, 57)

    @property
    def has_jobs(self) -> bool:
        """Whether there is `/api/jobs`, to look at jobs and to cancel one."""
        return self._numbers >= (0, 8)
