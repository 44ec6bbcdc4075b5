"""A file as an answer: whole or a part of it, in large pieces read off the loop (RFC 9110, sections 13 and 14)."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from email.utils import formatdate
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .safe_open import OpenFile

_PIECE = 512 * 1024  # bytes read and sent at a time
_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d*)[ \t]*-[ \t]*(\d*)[ \t]*", re.IGNORECASE | re.ASCII)


def find_range(header: str | None, size: int) -> tuple[int, int] | bool | None:
    """(first, last) of the one range that is asked for; None for the whole file, which is also the answer to several
    ranges or to what is no range at all; False when the file has nothing there."""
    match = _RANGE.fullmatch(header) if header and len(header) < 100 else None
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        length = int(last)
        return (max(0, size - length), size - 1) if length and size else False
    start, end = int(first), int(last) if last else size - 1
    if last and end < start:
        return None
    return (start, min(end, size - 1)) if start < size else False


class FileAnswer(Response):
    """Closes the file when it is sent, or when its client is gone."""

    def __init__(self, file: OpenFile, request: Request) -> None:
        self._file = file
        self._part = (0, file.size - 1)
        status, length = self._decide(request)
        super().__init__(None, status)
        self.raw_headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in self._lines(length)]

    def _decide(self, request: Request) -> tuple[int, int]:
        """(status, bytes of the body)."""
        headers, file = request.headers, self._file
        if _matches(headers.get("if-none-match"), file.tag):
            return 304, -1
        wanted = find_range(headers.get("range"), file.size) if request.method == "GET" else None
        condition = headers.get("if-range")
        if condition is not None and condition.strip() not in (file.tag, _http_date(file.modified)):
            wanted = None
        if wanted is False:
            return 416, 0
        if not isinstance(wanted, tuple):
            return 200, file.size
        self._part = wanted
        return 206, wanted[1] - wanted[0] + 1

    def _lines(self, length: int) -> list[tuple[str, str]]:
        file, (first, last) = self._file, self._part
        out = [("etag", file.tag), ("cache-control", "private, no-cache"), ("accept-ranges", "bytes")]
        if self.status_code == 304:
            return out
        out.append(("content-length", str(length)))
        if self.status_code == 416:
            return [*out, ("content-range", f"bytes */{file.size}")]
        if self.status_code == 206:
            out.append(("content-range", f"bytes {first}-{last}/{file.size}"))
        out += [("content-type", file.media_type), ("last-modified", _http_date(file.modified))]
        name = quote(file.name, safe="", errors="replace")  # not every name is text
        return [*out, ("content-disposition", f"inline; filename*=UTF-8''{name}")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reader = _Reader(self._file.fd)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] == "HEAD" or self.status_code not in (200, 206):
                await send({"type": "http.response.body", "body": b""})
                return
            first, last = self._part
            while first <= last and not await _is_gone(receive):
                piece = await asyncio.to_thread(reader.read, first, min(_PIECE, last - first + 1))
                if not piece:
                    break  # it was cut short meanwhile; the length that was promised tells the client
                first += len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": first <= last})
            if first > last and self._file.size == 0:
                await send({"type": "http.response.body", "body": b""})
        finally:
            reader.close()


class _Reader:
    """Closing waits for a read that a cancelled answer left in its thread."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def read(self, offset: int, length: int) -> bytes:
        with self._lock:
            if self._fd < 0:
                return b""
            os.lseek(self._fd, offset, os.SEEK_SET)
            return os.read(self._fd, length)

    def close(self) -> None:
        with self._lock:
            if self._fd >= 0:
                os.close(self._fd)
            self._fd = -1


async def _is_gone(receive: Receive) -> bool:
    """Whether the client has hung up. Servers say it to `receive` alone: what is sent to nobody raises nothing."""
    try:
        async with asyncio.timeout(0):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


def _matches(header: str | None, tag: str) -> bool:
    if header is None:
        return False
    return header.strip() == "*" or tag in [part.strip().removeprefix("W/") for part in header.split(",")]


def _http_date(seconds: float) -> str:
    return formatdate(seconds, usegmt=True)
