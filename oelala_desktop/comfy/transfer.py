"""A result on its way from the server into an open file: bounded in size, at a bearable pace, written off the loop."""

from __future__ import annotations

import asyncio
import time
from email.utils import parsedate_to_datetime
from typing import BinaryIO

import httpx

from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineUnreachable, NotThisJobs

FILE_LIMIT = 4 * 2**30  # bytes of one result
_CHUNK = 2**20
_SLOWEST = 1024  # bytes/s: a transfer that stays below is given up and tried again
_SLOW_FOR = 30.0  # seconds over which that is measured


class Transfer:
    """`filename` as it stands in a sentence; `target` is the open file, `folder` where it lies. What was written before
    `oldest` (seconds since the epoch, by the server's clock) is not taken."""

    def __init__(self, filename: str, target: BinaryIO, folder: str, oldest: float | None = None) -> None:
        self.filename = filename
        self._oldest = oldest
        self.size = 0
        self._target = target
        self._folder = folder
        self._heard = self._since = time.monotonic()
        self._recent = 0

    @property
    def quiet_for(self) -> float:
        """Seconds since the last byte."""
        return time.monotonic() - self._heard

    async def receive(self, response: httpx.Response) -> int:
        """The size in bytes. Raises EngineAnswer for a file that is too large, NotThisJobs for one that is too old,
        EngineUnreachable when it is cut short or comes all too slowly, CannotSave when the disk refuses."""
        written = _written(response.headers.get("last-modified", ""))
        if written is not None and self._oldest is not None and written < int(self._oldest):
            raise NotThisJobs(f"{self.filename} lay on the server before this job began.")
        expected = response.headers.get("content-length", "")
        if expected.isdigit():
            self._check(int(expected))
        waiting: list[bytes] = []
        held = 0
        async for chunk in response.aiter_raw():
            self._take(len(chunk))
            waiting.append(chunk)
            held += len(chunk)
            if held >= _CHUNK:
                await asyncio.to_thread(self._write, b"".join(waiting))
                waiting, held = [], 0
        await asyncio.to_thread(self._write, b"".join(waiting))
        if expected.isdigit() and int(expected) != self.size:
            message = f"{self.filename} was cut short: {self.size} of {expected} bytes came."
            raise EngineUnreachable(message, kind="closed")
        return self.size

    def _check(self, size: int) -> None:
        if size > FILE_LIMIT:
            raise EngineAnswer(f"{self.filename} is larger than {FILE_LIMIT // 2**30} GiB.")

    def _take(self, count: int) -> None:
        self.size += count
        self._recent += count
        self._check(self.size)
        self._heard = time.monotonic()
        elapsed = self._heard - self._since
        if elapsed < _SLOW_FOR:
            return
        if self._recent < elapsed * _SLOWEST:
            message = f"{self.filename} comes too slowly ({self._recent} bytes in {elapsed:.0f} s)."
            raise EngineUnreachable(message, kind="timeout")
        self._since, self._recent = self._heard, 0

    def _write(self, content: bytes) -> None:
        try:
            self._target.write(content)
        except OSError as error:
            raise CannotSave.of_result(self._folder, error) from error


def _written(header: str) -> float | None:
    """When a file was last written, in whole seconds, if the server says it."""
    try:
        return parsedate_to_datetime(header).timestamp() if header else None
    except (ValueError, TypeError, OverflowError):
        return None
