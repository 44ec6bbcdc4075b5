"""The last records of this process' log, kept in memory, with secrets taken out before they are kept."""

from __future__ import annotations

import logging
import re
import time
from collections import deque
from itertools import islice
from typing import NamedTuple

_RECORDS = 2000
_LONGEST = 4000  # characters of one line
_SHORTEST = 4  # characters of a secret
_HIDDEN = "•••"
_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{4,}"), rf"\1 {_HIDDEN}"),
    (
        re.compile(r"(?i)\b(authorization|[\w-]*token|api[_-]?key|password|secret)(['\"]?\s*[:=]\s*['\"]?)(?!bearer|basic)[^\s'\",;&]+"),
        rf"\1\2{_HIDDEN}",
    ),
    (re.compile(r"(?i)\b([a-z][a-z0-9+.-]*://)[^\s/@]+@"), rf"\1{_HIDDEN}@"),
)  # fmt: skip


class LogEntry(NamedTuple):
    """`level` is the number of `logging`; `text` has the traceback too, if there was one."""

    number: int
    when: float
    level: int
    source: str
    text: str

    @property
    def line(self) -> str:
        """As a log file has it: "2026-11-21 14:02:09 WARNING engine: text"."""
        moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.when))
        return f"{moment} {logging.getLevelName(self.level)} {self.source}: {self.text}"


class Redaction:
    """Takes secrets out of a text: those it was told, and whatever looks like one."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def hide(self, secret: str) -> None:
        """`secret` must never be seen. One that is no secret for its shortness would black out half the log."""
        if len(secret) >= _SHORTEST:
            self._secrets.add(secret)

    def __call__(self, text: str) -> str:
        for secret in tuple(self._secrets):
            text = text.replace(secret, _HIDDEN)
        for pattern, replacement in _SECRETS:
            text = pattern.sub(replacement, text)
        return text


class LogRing(logging.Handler):
    """Attach it to the root logger."""

    def __init__(self, redaction: Redaction | None = None) -> None:
        super().__init__(logging.INFO)
        self._redact = redaction or Redaction()
        self._entries: deque[LogEntry] = deque(maxlen=_RECORDS)
        self._count = 0
        self.setFormatter(logging.Formatter("%(message)s"))

    def hide(self, secret: str) -> None:
        self._redact.hide(secret)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            lines = self._redact(self.format(record)).splitlines()
        except Exception:  # noqa: BLE001 - a log line that cannot be made must not break what it tells about
            self.handleError(record)
            return
        text = "\n".join(line[:_LONGEST] for line in lines)
        self._count += 1
        self._entries.append(LogEntry(self._count, record.created, record.levelno, record.name, text))

    def since(self, number: int) -> list[LogEntry]:
        """The entries after that of `number`, oldest first; 0 for all that are kept."""
        fresh = min(self._count - number, len(self._entries))
        entries = tuple(self._entries)
        return list(entries[len(entries) - fresh :]) if fresh > 0 else []

    def last(self, count: int) -> list[str]:
        """The newest `count` lines, oldest of them first."""
        lines = [line for entry in tuple(self._entries)[-count:] for line in entry.line.splitlines()] if count else []
        return list(islice(lines, max(0, len(lines) - count), None))
