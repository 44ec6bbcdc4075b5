"""GIF89a: blocks and their sub-blocks (§§ 15–26 of the specification). Our texts lie in comment extensions."""

from __future__ import annotations

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers import exif
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source

#: what we walk of a GIF: its frames are only found by stepping through all pixels' sub-blocks
_WALKED = 64 * limits.MIB
_SUB_BLOCKS = _WALKED // 256
_IMAGE, _EXTENSION, _TRAILER, _COMMENT, _CONTROL = 0x2C, 0x21, 0x3B, 0xFE, 0xF9


class _Window:
    """Bytes by offset through a window that moves forward."""

    def __init__(self, source: Source) -> None:
        self._source, self._start, self._data = source, 0, source.head

    def at(self, offset: int, length: int) -> bytes:
        start = offset - self._start
        if start < 0 or start + length > len(self._data):
            self._data, self._start, start = self._source.at(offset, limits.MIB), offset, 0
        return self._data[start : start + length]


def walk(source: Source) -> Contents:
    """Facts and texts; `fps` from the delays between frames."""
    contents = Contents("gif")
    head = source.head
    contents.width = int.from_bytes(head[6:8], "little")
    contents.height = int.from_bytes(head[8:10], "little")
    offset = 13 + _table(head[10] if len(head) > 10 else 0)
    window, frames, shown, left = _Window(source), 0, 0, _SUB_BLOCKS
    contents.damage = "ends before its last frame"
    comments: list[bytes] = []
    while offset < min(source.size, _WALKED) and left > 0:
        mark = window.at(offset, 12)
        if mark[:1] == b"\x3b":
            contents.damage = None
            break
        if mark[0] == _IMAGE and len(mark) >= 10:
            frames += 1
            offset, left = _skip(window, offset + 11 + _table(mark[9]), left)
        elif mark[0] == _EXTENSION and len(mark) >= 2:
            if mark[1] == _CONTROL:
                shown += int.from_bytes(mark[4:6], "little")
            elif mark[1] == _COMMENT:
                comments.append(_comment(window, offset + 2))
            offset, left = _skip(window, offset + 2, left)
        else:
            break
    if offset >= _WALKED or left <= 0:
        # Too long to be walked to its end: nothing is known of it.
        contents.damage, frames = None, 0
    for text in comments:
        exif.take_keyed(contents, text)
    contents.frames = frames or None
    if frames > 1 and shown:
        contents.duration = shown / 100
        contents.fps = round(frames * 100 / shown, 3)
    return contents


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _skip(window: _Window, offset: int, left: int) -> tuple[int, int]:
    """The offset after a chain of sub-blocks."""
    while left > 0:
        size = window.at(offset, 1)
        offset += 1
        left -= 1
        if not size or not size[0]:
            break
        offset += size[0]
    return offset, left


def _comment(window: _Window, offset: int) -> bytes:
    parts, total = [], 0
    while (size := window.at(offset, 1)) and size[0] and total < limits.TEXT:
        parts.append(window.at(offset + 1, size[0]))
        total += size[0]
        offset += 1 + size[0]
    return b"".join(parts)
