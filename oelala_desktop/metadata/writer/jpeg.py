"""Text into JPEG: comment segments in front of the pixels, `key:{…}` each, split where one is larger than 64 KiB."""

from __future__ import annotations

import struct
from typing import BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.source import Source
from oelala_desktop.metadata.writer.replacing import copy

_PIECE = 65_000
_COMMENT = 0xFE


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    """Raises Unreadable when the segments do not lead to the pixels."""
    ranges, ours = _segments(source), tuple(f"{key}:".encode() for key in texts)
    out.write(b"\xff\xd8")
    put = False
    inside = False
    for marker, start, end in ranges:
        if not put and not 0xE0 <= marker <= 0xEF:
            _put(texts, out)
            put = True
        if marker == _COMMENT:
            data = source.at(start + 4, end - start - 4)
            if inside or data.startswith(ours):
                # A zero byte ends a text; until then the next comment continues it.
                inside = not data.endswith(b"\0")
                continue
        copy(source, start, end, out)


def _put(texts: dict[str, bytes], out: BinaryIO) -> None:
    for key, text in texts.items():
        data = f"{key}:".encode() + text + b"\0"
        for at in range(0, len(data), _PIECE):
            piece = data[at : at + _PIECE]
            out.write(b"\xff\xfe" + struct.pack(">H", len(piece) + 2) + piece)


def _segments(source: Source) -> list[tuple[int, int, int]]:
    """(marker, start, end) of each segment; the last one is the first scan with all that follows."""
    found = []
    offset = 2
    for _ in range(limits.PARTS):
        mark = source.at(offset, 4)
        if len(mark) < 4 or mark[0] != 0xFF:
            break
        if mark[1] == 0xFF:
            offset += 1
            continue
        if mark[1] == 0xDA:
            found.append((0xDA, offset, source.size))
            return found
        end = offset + 2 + int.from_bytes(mark[2:4], "big")
        found.append((mark[1], offset, end))
        offset = end
    raise Unreadable(f"{source.name} is a damaged JPEG: it ends before its pixels.")
