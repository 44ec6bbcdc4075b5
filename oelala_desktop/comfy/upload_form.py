"""The form with which a file goes up to a server: read off the loop, a piece at a time, so that a video of gigabytes
takes no memory."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

_PIECE = 2**20  # bytes
_FIELDS = {"overwrite": "true", "type": "input"}


class UploadForm:
    """`name` and `subfolder` are ASCII. `source` is a file, or what is in it; `size` is how many bytes it has. Opening
    it raises OSError. Blocking until it is sent."""

    def __init__(self, name: str, source: Path | bytes, subfolder: str = "") -> None:
        mark = secrets.token_hex(16)
        named = _FIELDS | ({"subfolder": subfolder} if subfolder else {})
        disposition = "Content-Disposition: form-data; name="
        fields = "".join(f'--{mark}\r\n{disposition}"{k}"\r\n\r\n{v}\r\n' for k, v in named.items())
        part = f'--{mark}\r\n{disposition}"image"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'
        self._head, self._tail = (fields + part).encode("ascii"), f"\r\n--{mark}--\r\n".encode("ascii")
        self._file: BinaryIO = BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        self.size = len(source) if isinstance(source, bytes) else os.fstat(self._file.fileno()).st_size
        self._first = self._file.read(min(self.size, _PIECE))
        if self.size <= _PIECE:
            self._file.close()
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "Content-Length": str(len(self._head) + self.size + len(self._tail)),
        }

    @property
    def content(self) -> bytes | AsyncIterator[bytes]:
        """Whole where it is small."""
        return self._head + self._first + self._tail if self.size <= _PIECE else self._pieces()

    async def _pieces(self) -> AsyncIterator[bytes]:
        yield self._head + self._first
        left = self.size - len(self._first)  # what was promised is sent, should the file have grown
        while left and (piece := await asyncio.to_thread(self._file.read, min(left, _PIECE))):
            left -= len(piece)
            yield piece
        yield self._tail

    def close(self) -> None:
        """At any time, from any thread; it has no need to wait."""
        self._file.close()
