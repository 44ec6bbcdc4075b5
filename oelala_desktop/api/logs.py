"""The last lines of this process' log, kept in memory, with secrets taken out before they are kept."""

from __future__ import annotations

import logging
import re
from collections import deque
from itertools import islice

_LINES = 2000
_LONGEST = 4000  # characters of one line
_HIDDEN = "•••"
_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}"), rf"\1 {_HIDDEN}"),
    (
        re.compile(r"(?i)\b(authorization|[\w-]*token|api[_-]?key|password|secret)(['\"]?\s*[:=]\s*['\"]?)(?!bearer|basic)[^\s'\",;&]+"),
        rf"\1\2{_HIDDEN}",
    ),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@"), rf"\1{_HIDDEN}@"),
)  # fmt: skip


class LogRing(logging.Handler):
    """Attach it to the root logger. `hide` adds a text that must never be seen."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        self._secrets.add(secret)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = self.redact(self.format(record))
        except Exception:  # noqa: BLE001 - a log line that cannot be made must not break what it tells about
            self.handleError(record)
            return
        self._lines.extend(line[:_LONGEST] for line in text.splitlines())

    def redact(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        for pattern, replacement in _SECRETS:
            text = pattern.sub(replacement, text)
        return text

    def last(self, count: int) -> list[str]:
        """The newest `count` lines, oldest of them first."""
        lines = tuple(self._lines)
        return list(islice(lines, max(0, len(lines) - count), None))
