"""WebP: RFC 9649 §2 (RIFF chunks); EXIF and XMP in chunks of their own, animations in ANMF."""

from __future__ import annotations

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers import exif, xmp
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source


def walk(source: Source) -> Contents:
    """Facts and texts. Raises Unreadable when no chunk follows the file header."""
    contents = Contents("webp")
    contents.frames = 1
    declared = int.from_bytes(source.head[4:8], "little") + 8
    if declared > source.size + 1:
        contents.damage = "ends before its last chunk"
    offset, frames, shown, seen = 12, 0, 0, False
    end = min(declared, source.size)
    for _ in range(limits.PARTS):
        mark = source.at(offset, 32) if offset + 8 <= end else b""
        if len(mark) < 8:
            break
        seen = True
        kind, length = mark[:4], int.from_bytes(mark[4:8], "little")
        if offset + 8 + length > source.size:
            contents.damage = "ends inside its pixels"
            break
        if kind == b"ANMF":
            frames += 1
            shown += int.from_bytes(mark[20:23], "little")
        else:
            _take(contents, source, kind, mark[8:], offset + 8, length)
        offset += 8 + length + (length & 1)
    if not seen:
        raise Unreadable(f"{source.name} is a damaged WebP: nothing follows its header.")
    if frames:
        contents.frames = frames
    if frames > 1 and shown:
        contents.duration = shown / 1000
        contents.fps = round(frames * 1000 / shown, 3)
    return contents


def _take(contents: Contents, source: Source, kind: bytes, start: bytes, offset: int, length: int) -> None:
    if kind in (b"EXIF", b"XMP "):
        if length <= contents.room:
            contents.room -= length // 8
            data = source.at(offset, length)
            exif.take(contents, data) if kind == b"EXIF" else xmp.take(contents, data)
    elif kind in (b"VP8X", b"VP8 ", b"VP8L") and contents.width is None:
        contents.width, contents.height = canvas_size(kind, start)


def canvas_size(kind: bytes, start: bytes) -> tuple[int | None, int | None]:
    """Width and height out of the first bytes of a VP8X, VP8 or VP8L chunk."""
    if kind == b"VP8X" and len(start) >= 10:
        return int.from_bytes(start[4:7], "little") + 1, int.from_bytes(start[7:10], "little") + 1
    if kind == b"VP8 " and start[3:6] == b"\x9d\x01\x2a" and len(start) >= 10:
        return (
            int.from_bytes(start[6:8], "little") & 0x3FFF,
            int.from_bytes(start[8:10], "little") & 0x3FFF,
        )
    if kind == b"VP8L" and start[:1] == b"\x2f" and len(start) >= 5:
        bits = int.from_bytes(start[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None, None
