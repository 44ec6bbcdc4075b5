"""Walking ISO base media boxes (ISO/IEC 14496-12 §4.2): 32 bits of size, four letters, a body."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.source import Source

_BOX = struct.Struct(">I4s").unpack_from
_LARGE = struct.Struct(">Q").unpack_from


def children(data: bytes, start: int, end: int, most: int = limits.ENTRIES) -> list[tuple[bytes, int, int]]:
    """(letters, start of the body, end) of at most `most` boxes in a range; stops at the first impossible size."""
    end = min(end, len(data))
    found: list[tuple[bytes, int, int]] = []
    while start + 8 <= end and len(found) < most:
        size, kind = _BOX(data, start)
        body = start + 8
        if size < 8:
            size, body = _unusual_size(data, start, end, size)
        stop = start + size
        if stop < body or stop > end:
            break
        found.append((kind, body, stop))
        start = stop
    return found


def _unusual_size(data: bytes, start: int, end: int, size: int) -> tuple[int, int]:
    """(size, start of the body): 1 means that 64 bits follow, 0 that the box goes to the end."""
    if size == 1 and start + 16 <= end:
        return _LARGE(data, start + 8)[0], start + 16
    return (end - start if size == 0 else 0), start + 8


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


def leaves(data: bytes, start: int, end: int, into: frozenset[bytes]) -> dict[bytes, tuple[int, int]]:
    """(start of the body, end) by letters of all boxes in a range and in the boxes named by `into`; the first one
    of a name counts."""
    found: dict[bytes, tuple[int, int]] = {}
    pending = [(start, end)]
    for _ in range(limits.NESTS):
        if not pending:
            break
        for kind, body, stop in children(data, *pending.pop()):
            if kind in into:
                pending.append((body, stop))
            elif kind not in found:
                found[kind] = (body, stop)
    return found


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
