"""Walking ISO base media boxes (ISO/IEC 14496-12 §4.2): 32 bits of size, four letters, a body."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.source import Source

_BOX = struct.Struct(">I4s").unpack_from
_LARGE = struct.Struct(">Q").unpack_from


def children(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(letters, start of the body, end) of each box between two offsets; stops at the first impossible size."""
    end = min(end, len(data))
    for _ in range(limits.PARTS):
        if start + 8 > end:
            return
        size, kind = _BOX(data, start)
        body = start + 8
        if size == 1 and start + 16 <= end:
            size = _LARGE(data, start + 8)[0]
            body = start + 16
        stop = end if size == 0 else start + size
        if stop < body or stop > end:
            return
        yield kind, body, stop
        start = stop


def find(data: bytes, start: int, end: int, path: tuple[bytes, ...]) -> tuple[int, int] | None:
    """(start of the body, end) of the first box at a path below the given range."""
    for wanted in path:
        for kind, body, stop in children(data, start, end):
            if kind == wanted:
                start, end = body, stop
                break
        else:
            return None
    return start, end


def top_level(source: Source) -> Iterator[tuple[bytes, int, int, int]]:
    """(letters, offset, start of the body, end) of each box of a file. `end` may lie beyond the file: the caller
    judges. The first impossible size ends the walk with letters `b""`."""
    offset = 0
    for _ in range(limits.PARTS):
        if offset >= source.size:
            return
        mark = source.at(offset, 16)
        if len(mark) < 8:
            yield b"", offset, offset, source.size + 1
            return
        size, kind = _BOX(mark)
        body = offset + 8
        if size == 1 and len(mark) == 16:
            size = _LARGE(mark, 8)[0]
            body = offset + 16
        end = source.size if size == 0 else offset + size
        if end < body:
            yield b"", offset, body, end
            return
        yield kind, offset, body, end
        offset = end
